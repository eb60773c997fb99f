// What became of one attempt of a step; private to the interpreter and the actions.
#pragma once

#include <optional>
#include <string>

#include "runbook/execution.h"

namespace setpoint::runbook {

struct Outcome {
  ExecutionStatus status = ExecutionStatus::success;
  base::Json result;                          // what the step's selectors read
  base::Json outputs = base::Json::object();  // that the action has by itself
  std::string response_code;
  std::optional<Failure> failure;
  std::optional<std::string> next;  // aws:branch: the step chosen; a loop's body: where it jumped
  bool ends = false;                // the execution stops here, whatever the step says
  bool inherited = false;           // a loop that its body left: the body's step was accounted for already
  std::optional<Interrupt> interrupt;

  static Outcome success(base::Json result, base::Json outputs = base::Json::object());
  static Outcome failed(Failure failure);
  static Outcome failed(FailureStage stage, FailureType type, std::string message);
  static Outcome failed(const base::Error& error);
  static Outcome timed_out(std::string message);
  static Outcome interrupted(Interrupt interrupt);
  bool ok() const { return status == ExecutionStatus::success && !interrupt; }
};

Failure failure_of(const base::Error& error, FailureStage stage = FailureStage::invocation);

}  // namespace setpoint::runbook

// ASK(auto x, run.call(…)): the answer's value, or the Outcome that its error or interrupt means.
#define SETPOINT_ASK_INNER(holder, declaration, expression)                                       \
  auto holder = (expression);                                                                     \
  if (holder.interrupted()) return ::setpoint::runbook::Outcome::interrupted(holder.interrupt()); \
  if (!holder.result()) return ::setpoint::runbook::Outcome::failed(holder.result().error());     \
  declaration = std::move(*holder.result())
#define ASK(declaration, expression) \
  SETPOINT_ASK_INNER(SETPOINT_CONCAT(ask_holder_, __COUNTER__), declaration, expression)
// CHECK_OUTCOME(auto x, result): the value of a Result, or the failed Outcome.
#define SETPOINT_CHECK_INNER(holder, declaration, expression)               \
  auto holder = (expression);                                               \
  if (!holder) return ::setpoint::runbook::Outcome::failed(holder.error()); \
  declaration = std::move(*holder)
#define CHECK_OUTCOME(declaration, expression) \
  SETPOINT_CHECK_INNER(SETPOINT_CONCAT(check_holder_, __COUNTER__), declaration, expression)
