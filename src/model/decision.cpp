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
              {"valid_until", base::to_iso8601(valid_until)}};
  for (const Reason& reason : reasons) out["reasons"].push_back({{"code", reason.code}, {"text", reason.text}});
  for (const Approval& approval : approvals) out["approvals"].push_back(approval.json());
  return out;
}

}  // namespace setpoint::model
