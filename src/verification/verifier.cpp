#include "verification/verifier.h"

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

base::Result<Verification> Verifier::verify(const Request& request) {
  Verification answer = look(request);
  TRY_VOID(journal_.append("verification.done", request.actor, request.subject, entry_body(request, answer)));
  return answer;
}

}  // namespace setpoint::verification
