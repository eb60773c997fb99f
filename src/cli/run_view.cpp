#include "cli/run_view.h"

#include <unistd.h>

#include <iostream>

namespace setpoint::cli {

using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr std::size_t kCells = 32;
constexpr std::size_t kStepsShownMax = 200;
constexpr std::chrono::milliseconds kRedraw{100};

std::string steps_text(const Json& execution, const Paint& paint) {
  Table table({"STEP", "ACTION", "STATUS", "MESSAGE"});
  std::size_t left_out = 0;
  std::size_t shown = 0;
  for (const Json& step : member(execution, "StepExecutions")) {
    if (++shown > kStepsShownMax) {
      ++left_out;
      continue;
    }
    table.add({string_member(step, "StepName"), string_member(step, "Action"), string_member(step, "StepStatus"),
               printable(string_member(step, "FailureMessage"), 200)});
  }
  std::string out = table.render(paint);
  if (left_out > 0) out += fmt::format("... and {} more; --json has them all\n", left_out);
  return out;
}

}  // namespace

RunProgress::RunProgress(bool quiet) : shown_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

RunProgress::~RunProgress() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
}

void RunProgress::draw(const std::string& line) {
  std::cerr << (drawn_ ? "\r\033[K" : "") << line << std::flush;
  drawn_ = !line.ends_with('\n');
}

void RunProgress::step_ended(const response::ExecutionRecord& execution, const runbook::StepRecord& step) {
  if (!shown_ || !execution.ancestors.empty()) return;
  std::lock_guard lock(mutex_);
  draw(fmt::format("  {:<10} {}  {}\n", to_string(step.status), printable(step.path, 60), to_string(step.action)));
}

void RunProgress::waiting(const response::ExecutionRecord& execution, const std::string& for_what) {
  std::lock_guard lock(mutex_);
  draw(fmt::format("setpoint: {} waits for {}\n", execution.id, printable(for_what, 80)));
}

void RunProgress::fleet_moved(const response::ExecutionRecord& fleet, const response::FleetProgress& progress) {
  if (!shown_ || !fleet.ancestors.empty()) return;
  std::lock_guard lock(mutex_);
  auto now = std::chrono::steady_clock::now();
  if (now - last_bar_ < kRedraw) return;
  last_bar_ = now;
  draw(fleet_text(progress));
}

std::string fleet_text(const response::FleetProgress& progress) {
  std::size_t bad = progress.failed + progress.cancelled + progress.timed_out;
  std::size_t done = progress.succeeded + bad;
  std::size_t full = progress.total == 0 ? 0 : done * kCells / progress.total;
  std::string out = fmt::format("[{}{}] {}/{}  {} running", std::string(full, '#'), std::string(kCells - full, '-'),
                                done, progress.total, progress.running);
  return bad == 0 ? out : out + fmt::format("  {} failed", bad);
}

std::string execution_text(const Json& rendered, const Paint& paint) {
  const Json& execution = member(rendered, "AutomationExecution");
  std::string message = printable(string_member(execution, "FailureMessage"));
  std::string out =
      fmt::format("{}  {}{}\n", string_member(execution, "AutomationExecutionId"),
                  string_member(execution, "AutomationExecutionStatus"), message.empty() ? "" : "  " + message);
  out += steps_text(execution, paint);
  const Json& outputs = member(execution, "Outputs");
  if (!outputs.empty()) out += outputs.dump(2) + "\n";
  if (rendered.contains("Rehearsal")) out += rendered["Rehearsal"].dump(2) + "\n";
  return out;
}

}  // namespace setpoint::cli
