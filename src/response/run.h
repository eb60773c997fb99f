// Run: one application of one plan, as a durable record. Its changing calls are journal entries (call.intent,
// call.outcome); the record itself is a document committed in the same transactions, so the two never disagree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/append_log.h"
#include "model/decision.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "response/ports.h"
#include "runbook/execution.h"

namespace setpoint::response {

// Spaces of journal::DocumentWrite.
inline constexpr char kPlanSpace[] = "plans";  // by plan id
inline constexpr char kRunSpace[] = "runs";    // by run id; indices "plan", "finding", "status"

struct Run {
  std::string id;       // "run-..."
  std::string plan;     // plan id
  std::string finding;  // "" for none
  std::string undo_of;
  std::string undone_by;
  model::RunStatus status = model::RunStatus::planned;
  std::string actor;
  base::Timestamp started;
  base::Timestamp ended;
  std::string message;
  model::Decision decision;
  runbook::ExecutionContext context;
  std::size_t answers = 0;                 // recorded so far
  std::size_t signals = 0;                 // taken so far (signals.h)
  std::size_t calls_done = 0;              // changing calls with a known outcome
  bool concluded = false;                  // verified, noted, and everybody told: nothing is left to do after a crash
  std::optional<std::size_t> open_intent;  // a call that was announced and has no outcome yet

  base::Json json() const;
  journal::DocumentWrite document() const;
};
base::Result<Run> run_from_json(const base::Json& json);

journal::DocumentWrite plan_document(const model::Plan& plan);

base::Result<model::Plan> load_plan(const Records& records, const std::string& id);  // not_found with the id
base::Result<Run> load_run(const Records& records, const std::string& id);
base::Result<std::vector<Run>> runs_of_plan(const Records& records, const std::string& plan);
// Not concluded: a crash may have interrupted them anywhere.
base::Result<std::vector<Run>> unfinished_runs(const Records& records);

}  // namespace setpoint::response
