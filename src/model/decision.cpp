#include "model/decision.h"

namespace setpoint::model {

using base::Json;

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::permit:
      return "permit";
    case Effect::hold:
      return "hold";
    case Effect::refuse:
      return "refuse";
  }
  return "?";
}

Json Approval::json() const {
  return {{"plan", plan.hex()},
          {"approver", approver},
          {"requested_by", requested_by},
          {"at", base::to_iso8601(at)},
          {"expires", base::to_iso8601(expires)}};
}

base::Result<Approval> approval_from_json(const Json& json) {
  Approval out;
  TRY(out.plan, base::parse_digest(base::string_member(json, "plan")));
  out.approver = base::string_member(json, "approver");
  out.requested_by = base::string_member(json, "requested_by");
  TRY(out.at, base::parse_iso8601(base::string_member(json, "at")));
  TRY(out.expires, base::parse_iso8601(base::string_member(json, "expires")));
  return out;
}

bool Decision::covers(const ApiCall& call, base::Timestamp now) const {
  return effect == Effect::permit && now < valid_until && covered.contains(call.digest());
}

Json Decision::json() const {
  Json out = {{"effect", to_string(effect)},
              {"plan", plan.hex()},
              {"reasons", Json::array()},
              {"approvals", Json::array()},
              {"decided_at", base::to_iso8601(decided_at)},
              {"valid_until", base::to_iso8601(valid_until)},
              {"covered", Json::array()}};
  for (const Reason& reason : reasons) out["reasons"].push_back({{"code", reason.code}, {"text", reason.text}});
  for (const Approval& approval : approvals) out["approvals"].push_back(approval.json());
  for (const base::Digest& call : covered) out["covered"].push_back(call.hex());
  return out;
}

base::Result<Decision> decision_from_json(const Json& json) {
  Decision out;
  std::string effect = base::string_member(json, "effect");
  out.effect = effect == to_string(Effect::permit) ? Effect::permit
               : effect == to_string(Effect::hold) ? Effect::hold
                                                   : Effect::refuse;
  TRY(out.plan, base::parse_digest(base::string_member(json, "plan")));
  TRY(out.decided_at, base::parse_iso8601(base::string_member(json, "decided_at")));
  TRY(out.valid_until, base::parse_iso8601(base::string_member(json, "valid_until")));
  for (const Json& reason : base::member(json, "reasons")) {
    out.reasons.push_back({base::string_member(reason, "code"), base::string_member(reason, "text")});
  }
  for (const Json& item : base::member(json, "approvals")) {
    TRY(Approval approval, approval_from_json(item));
    out.approvals.push_back(std::move(approval));
  }
  for (const Json& item : base::member(json, "covered")) {
    TRY(base::Digest call, base::parse_digest(item.is_string() ? item.get<std::string>() : std::string()));
    out.covered.insert(call);
  }
  return out;
}

}  // namespace setpoint::model
