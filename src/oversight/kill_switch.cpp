#include "oversight/kill_switch.h"

namespace setpoint::oversight {

using base::ErrorCode;
using base::fail;

base::Json KillSwitch::json() const { return {{"engaged", engaged}, {"by", by}, {"reason", reason}, {"at_ms", at.ms}}; }

base::Result<KillSwitch> kill_switch_from_json(const base::Json& json) {
  const base::Json& engaged = base::member(json, "engaged");
  const base::Json& at = base::member(json, "at_ms");
  if (!engaged.is_boolean() || !at.is_number_integer())
    return fail(ErrorCode::corrupted, "the kill switch cannot be read");
  return KillSwitch{engaged.get<bool>(),
                    base::string_member(json, "by"),
                    base::string_member(json, "reason"),
                    {at.get<std::int64_t>()}};
}

base::Result<KillSwitch> engage(const KillSwitch& before, const std::string& by, const std::string& reason,
                                base::Timestamp now) {
  if (by.empty()) return fail(ErrorCode::invalid_input, "the kill switch needs to know who engages it");
  if (before.engaged) return before;
  return KillSwitch{true, by, reason, now};
}

base::Result<KillSwitch> release(const KillSwitch& before, const std::string& by, base::Timestamp now) {
  if (by.empty()) return fail(ErrorCode::invalid_input, "the kill switch needs to know who releases it");
  if (!before.engaged) return before;
  return KillSwitch{false, by, {}, now};
}

}  // namespace setpoint::oversight
