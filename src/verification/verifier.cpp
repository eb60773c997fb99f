#include "verification/verifier.h"

#include "verification/foreseen.h"

namespace setpoint::verification {

using base::Json;
using model::Verdict;

namespace {

Verification judged(Verification out, const std::string& control) {
  switch (out.judgement.verdict) {
    case Verdict::compliant:
      out.effect = Effect::effective;
      out.text = control + " passes on a fresh read";
      break;
    case Verdict::non_compliant:
      out.effect = Effect::ineffective;
      out.text = fmt::format("{} still fails on a fresh read, in {} places", control, out.judgement.evidence.size());
      break;
    case Verdict::not_applicable:
      out.text = control + " no longer applies to the resource";
      break;
    case Verdict::unknown:
      out.text = control + " could not be decided: " + out.judgement.because;
      break;
  }
  return out;
}

Json entry_body(const Request& request, const Verification& answer) {
  Json evidence = Json::array();
  for (const model::Evidence& part : answer.judgement.evidence) evidence.push_back(part.json());
  Json body = {{"control", request.control},
               {"resource", request.resource.text()},
               {"effect", to_string(answer.effect)},
               {"text", answer.text},
               {"verdict", model::to_string(answer.judgement.verdict)},
               {"evidence", std::move(evidence)}};
  if (answer.resource.knowledge == model::Knowledge::known) body["state"] = answer.resource.state_digest().hex();
  return body;
}

}  // namespace

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::effective:
      return "EFFECTIVE";
    case Effect::ineffective:
      return "INEFFECTIVE";
    case Effect::unknown:
      return "UNKNOWN";
  }
  return "?";
}

Verification Verifier::look(const Request& request) const {
  Verification out;
  out.at = clock_.now();
  auto resource = observer_.observe(request.resource);
  if (!resource) {
    out.text = "the resource could not be read: " + resource.error().text();
    out.resource.key = request.resource;
    out.resource.knowledge = model::Knowledge::unknown;
    return out;
  }
  out.resource = std::move(*resource);
  if (out.resource.knowledge == model::Knowledge::deleted) {
    out.effect = Effect::effective;
    out.text = "the resource no longer exists";
    out.judgement.verdict = Verdict::not_applicable;
    return out;
  }
  std::optional<model::Judgement> judgement = rejudge_(request.control, out.resource);
  if (!judgement) {
    out.text = "there is no control " + request.control + " to judge it by";
    return out;
  }
  out.judgement = std::move(*judgement);
  return judged(std::move(out), request.control);
}

// The first field that is not as foreseen decides; what is still as it was says more than what cannot be told.
Verification Verifier::look_at_changes(const ChangesRequest& request) const {
  Verification out;
  out.at = clock_.now();
  std::string unclear;
  for (const model::ResourceChange& change : request.changes) {
    auto fresh = observer_.observe(change.resource);
    if (!fresh) {
      unclear = fmt::format("{} could not be read: {}", change.resource.text(), fresh.error().text());
      continue;
    }
    out.resource = std::move(*fresh);
    if (out.resource.knowledge != model::Knowledge::known) {
      unclear = change.resource.text() + " is not there any more";
      continue;
    }
    for (const model::FieldChange& field : change.fields) {
      Standing standing = standing_of(field, out.resource);
      if (standing == Standing::as_foreseen) continue;
      std::string where = fmt::format("{} of {}", field.path, change.resource.text());
      if (standing == Standing::as_before) {
        out.effect = Effect::ineffective;
        out.text = where + " is still as it was";
        return out;
      }
      unclear = where + " is neither as it was nor as the plan foresaw";
    }
  }
  out.effect = unclear.empty() ? Effect::effective : Effect::unknown;
  out.text = unclear.empty() ? "a fresh read shows every change that the plan foresaw" : unclear;
  return out;
}

base::Result<Verification> Verifier::verify_changes(const ChangesRequest& request) {
  Verification answer = look_at_changes(request);
  Json resources = Json::array();
  for (const model::ResourceChange& change : request.changes) resources.push_back(change.resource.text());
  Json body = {{"effect", to_string(answer.effect)}, {"text", answer.text}, {"resources", std::move(resources)}};
  TRY_VOID(journal_.append("verification.done", request.actor, request.subject, std::move(body)));
  return answer;
}

base::Result<Verification> Verifier::verify(const Request& request) {
  Verification answer = look(request);
  TRY_VOID(journal_.append("verification.done", request.actor, request.subject, entry_body(request, answer)));
  return answer;
}

}  // namespace setpoint::verification
