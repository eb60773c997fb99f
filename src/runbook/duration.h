// ISO 8601 durations: PT10M, P1DT2H, PT1.5S.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::runbook {

// Weeks, days, hours, minutes, seconds; years and months have no fixed length and are refused.
base::Result<base::Milliseconds> parse_duration(std::string_view text);

}  // namespace setpoint::runbook
