// Time as a port (design law 4): with another Clock the same engine is its own simulation.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::base {

using Milliseconds = std::chrono::milliseconds;

// A point in UTC, milliseconds since 1970. Zero means "not known".
struct Timestamp {
  std::int64_t ms = 0;
  auto operator<=>(const Timestamp&) const = default;
  bool known() const { return ms != 0; }
  Timestamp operator+(Milliseconds d) const { return {ms + d.count()}; }
  Milliseconds operator-(Timestamp other) const { return Milliseconds(ms - other.ms); }
};

std::string to_iso8601(Timestamp time);  // 2026-11-21T19:23:00.000Z
// RFC 3339 with optional fraction and offset, and "2026-11-21T19:23:00+0000"; fractions beyond milliseconds are cut.
Result<Timestamp> parse_iso8601(std::string_view text);

// "90s", "15m", "8h", "90d": how people write durations in our YAML. nullopt for anything else.
std::optional<Milliseconds> parse_duration(std::string_view text);

// Thread-safe. Implementations: SystemClock, ManualClock (tests, simulation).
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;                       // wall clock, UTC
  virtual std::chrono::nanoseconds monotonic() const = 0;  // for durations only
  virtual void sleep_for(Milliseconds duration) = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  std::chrono::nanoseconds monotonic() const override;
  void sleep_for(Milliseconds duration) override;
};

// Stands still until told; sleep_for advances it at once.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_ms_(start.ms) {}
  Timestamp now() const override { return {now_ms_.load()}; }
  std::chrono::nanoseconds monotonic() const override { return Milliseconds(now_ms_.load()); }
  void sleep_for(Milliseconds duration) override { advance(duration); }
  void advance(Milliseconds duration) { now_ms_ += duration.count(); }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace setpoint::base
