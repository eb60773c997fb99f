#include "oversight/window.h"

namespace setpoint::oversight {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMinutes = 24 * 60;
constexpr std::int64_t kDayMs = kDayMinutes * kMinuteMs;
constexpr std::int64_t kLongMs = 36'525 * kDayMs;

// 1970-01-01 was a Thursday.
int weekday(std::int64_t day) { return static_cast<int>((day + 4) % 7); }

bool on_day(const Window& window, std::int64_t day) {
  return window.days.empty() || std::find(window.days.begin(), window.days.end(), weekday(day)) != window.days.end();
}

std::int64_t length_minutes(const Window& window) {
  std::int64_t length = window.to_minute - window.from_minute;
  return length < 0 ? length + kDayMinutes : length;
}

std::int64_t begin_ms(const Window& window, std::int64_t day) { return day * kDayMs + window.from_minute * kMinuteMs; }

}  // namespace

std::optional<base::Timestamp> open_until(std::span<const Window> windows, base::Timestamp now) {
  if (windows.empty()) return base::Timestamp{now.ms + kLongMs};
  std::optional<base::Timestamp> out;
  std::int64_t today = now.ms / kDayMs;
  for (const Window& window : windows) {
    for (std::int64_t day : {today - 1, today}) {
      std::int64_t begin = begin_ms(window, day);
      std::int64_t end = begin + length_minutes(window) * kMinuteMs;
      if (!on_day(window, day) || now.ms < begin || now.ms >= end) continue;
      out = std::max(out.value_or(base::Timestamp{}), base::Timestamp{end});
    }
  }
  return out;
}

std::optional<base::Timestamp> next_opening(std::span<const Window> windows, base::Timestamp now) {
  std::optional<base::Timestamp> out;
  std::int64_t today = now.ms / kDayMs;
  for (const Window& window : windows) {
    for (std::int64_t day = today; day <= today + 8; ++day) {
      base::Timestamp begin{begin_ms(window, day)};
      if (!on_day(window, day) || length_minutes(window) == 0 || begin <= now) continue;
      out = std::min(out.value_or(begin), begin);
      break;
    }
  }
  return out;
}

}  // namespace setpoint::oversight
