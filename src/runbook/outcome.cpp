#include "runbook/outcome.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;

namespace {

FailureType type_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::access_denied:
    case ErrorCode::unauthenticated:
      return FailureType::permission;
    case ErrorCode::throttled:
      return FailureType::throttling;
    case ErrorCode::limit_exceeded:
    case ErrorCode::corrupted:
      return FailureType::internal;
    default:
      return FailureType::action;
  }
}

}  // namespace

Failure failure_of(const base::Error& error, FailureStage stage) {
  Failure out;
  out.stage = stage;
  out.type = type_of(error.code);
  out.message = error.text();
  if (!error.detail.empty()) out.details["ErrorCode"] = error.detail;
  return out;
}

Outcome Outcome::success(Json result, Json outputs) {
  Outcome out;
  out.result = std::move(result);
  out.outputs = std::move(outputs);
  return out;
}

Outcome Outcome::failed(Failure failure) {
  Outcome out;
  out.status = ExecutionStatus::failed;
  out.failure = std::move(failure);
  return out;
}

Outcome Outcome::failed(FailureStage stage, FailureType type, std::string message) {
  return failed(Failure{stage, type, std::move(message), Json::object()});
}

Outcome Outcome::failed(const base::Error& error) { return failed(failure_of(error)); }

Outcome Outcome::timed_out(std::string message) {
  Outcome out = failed(FailureStage::invocation, FailureType::action, std::move(message));
  out.status = ExecutionStatus::timed_out;
  return out;
}

Outcome Outcome::interrupted(Interrupt interrupt) {
  Outcome out;
  out.status = ExecutionStatus::cancelled;
  out.interrupt = interrupt;
  return out;
}

}  // namespace setpoint::runbook
