// Executor: carries out documents directly, durably: one, over many targets, in other accounts and regions.
//
//   Executor executor({journal, records, clock, identities, locks, worlds, &library, &scripts});
//   TRY(ExecutionEnd end, executor.start({.id = id, .document = document, .parameters = bound, ...}));
//   TRY(Json rendered, rendered_execution(records, end.id));      // as GetAutomationExecution
//   executor.resume(id)                                            // after a crash: the same end as without it
//
// 1. The record and the document are on disk before anything happens (execution_record.h).
// 2. The document's role is assumed (with the session policy, where one is given) and its target is locked: one
//    execution at a time works on one target, others wait kLockWaitSeconds for it.
// 3. The document runs on a DirectHost; documents that it calls are executions of their own, with the same guarantees.
// 4. A fleet resolves its members once, writes them down, and runs them as RateControl allows; a member that fails
// stops
//    no other beyond MaxErrors. After a crash those that ended stay as they are, the others go on.
//
// Threads: one for each member that runs, at most kFleetThreadsMax in the process (the first of each fleet beyond);
// start() and resume() return when all is over. Errors: nothing began. What happens later is the end's
// status; `halted` means that the record could not be written, and the execution is to be resumed.
#pragma once

#include <atomic>

#include "response/direct_host.h"
#include "response/direct_ports.h"
#include "response/signals.h"
#include "runbook/rate_control.h"

namespace setpoint::response {

inline constexpr std::size_t kFleetThreadsMax = 500;  // AWS, adaptive concurrency: the other members wait
inline constexpr std::int64_t kLockWaitSeconds = 60;

struct ExecutionRequest {
  std::string id;
  const runbook::Document& document;
  std::string document_name;
  std::string folder;
  base::Json parameters = base::Json::object();
  runbook::ExecutionContext context;
  Acting acting;
  FleetRequest fleet;
  std::string actor;
  std::optional<ContainmentTerms> containment = std::nullopt;
  base::Json notes = base::Json::object();  // for the journal's first entry: "unrehearsed": why
};

struct ExecutionEnd {
  std::string id;
  runbook::ExecutionStatus status = runbook::ExecutionStatus::failed;
  base::Json outputs = base::Json::object();
  std::string message;
  bool halted = false;
};

class Executor final : public Children {
 public:
  explicit Executor(DirectPorts ports) : ports_(ports), signals_(ports.journal, ports.records, ports.clock) {}

  base::Result<ExecutionEnd> start(const ExecutionRequest& request);
  base::Result<ExecutionEnd> resume(const std::string& id);
  Signals& signals() { return signals_; }

  // Of DirectHost.
  base::Result<std::optional<runbook::ChildResult>> run_child(
      const ExecutionRecord& parent, const std::string& id, const runbook::Document& document,
      const runbook::ExecuteAutomationRequest& request) override;

 private:
  friend class Fleet;

  enum class Begun { now, before };
  // To the end, or until it is halted.
  base::Result<ExecutionEnd> run(ExecutionRecord record, const runbook::Document& document, Begun begun);
  base::Result<ExecutionEnd> run_document(ExecutionRecorder& recorder, const runbook::Document& document);
  base::Result<ExecutionEnd> run_fleet(ExecutionRecorder& recorder, const runbook::Document& document);
  base::Result<ExecutionEnd> conclude(ExecutionRecorder& recorder, const runbook::Document& document,
                                      runbook::ExecutionReport report);
  base::Result<std::shared_ptr<Access>> access_of(const ExecutionRecord& record, const std::string& document_role);
  base::Result<std::unique_ptr<HeldLock>> lock_target(const ExecutionRecord& record,
                                                      const std::vector<std::string>& names);

  DirectPorts ports_;
  Signals signals_;
  std::atomic<std::size_t> fleet_threads_{0};
};

// An execution within another, with everything that it has from there.
ExecutionRecord child_of(const ExecutionRecord& parent, std::string id);

// What GetAutomationExecution says of it; of a fleet also its members, as "ChildExecutions".
base::Result<base::Json> rendered_execution(const Records& records, const std::string& id);

}  // namespace setpoint::response
