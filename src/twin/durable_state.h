// A state that outlives the process: `setpoint twin --state DIR`.
//
//   TRY(DurableState store, DurableState::open(directory));
//   cloud.on_commit([&](const State& before, const State& after) { return store.record(before, after); });
//
// DIR/state.ndjson holds the state as it was when it was opened, DIR/changes.ndjson one line a change since; a line is
// flushed before the change is answered. Opening folds the two; a last line that a power cut left half-written is
// dropped, any other bad line is ErrorCode::corrupted. Threads: record() under the cloud's lock. One process at a time:
// the directory is locked.
#pragma once

#include <string>

#include "base/result.h"
#include "twin/state.h"

namespace setpoint::twin {

class DurableState {
 public:
  static base::Result<DurableState> open(const std::string& directory);
  DurableState(DurableState&& other) noexcept;
  DurableState& operator=(DurableState&&) = delete;
  ~DurableState();

  const State& state() const { return state_; }
  bool fresh() const { return fresh_; }  // nothing was stored yet
  base::Status record(const State& before, const State& after);

 private:
  DurableState() = default;
  State state_;
  bool fresh_ = true;
  int log_ = -1;
  int lock_ = -1;
};

}  // namespace setpoint::twin
