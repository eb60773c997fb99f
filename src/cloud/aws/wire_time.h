// Timestamps between Setpoint's form (ISO 8601 text in UTC with milliseconds, or a number of seconds since 1970) and
// AWS's wire forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "cloud/aws/service_model.h"

namespace setpoint::cloud::aws {

// From a parameter: ISO 8601, RFC 822 or digits as text, or a number of seconds. nullopt where it is none of these.
std::optional<base::Timestamp> timestamp_of(const base::Json& value);
std::optional<base::Timestamp> parse_wire_time(std::string_view text);
std::string format_wire_time(base::Timestamp time, TimestampFormat format);
// 20261121T192300Z, as SigV4 has it.
std::string basic_iso8601(base::Timestamp time);
std::optional<base::Timestamp> parse_basic_iso8601(std::string_view text);

}  // namespace setpoint::cloud::aws
