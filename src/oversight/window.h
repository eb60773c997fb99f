// Change windows: when an automation may act, in UTC. No window means always. A window whose end lies before its
// beginning goes over midnight and belongs to the day on which it begins.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"

namespace setpoint::oversight {

struct Window {
  std::vector<int> days;         // 0 = Sunday; empty = every day
  std::int64_t from_minute = 0;  // of the UTC day, 0 to 1439
  std::int64_t to_minute = 24 * 60;
};

// When the window that is open now ends (the latest, of several); nullopt where none is open. Without any window: never
// ends, said as a time 100 years on.
std::optional<base::Timestamp> open_until(std::span<const Window> windows, base::Timestamp now);
// The next beginning within eight days; nullopt where there is none.
std::optional<base::Timestamp> next_opening(std::span<const Window> windows, base::Timestamp now);

}  // namespace setpoint::oversight
