// What `setpoint run` would do, done on a copy of what the last scan saw: the document once, or for each of its targets.
//
//   RunRehearsal rehearsal(engine, named, execution, observer);
//   TRY_VOID(rehearsal.open(resources));
//   TRY(RehearsalResult result, rehearsal.run(parameters));           // or run_members(parameters, members)
//
// Members run one after the other on one copy, so that the later ones meet what the earlier ones did; at most
// kRehearsedTargetsMax of them, which the result says. What the copy cannot tell (operations that it does not simulate,
// services of which the scan saw nothing) is in `blind`: a failure behind it says nothing of the document.
// Threads: none. Errors: the copy cannot be made.
#pragma once

#include <memory>
#include <set>

#include "cli/run_inputs.h"
#include "engine/parts.h"
#include "response/rehearsal_host.h"

namespace setpoint::cli {

inline constexpr std::size_t kRehearsedTargetsMax = 50;

struct RehearsalResult {
  base::Json rendered = base::Json::object();  // as GetAutomationExecution, with "Rehearsal"
  std::size_t members = 1;
  std::size_t rehearsed = 0;
  std::size_t failed = 0;
  std::string first_failure;
  std::vector<std::string> blind;  // sorted, each once

  bool good() const { return failed == 0; }
};

class RunRehearsal {
 public:
  RunRehearsal(engine::Engine& engine, const NamedDocument& named, const runbook::ExecutionContext& context,
               cloud::Observer& observer);

  base::Status open(const std::vector<model::Resource>& known);
  RehearsalResult run(const base::Json& parameters);
  RehearsalResult run_members(const base::Json& parameters, const std::vector<response::FleetMember>& members);

 private:
  base::Json run_one(const base::Json& parameters, const std::string& target, RehearsalResult& result);
  runbook::ExecutionReport execute(const base::Json& parameters, response::RehearsalHost& host) const;
  void add_blind(const response::RehearsalHost& host, RehearsalResult& result) const;

  engine::Engine& engine_;
  const NamedDocument& named_;
  const runbook::ExecutionContext& context_;
  cloud::Observer& observer_;
  std::unique_ptr<response::SimulatedWorld> world_;
  std::set<std::string> services_;  // of which something is known: "ec2"
  base::Json calls_ = base::Json::array();
};

}  // namespace setpoint::cli
