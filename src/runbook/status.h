// The words of the SSM API for how an execution and its steps stand, and why a step failed.
#pragma once

#include <string_view>

#include "base/result.h"

namespace setpoint::runbook {

// AutomationExecutionStatus; steps use the same words.
enum class ExecutionStatus {
  pending,
  in_progress,
  waiting,
  success,
  timed_out,
  cancelling,
  cancelled,
  failed,
  pending_approval,
  approved,
  rejected,
  scheduled,
  runbook_in_progress,
  pending_change_calendar_override,
  change_calendar_override_approved,
  change_calendar_override_rejected,
  completed_with_success,
  completed_with_failure,
  exited,
};
std::string_view to_string(ExecutionStatus status);  // "InProgress", "TimedOut"
base::Result<ExecutionStatus> parse_execution_status(std::string_view text);
bool is_terminal(ExecutionStatus status);

enum class FailureStage { input_validation, pre_verification, invocation, post_verification };
std::string_view to_string(FailureStage stage);  // "InputValidation"

enum class FailureType { action, permission, throttling, verification, internal };
std::string_view to_string(FailureType type);  // "Action"

// SendAutomationSignal
enum class SignalType { approve, reject, start_step, stop_step, resume, revoke };
std::string_view to_string(SignalType type);  // "StartStep"
base::Result<SignalType> parse_signal_type(std::string_view text);

}  // namespace setpoint::runbook
