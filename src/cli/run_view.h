// How executions look: step by step while they run, a bar for many targets, a table at the end. On standard error, and
// only on a terminal; the result is on standard output.
#pragma once

#include <chrono>
#include <mutex>

#include "cli/terminal.h"
#include "response/direct_ports.h"

namespace setpoint::cli {

class RunProgress final : public response::ExecutionWatcher {
 public:
  explicit RunProgress(bool quiet);
  ~RunProgress() override;

  void step_ended(const response::ExecutionRecord& execution, const runbook::StepRecord& step) override;
  void waiting(const response::ExecutionRecord& execution, const std::string& for_what) override;
  void fleet_moved(const response::ExecutionRecord& fleet, const response::FleetProgress& progress) override;

 private:
  void draw(const std::string& line);

  const bool shown_;
  std::mutex mutex_;
  bool drawn_ = false;                              // guarded by mutex_
  std::chrono::steady_clock::time_point last_bar_;  // guarded by mutex_
};

// The bar's line.
std::string fleet_text(const response::FleetProgress& progress);

// An execution as GetAutomationExecution renders it, for people.
std::string execution_text(const base::Json& rendered, const Paint& paint);

}  // namespace setpoint::cli
