#include "response/executor.h"

#include "response/containment.h"
#include "response/fleet.h"
#include "response/simulated_world.h"
#include "response/target_locks.h"
#include "response/targets.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::Result;
using runbook::Document;
using runbook::ExecutionReport;
using runbook::ExecutionStatus;

namespace {

// An execution that did not come to its first step.
ExecutionReport stillborn(const Document& document, const ExecutionRecord& record, std::string message,
                          base::Timestamp now) {
  ExecutionReport out;
  out.status = ExecutionStatus::failed;
  out.failure_message = std::move(message);
  out.parameters = record.parameters;
  out.started = record.started;
  out.ended = now;
  for (const runbook::Step& step : document.steps()) {
    runbook::StepRecord& pending = out.steps.emplace_back();
    pending.name = pending.path = step.name;
    pending.action = step.action;
  }
  return out;
}

// Of a call whose end nobody knows: the step that made it failed, and nothing goes on by itself.
void end_as_unknown(ExecutionReport& report, const std::string& message, base::Timestamp now) {
  report.suspended = false;
  report.status = ExecutionStatus::failed;
  report.failure_message = "UNKNOWN: " + message;
  report.ended = now;
  for (runbook::StepRecord& step : report.steps) {
    if (step.status != ExecutionStatus::in_progress && step.status != ExecutionStatus::waiting) continue;
    step.status = ExecutionStatus::failed;
    step.ended = now;
    step.failure = runbook::Failure{runbook::FailureStage::invocation, runbook::FailureType::internal,
                                    report.failure_message, Json::object()};
  }
}

journal::DocumentWrite report_write(const ExecutionRecord& record, Json rendered) {
  return {kExecutionReportSpace, record.id, std::move(rendered), std::nullopt, {{"parent", record.parent()}}};
}

Json started_body(const ExecutionRecord& record, const Document& document) {
  return {{"direct", true},
          {"document", record.document_name},
          {"digest", document.digest().hex()},
          {"account", record.context.account},
          {"region", record.context.region},
          {"parent", record.parent()},
          {"parameters", record.parameters},
          {"fleet", fleet_json(record.fleet)}};
}

// Of a document that another one calls. What the library does not have is a file beside the caller: no containment.
Result<std::optional<ContainmentTerms>> containment_terms(const Library* library, const std::string& name) {
  if (library == nullptr) return std::optional<ContainmentTerms>();
  auto terms = library->containment(name);
  if (!terms && terms.error().code == ErrorCode::not_found) return std::optional<ContainmentTerms>();
  return terms;
}

// Only before it did anything: a crash may outlast a containment.
base::Status check_end(const ExecutionRecord& record, const Json& parameters, base::Timestamp now) {
  if (!record.containment || record.changes > 0) return {};
  return check_containment(*record.containment, parameters, now);
}

// With the commit that ends it: what changed something holds from here on, also where it failed half way.
void note_containment(ExecutionRecorder& recorder, const ExecutionReport& report) {
  const ExecutionRecord& record = recorder.record();
  if (!record.containment || record.changes == 0) return;
  auto kept = containment_of(*record.containment, record, report.parameters, report.outputs);
  if (!kept) return recorder.announce("containment.unbounded", {{"why", kept.error().text()}});
  recorder.announce("containment.begun", {{"until", base::to_iso8601(kept->until)}, {"release", kept->release}});
  recorder.add_state(kept->write());
}

// The way back of a containment, gone by hand.
base::Status end_what_it_released(const Records& records, ExecutionRecorder& recorder, const ExecutionReport& report) {
  const ExecutionRecord& record = recorder.record();
  if (report.status != ExecutionStatus::success) return {};
  TRY(std::vector<Containment> known, containments(records));
  for (const Containment& one : known) {
    if (!one.is_released_by(record.document_name, record.context.account, report.parameters)) continue;
    recorder.announce("containment.ended", {{"containment", one.execution}, {"why", "taken back by " + record.id}});
    recorder.add_state(one.forget());
  }
  return {};
}

ExecutionEnd end_of(const ExecutionRecord& record) {
  return {record.id, record.status, record.outputs, record.message, false};
}

ExecutionEnd halted_end(const ExecutionRecord& record, std::string message) {
  return {record.id, record.status, Json::object(), std::move(message), true};
}

}  // namespace

