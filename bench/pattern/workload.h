// Our own generator of a security team's day: CloudTrail-shaped events of about 1.8 KB in the EventBridge envelope,
// Security Hub findings, and the patterns that people write for them. Deterministic: the same seed gives the same
// bytes. All names and addresses are invented (RFC 5737, RFC 3849, RFC 1918).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace setpoint::bench {

struct Mix {
  bool exact_fields = true;  // false: prefix, suffix, wildcard, numeric, anything-but and exists only
};

std::vector<std::string> trail_events(std::size_t count, std::uint64_t seed);
// The first n of more patterns are the same n patterns.
std::vector<std::string> trail_patterns(std::size_t count, std::uint64_t seed, Mix mix);

}  // namespace setpoint::bench
