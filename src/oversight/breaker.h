// The breaker of one automation: after several outcomes in a row of time that were not what the plan promised, it stops
// acting by itself. Values and pure transitions; the caller stores them under the automation's name.
//
//   closed --(failures_to_open within failure_memory)--> open --(open_for)--> half open --(effective)--> closed
//                                                          ^                      |
//                                                          +------(a failure)-----+
//
// INEFFECTIVE, FAILED, DEVIATED and UNKNOWN are failures. STALE and REFUSED say nothing of the automation: nothing was
// sent. Half open lets one run through as a trial; others are held until its outcome is known.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/outcome.h"

#include <nlohmann/json.hpp>

namespace setpoint::oversight {

struct BreakerSettings {
  std::size_t failures_to_open = 3;
  base::Milliseconds failure_memory{24 * 3'600'000LL};
  base::Milliseconds open_for{3'600'000};
  base::Milliseconds trial_for{3'600'000};  // a trial without an outcome (a crash) blocks no longer than this
};

enum class BreakerState { closed, open, half_open };
std::string_view to_string(BreakerState state);

struct Breaker {
  std::vector<base::Timestamp> failures;  // the newest failures_to_open, oldest first
  base::Timestamp opened_at;              // unknown where closed
  base::Timestamp trial_at;               // the run that was let through half open
  bool operator==(const Breaker&) const = default;
  base::Json json() const;
};
base::Result<Breaker> breaker_from_json(const base::Json& json);

BreakerState state_at(const Breaker& breaker, base::Timestamp now, const BreakerSettings& settings = {});
// Whether a trial runs: half open, and let through one already.
bool trial_running(const Breaker& breaker, base::Timestamp now, const BreakerSettings& settings = {});

// A run of the automation begins, ends. Both give the next value.
Breaker after_start(Breaker before, base::Timestamp now, const BreakerSettings& settings = {});
Breaker after_outcome(Breaker before, model::RunStatus outcome, base::Timestamp now,
                      const BreakerSettings& settings = {});

}  // namespace setpoint::oversight