Result<ExecutionEnd> Executor::start(const ExecutionRequest& request) {
  TRY_VOID(check_fleet(request.document, request.fleet));
  ExecutionRecord record;
  record.id = request.id;
  record.document_name = request.document_name;
  record.document = request.document.digest();
  record.folder = request.folder;
  record.parameters = request.parameters;
  record.context = request.context;
  record.lock_holder = request.id;
  record.context.execution_id = request.id;
  record.acting = request.acting;
  record.fleet = request.fleet;
  record.containment = request.containment;
  record.actor = request.actor;
  record.status = ExecutionStatus::in_progress;
  record.started = ports_.clock.now();
  TRY(std::unique_ptr<HeldLock> ours, ports_.locks.hold_for_process("execution/" + record.id));
  ExecutionRecorder recorder(ports_.journal, std::move(record));
  Json body = started_body(recorder.record(), request.document);
  body.update(request.notes);
  recorder.announce("run.started", std::move(body));
  recorder.add_state(document_write(request.document));
  TRY_VOID(recorder.commit());
  return run(recorder.record(), request.document, Begun::before);
}

Result<ExecutionEnd> Executor::resume(const std::string& id) {
  TRY(ExecutionRecord record, load_execution(ports_.records, id));
  if (!record.ancestors.empty()) {
    return base::fail({ErrorCode::invalid_input,
                       "the execution is part of another one",
                       id,
                       "resume " + record.ancestors.front(),
                       {}});
  }
  if (record.over()) return end_of(record);
  TRY(std::unique_ptr<HeldLock> ours, ports_.locks.hold_for_process("execution/" + id));
  TRY(Document document, load_document(ports_.records, record.document));
  auto noted = ports_.journal.append("run.resumed", record.actor, id, {{"answers", record.answers}});
  if (!noted) return base::fail(std::move(noted).error());
  return run(std::move(record), document, Begun::before);
}

// The first entry of one that begins now goes with its first commit: an execution that did nothing left nothing behind.
Result<ExecutionEnd> Executor::run(ExecutionRecord record, const Document& document, Begun begun) {
  if (record.over()) return end_of(record);
  bool fleet = !record.fleet.empty();
  ExecutionRecorder recorder(ports_.journal, std::move(record));
  if (begun == Begun::now)
    recorder.announce("run.started", started_body(recorder.record(), document));
  else
    TRY_VOID(recorder.load(ports_.records));
  if (fleet) return run_fleet(recorder, document);
  return run_document(recorder, document);
}

Result<std::shared_ptr<Access>> Executor::access_of(const ExecutionRecord& record, const std::string& document_role) {
  std::vector<std::string> roles = record.acting.roles;
  const std::string& role = document_role.empty() ? record.acting.inherited_role : document_role;
  if (!role.empty() && record.acting.assume_document_role) roles.push_back(role);
  return ports_.identities.access(record.acting.home, record.context.region, roles, record.acting.session_policy);
}

Result<std::unique_ptr<HeldLock>> Executor::lock_target(const ExecutionRecord& record,
                                                        const std::vector<std::string>& names) {
  if (names.empty()) return std::unique_ptr<HeldLock>();
  base::Timestamp until = ports_.clock.now() + base::Milliseconds(kLockWaitSeconds * 1000);
  for (;;) {
    auto held = ports_.locks.hold(names, record.lock_holder);
    bool again = !held && held.error().code == ErrorCode::conflict && ports_.clock.now() < until;
    if (!again) return held;
    ports_.clock.sleep_for(base::Milliseconds(kSignalPollMilliseconds));
  }
}

// An error in here is a failed execution, as on AWS: it has an id, and a report that says why.
Result<ExecutionEnd> Executor::run_document(ExecutionRecorder& recorder, const Document& document) {
  ExecutionRecord& record = recorder.record();
  auto failed = [&](const base::Error& error) {
    return conclude(recorder, document, stillborn(document, record, error.text(), ports_.clock.now()));
  };
  auto access = access_of(record, "");
  if (!access) return failed(access.error());
  DirectHost binder(ports_, signals_, *this, **access, recorder, document);
  auto bound = runbook::bind_parameters(document, record.parameters, record.context, binder);
  if (binder.halted()) return halted_end(record, binder.halted()->message);
  if (!bound) return failed(bound.error());
  if (auto ends = check_end(record, *bound, ports_.clock.now()); !ends) return failed(ends.error());
  auto role = runbook::resolve_assume_role(document, *bound, record.context);
  if (!role) return failed(role.error());
  access = access_of(record, *role);
  if (!access) return failed(access.error());
  auto held = lock_target(record, target_locks(document, *bound, record.context, record.fleet.target_parameter_name));
  if (!held) return failed(held.error());
  DirectHost host(ports_, signals_, *this, **access, recorder, document);
  ExecutionReport report = runbook::run(document, *bound, record.context, host);
  if (host.halted() && !host.halted()->unknown) return halted_end(record, host.halted()->message);
  if (host.halted()) end_as_unknown(report, host.halted()->message, ports_.clock.now());
  return conclude(recorder, document, std::move(report));
}

