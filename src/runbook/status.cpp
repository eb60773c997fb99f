#include "runbook/status.h"

#include <array>

namespace setpoint::runbook {

namespace {

constexpr std::array<std::string_view, 19> kStatuses = {"Pending",
                                                        "InProgress",
                                                        "Waiting",
                                                        "Success",
                                                        "TimedOut",
                                                        "Cancelling",
                                                        "Cancelled",
                                                        "Failed",
                                                        "PendingApproval",
                                                        "Approved",
                                                        "Rejected",
                                                        "Scheduled",
                                                        "RunbookInProgress",
                                                        "PendingChangeCalendarOverride",
                                                        "ChangeCalendarOverrideApproved",
                                                        "ChangeCalendarOverrideRejected",
                                                        "CompletedWithSuccess",
                                                        "CompletedWithFailure",
                                                        "Exited"};
constexpr std::array<std::string_view, 4> kStages = {"InputValidation", "PreVerification", "Invocation",
                                                     "PostVerification"};
constexpr std::array<std::string_view, 5> kTypes = {"Action", "Permission", "Throttling", "Verification", "Internal"};
constexpr std::array<std::string_view, 6> kSignals = {"Approve", "Reject", "StartStep", "StopStep", "Resume", "Revoke"};

template <class Enum, std::size_t N>
base::Result<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text, std::string_view what) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return base::fail(base::ErrorCode::invalid_input, "'{}' is no {}", text, what);
}

}  // namespace

std::string_view to_string(ExecutionStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::string_view to_string(FailureStage stage) { return kStages[static_cast<std::size_t>(stage)]; }
std::string_view to_string(FailureType type) { return kTypes[static_cast<std::size_t>(type)]; }
std::string_view to_string(SignalType type) { return kSignals[static_cast<std::size_t>(type)]; }

base::Result<ExecutionStatus> parse_execution_status(std::string_view text) {
  return parse<ExecutionStatus>(kStatuses, text, "automation execution status");
}

base::Result<SignalType> parse_signal_type(std::string_view text) {
  return parse<SignalType>(kSignals, text, "automation signal type");
}

bool is_terminal(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::success:
    case ExecutionStatus::timed_out:
    case ExecutionStatus::cancelled:
    case ExecutionStatus::failed:
    case ExecutionStatus::rejected:
    case ExecutionStatus::change_calendar_override_rejected:
    case ExecutionStatus::completed_with_success:
    case ExecutionStatus::completed_with_failure:
    case ExecutionStatus::exited:
      return true;
    default:
      return false;
  }
}

}  // namespace setpoint::runbook
