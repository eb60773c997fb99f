// Rate control of one automation over many targets (MaxConcurrency, MaxErrors, the ramp): a pure scheduler that
// response/ drives.
//
//   TRY(RateControl control, RateControl::create({.targets = 40, .max_concurrency = "10%", .max_errors = "1"}));
//   while (auto next = control.next()) start(*next);          // indices of targets, as many as may start now
//   control.finished(index, ok);                               // then ask next() again
//   if (control.done()) status = control.status();
//
// Ramp (AWS): one target first, then two at once, then doubling up to MaxConcurrency. MaxErrors N: no target starts
// once N+1 have failed; "0" stops after the first failure; percentages are of all targets, rounded down (concurrency at
// least 1). Deterministic; not thread-safe: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "runbook/status.h"

namespace setpoint::runbook {

struct RateControlRequest {
  std::size_t targets = 0;
  std::string max_concurrency = "10";
  std::string max_errors = "100%";
  bool ramp = true;
};

class RateControl {
 public:
  static base::Result<RateControl> create(const RateControlRequest& request);

  // Takes up what an earlier process began: the first targets, in this order: those that ended, well and badly, and
  // those that still run. Before any next().
  void restore(std::size_t succeeded, std::size_t failed, std::size_t running);

  std::optional<std::size_t> next();  // a target that may start now, or nullopt
  void finished(std::size_t target, bool ok);
  void cancel();      // nothing further starts
  bool done() const;  // nothing runs and nothing will start
  bool stopped_by_errors() const;

  // InProgress until done. Then Success; Failed where MaxErrors stopped it or no target succeeded; CompletedWithFailure
  // where some failed; Cancelled after cancel().
  ExecutionStatus status() const;

  std::size_t running() const { return running_; }
  std::size_t failed() const { return failed_; }
  std::size_t succeeded() const { return succeeded_; }
  std::size_t not_started() const { return targets_ - started_; }

 private:
  RateControl() = default;

  std::size_t targets_ = 0;
  std::size_t concurrency_max_ = 1;
  std::size_t errors_max_ = 0;
  std::size_t window_ = 1;  // what the ramp allows at present
  std::size_t window_succeeded_ = 0;
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t failed_ = 0;
  std::size_t succeeded_ = 0;
  bool cancelled_ = false;
};

// "10", "25%" of `whole`; invalid_input where the text is neither.
base::Result<std::size_t> parse_concurrency(std::string_view text, std::size_t whole);
base::Result<std::size_t> parse_errors(std::string_view text, std::size_t whole);

}  // namespace setpoint::runbook
