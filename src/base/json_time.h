// Times in stored JSON: ISO 8601 text, or null where the time is not known. Stateless.
#pragma once

#include "base/clock.h"
#include "base/json.h"

namespace setpoint::base {

Json time_json(Timestamp time);
// The member of that name; unknown where it is absent, null or "". invalid_input where it is no time.
Result<Timestamp> time_member(const Json& json, std::string_view name);

}  // namespace setpoint::base
