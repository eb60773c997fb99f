// Running a document: see document.h for the example and host.h for how effects, replay and suspension work.
//
// `run` never fails: every mishap is a status in the report, which renders as the SSM API's GetAutomationExecution.
// Cost: under 200 microseconds of CPU a step without the Host's own (bench/runbook). Bounds: limits.h; past one the
// step fails and says which. Thread-safe in the sense that any number of executions may run at once, each with its own
// Host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "runbook/document.h"
#include "runbook/host.h"
#include "runbook/status.h"

namespace setpoint::runbook {

struct ExecutionContext {
  std::string execution_id;  // a UUID on AWS
  std::string account;
  std::string region;
  std::string partition = "aws";
  std::string executed_by;    // ARN of who started it; may be ""
  std::string mode = "Auto";  // Auto | Interactive
  std::string parent_execution_id;
};

struct Failure {
  FailureStage stage = FailureStage::invocation;
  FailureType type = FailureType::action;
  std::string message;
  base::Json details = base::Json::object();  // string -> string
};

struct StepRecord {
  std::string name;
  std::string path;  // CallSite::path
  Action action{};
  ExecutionStatus status = ExecutionStatus::pending;
  base::Json inputs = base::Json::object();   // after substitution
  base::Json outputs = base::Json::object();  // native values
  base::Json response;                        // the action's raw result; null where none
  std::string response_code;
  std::optional<Failure> failure;
  base::Timestamp started;
  base::Timestamp ended;
  std::int64_t attempts = 0;
  std::int64_t timeout_seconds = 0;
  // Of a step in a loop's body.
  std::string parent_path;
  std::string parent_name;
  std::int64_t iteration = 0;
  base::Json iterator_value;
};

struct ExecutionReport {
  ExecutionStatus status = ExecutionStatus::pending;
  bool suspended = false;  // the Host suspended it: run again with the same answers to go on
  std::string failure_message;
  base::Json parameters = base::Json::object();
  base::Json outputs = base::Json::object();  // "Step.Output" -> native value; those that were written
  base::Json variables = base::Json::object();
  std::string assume_role;        // resolved
  std::vector<StepRecord> steps;  // in order of execution; those not reached follow, Pending
  base::Timestamp started;
  base::Timestamp ended;
};

// `parameters` come from bind_parameters.
ExecutionReport run(const Document& document, const base::Json& parameters, const ExecutionContext& context,
                    Host& host);

// The role that the execution runs under, known before it starts: "" = the caller's identity.
base::Result<std::string> resolve_assume_role(const Document& document, const base::Json& parameters,
                                              const ExecutionContext& context);

// {"AutomationExecution": {...}} in the API's JSON (awsJson1_1): times are epoch seconds, values are text.
base::Json render_automation_execution(const Document& document, const ExecutionContext& context,
                                       const ExecutionReport& report);

}  // namespace setpoint::runbook
