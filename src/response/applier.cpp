#include "response/applier.h"

#include "response/apply_host.h"
#include "response/recorder.h"

namespace setpoint::response {

using base::Json;
using model::RunStatus;

namespace {

Json basis_json(const std::vector<model::BasisEntry>& entries) {
  Json out = Json::array();
  for (const model::BasisEntry& entry : entries)
    out.push_back({{"resource", entry.resource.text()}, {"state", entry.state.hex()}});
  return out;
}

std::string names_of(const std::vector<model::BasisEntry>& entries) {
  std::string out;
  for (const model::BasisEntry& entry : entries) out += (out.empty() ? "" : ", ") + entry.resource.text();
  return out;
}

base::Result<Run> end_run(Recorder& recorder, RunStatus status, std::string message, base::Timestamp now,
                          const std::string& kind, Json body) {
  Run& run = recorder.run();
  run.status = status;
  run.message = std::move(message);
  if (status != RunStatus::applying) run.ended = now;
  body["status"] = model::to_string(status);
  if (!run.message.empty()) body["message"] = run.message;
  TRY_VOID(recorder.commit({{kind, run.actor, run.id, std::move(body)}}));
  return run;
}

base::Result<Run> end_as_stale(Recorder& recorder, const model::Plan& plan, const std::vector<model::BasisEntry>& stale,
                               base::Timestamp now) {
  return end_run(recorder, RunStatus::stale, "changed since the plan was made: " + names_of(stale), now, "run.stale",
                 {{"plan", plan.id()}, {"now", basis_json(stale)}});
}

}  // namespace

std::vector<model::BasisEntry> states_after(const model::Plan& plan) {
  std::vector<model::BasisEntry> out;
  for (const model::PlannedCall& planned : plan.calls) {
    for (const model::StateStep& step : planned.changes) {
      std::erase_if(out, [&](const model::BasisEntry& entry) { return entry.resource == step.resource; });
      out.push_back({step.resource, step.after});
    }
  }
  return out;
}

base::Result<std::vector<model::BasisEntry>> stale_entries(cloud::Observer& observer,
                                                           const std::vector<model::BasisEntry>& basis) {
  std::vector<model::BasisEntry> out;
  for (const model::BasisEntry& entry : basis) {
    TRY(model::Resource now, observer.observe(entry.resource));
    if (now.state_digest() != entry.state) out.push_back({entry.resource, now.state_digest()});
  }
  return out;
}

base::Result<Run> Applier::start(const ApplyRequest& request) {
  const model::Plan& plan = request.plan;
  if (request.decision.effect != model::Effect::permit || request.decision.plan != plan.hash()) {
    return base::fail({base::ErrorCode::refused, "no permitting decision covers this plan", plan.id(), {}, {}});
  }
  if (request.program.digest() != plan.runbook_digest) {
    return base::fail({base::ErrorCode::conflict,
                       "the runbook is not the one that was rehearsed",
                       plan.id(),
                       "make the plan again",
                       {}});
  }
  TRY(auto stale, stale_entries(ports_.observer, plan.basis));
  Run run;
  run.id = base::new_id(ports_.random, "run");
  run.plan = plan.id();
  run.finding = plan.finding;
  run.undo_of = plan.undo_of;
  run.actor = request.actor;
  run.started = ports_.clock.now();
  run.decision = request.decision;
  run.context = request.program.context;
  Recorder recorder(ports_.journal, std::move(run));
  if (!stale.empty()) return end_as_stale(recorder, plan, stale, ports_.clock.now());
  recorder.run().status = RunStatus::applying;
  if (request.consumed) recorder.add_state(request.consumed(recorder.run().id));
  Json body = {{"plan", plan.id()}, {"hash", plan.hash().hex()}, {"decision", request.decision.json()}};
  TRY_VOID(recorder.commit({{"run.started", request.actor, recorder.run().id, std::move(body)}}));
  return execute(recorder, plan, request.program);
}

base::Result<Run> Applier::resume(Run run, const model::Plan& plan, const Program& program) {
  Recorder recorder(ports_.journal, std::move(run));
  TRY_VOID(recorder.load(ports_.records));
  TRY_VOID(recorder.commit(
      {{"run.resumed", recorder.run().actor, recorder.run().id, {{"answers", recorder.run().answers}}}}));
  if (recorder.run().calls_done == 0 && !recorder.run().open_intent) {
    // Nothing was changed yet, and much time may have gone by: an approval was waited for.
    TRY(auto stale, stale_entries(ports_.observer, plan.basis));
    if (!stale.empty()) return end_as_stale(recorder, plan, stale, ports_.clock.now());
  }
  return execute(recorder, plan, program);
}

base::Result<Run> Applier::execute(Recorder& recorder, const model::Plan& plan, const Program& program) {
  ApplyHost host(ports_, plan, recorder);
  ProgramReport report = run_program(program, host);
  base::Timestamp now = ports_.clock.now();
  if (host.halted()) {
    const ApplyHost::Halt& halt = *host.halted();
    return end_run(recorder, halt.status, halt.message, now, halt.kind, halt.body);
  }
  Json body = {{"calls", host.calls_made()}};
  if (!report.succeeded)
    return end_run(recorder, RunStatus::failed, report.message, now, "run.failed", std::move(body));
  if (host.calls_made() < plan.calls.size()) {
    std::string message =
        fmt::format("the runbook ended after {} of the plan's {} calls", host.calls_made(), plan.calls.size());
    return end_run(recorder, RunStatus::deviated, std::move(message), now, "run.deviation", std::move(body));
  }
  return end_run(recorder, RunStatus::applied, {}, now, "run.applied", std::move(body));
}

}  // namespace setpoint::response
