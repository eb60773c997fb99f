// Program: what a rehearsal runs and an apply runs again: a runbook with its parameters, or (an undo) a list of calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/plan.h"
#include "runbook/document.h"
#include "runbook/execution.h"
#include "runbook/host.h"

namespace setpoint::response {

struct Program {
  std::optional<runbook::Document> document;
  base::Json parameters = base::Json::object();  // bound
  std::vector<model::ApiCall> calls;             // where there is no document
  runbook::ExecutionContext context;

  std::string name() const;     // the document's, or "undo"
  base::Digest digest() const;  // of what runs
};

struct ProgramReport {
  bool succeeded = false;
  bool suspended = false;
  std::string message;                            // of a failure
  std::optional<runbook::ExecutionReport> steps;  // where a document ran
};

ProgramReport run_program(const Program& program, runbook::Host& host);

}  // namespace setpoint::response
