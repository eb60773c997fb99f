// Program: what a rehearsal runs and an apply runs again: a runbook with its parameters, or (an undo) a list of calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/ports.h"
#include "model/plan.h"
#include "runbook/document.h"
#include "runbook/execution.h"
#include "runbook/host.h"

namespace setpoint::response {

struct Program {
  std::string runbook;  // the library's name of the document
  std::optional<runbook::Document> document;
  base::Json parameters = base::Json::object();  // bound
  std::vector<model::ApiCall> calls;             // where there is no document
  runbook::ExecutionContext context;

  std::string name() const;     // the runbook's, or "undo"
  base::Digest digest() const;  // of what runs
};

struct ProgramReport {
  bool succeeded = false;
  bool suspended = false;
  std::string message;                            // of a failure
  std::optional<runbook::ExecutionReport> steps;  // where a document ran
};

// Binds what a remediation or a person gives to the document's parameters; defaults from {{ssm:…}} are read by
// `observer`.
base::Result<Program> bind_program(runbook::Document document, const base::Json& given,
                                   runbook::ExecutionContext context, cloud::Observer& observer);

ProgramReport run_program(const Program& program, runbook::Host& host);

}  // namespace setpoint::response