Result<ExecutionEnd> Executor::conclude(ExecutionRecorder& recorder, const Document& document, ExecutionReport report) {
  ExecutionRecord& record = recorder.record();
  record.status = report.status;
  record.message = report.failure_message;
  record.outputs = report.outputs;
  record.ended = report.ended;
  record.open_intent.reset();
  Json rendered = runbook::render_automation_execution(document, record.context, report);
  rendered["AutomationExecution"]["DocumentName"] = record.document_name;
  recorder.announce(
      "run.ended",
      {{"status", runbook::to_string(record.status)}, {"calls", record.changes}, {"message", record.message}});
  note_containment(recorder, report);
  TRY_VOID(end_what_it_released(ports_.records, recorder, report));
  recorder.add_state(report_write(record, std::move(rendered)));
  recorder.add_state(Signals::forget_stop(record.id));
  if (auto written = recorder.commit(); !written) return halted_end(record, written.error().text());
  return end_of(record);
}

ExecutionRecord child_of(const ExecutionRecord& parent, std::string id) {
  ExecutionRecord out;
  out.id = out.lock_holder = std::move(id);
  out.ancestors = parent.ancestors;
  out.ancestors.push_back(parent.id);
  out.document_name = parent.document_name;
  out.document = parent.document;
  out.folder = parent.folder;
  out.context = parent.context;
  out.context.execution_id = out.id;
  out.context.parent_execution_id = parent.id;
  out.acting = parent.acting;
  out.containment = parent.containment;
  out.actor = parent.actor;
  out.status = ExecutionStatus::in_progress;
  return out;
}

Result<std::optional<runbook::ChildResult>> Executor::run_child(const ExecutionRecord& parent, const std::string& id,
                                                                const Document& document,
                                                                const runbook::ExecuteAutomationRequest& request) {
  if (parent.ancestors.size() >= kChildDepthMax)
    return base::fail(ErrorCode::limit_exceeded, "documents run documents {} deep at most", kChildDepthMax);
  TRY(auto stored, ports_.records.get(kExecutionSpace, id));
  ExecutionRecord child = child_of(parent, id);
  if (stored) {
    TRY(child, execution_from_json(stored->body));
  } else {
    child.lock_holder = parent.lock_holder;  // it works on what its caller works on
    child.document_name = request.document_name;
    child.document = document.digest();
    child.parameters = request.parameters;
    child.fleet = request.fleet;
    TRY_VOID(check_fleet(document, child.fleet));
    TRY(child.containment, containment_terms(ports_.library, request.document_name));
    child.started = ports_.clock.now();
    ExecutionRecorder recorder(ports_.journal, child);
    recorder.announce("run.started", started_body(child, document));
    recorder.add_state(document_write(document));
    TRY_VOID(recorder.commit());
  }
  TRY(ExecutionEnd end, run(std::move(child), document, Begun::before));
  if (end.halted) return std::optional<runbook::ChildResult>();
  return std::optional(runbook::ChildResult{end.id, end.status, end.outputs, document.outputs(), end.message});
}

Result<Json> rendered_execution(const Records& records, const std::string& id) {
  TRY(ExecutionRecord record, load_execution(records, id));
  TRY(auto stored, records.get(kExecutionReportSpace, id));
  Json out = stored ? stored->body : Json::object();
  Json& execution = out["AutomationExecution"];
  if (!stored) {
    execution = {{"AutomationExecutionId", id}, {"DocumentName", record.document_name}};
    execution["ExecutionStartTime"] = static_cast<double>(record.started.ms) / 1000.0;
  }
  execution["AutomationExecutionStatus"] = runbook::to_string(record.status);
  if (record.fleet.empty()) return out;
  TRY(auto children, records.find(kExecutionReportSpace, "parent", id));
  out["ChildExecutions"] = Json::array();
  for (const auto& [key, child] : children)
    out["ChildExecutions"].push_back(base::member(child.body, "AutomationExecution"));
  return out;
}

}  // namespace setpoint::response
