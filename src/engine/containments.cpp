#include "engine/containments.h"

#include "engine/events.h"

namespace setpoint::engine {

using base::Json;
using base::Result;
using response::Containment;

namespace {

constexpr char kWorker[] = "setpoint";

journal::Batch state_of(const Containment& one) {
  journal::Batch batch;
  batch.state.documents.push_back(one.write());
  return batch;
}

model::Event expired(const Containment& one, const std::string& resource, const Json& decision, base::Timestamp now) {
  model::Event out;
  out.source = "setpoint";
  out.detail_type = "Containment Expired";
  out.account = one.account;
  out.region = one.region;
  out.time = now;
  out.resources = {resource};
  out.detail = {{"containment", one.execution}, {"runbook", one.runbook},
                {"release", one.release},       {"plan", one.plan},
                {"problem", one.problem},       {"until", base::to_iso8601(one.until)},
                {"decision", decision},         {"parameters", one.parameters}};
  out.id = "e-" + base::sha256(out.detail_type + one.execution + base::to_iso8601(now)).hex().substr(0, 32);
  return out;
}

}  // namespace

// nullopt: it holds, with a plan or with the reason why there is none.
Result<Containments::Why> Containments::plan(Containment& one) {
  base::Timestamp now = parts_.clock.now();
  if (one.planned.known() && now - one.planned < kPlanAgain) return Why();
  one.planned = now;
  bool of_run = one.release.empty();
  if (of_run) {
    TRY(response::Run run, response::load_run(parts_.records, one.execution));
    if (!run.undone_by.empty()) return Why("taken back by " + run.undone_by);
  }
  if (of_run || one.parameters.is_object()) {
    auto made = of_run ? remediation_.plan_undo(one.execution, one.actor, "") : remediation_.plan_release(one);
    if (made && made->calls.empty()) return Why("nothing of it is left to be taken back");
    std::string problem = made ? "" : made.error().text();
    if (made || problem != one.problem) one.raised = {};  // news
    one.plan = made ? made->id() : "";
    one.problem = std::move(problem);
  }
  TRY(auto written, parts_.journal.append(state_of(one)));
  return Why();
}

// The plan that was asked for: applied meanwhile, permitted by now, or of a state that is past.
Result<Containments::Why> Containments::follow(Containment& one) {
  TRY(PlanRequest request, oversight_.request(one.plan));
  if (!request.used_by.empty()) {
    TRY(response::Run run, response::load_run(parts_.records, request.used_by));
    return judge(one, run);
  }
  TRY(model::Plan plan, response::load_plan(parts_.records, one.plan));
  TRY(model::Decision decision, remediation_.decide(plan));
  if (decision.effect != model::Effect::permit) return Why();
  auto applied = remediation_.apply(one.plan, one.actor);
  if (applied && applied->run) return judge(one, *applied->run);
  if (applied) return Why();
  if (applied.error().worth_retrying()) return base::fail(applied.error());
  return give_up_plan(one, applied.error().text());
}

Result<Containments::Why> Containments::judge(Containment& one, const response::Run& run) {
  if (run.status == model::RunStatus::effective || run.status == model::RunStatus::undone)
    return Why("taken back by " + run.id);
  if (run.status == model::RunStatus::applying) return Why();
  return give_up_plan(one, fmt::format("{} ended {}: {}", run.id, model::to_string(run.status), run.message));
}

// Another is made at the next look, of the state as it is then, and people are told of it as of the first.
Result<Containments::Why> Containments::give_up_plan(Containment& one, const std::string& problem) {
  one.plan.clear();
  one.problem = problem;
  one.planned = {};
  TRY(auto written, parts_.journal.append(state_of(one)));
  return Why();
}

base::Status Containments::tell(Containment& one) {
  base::Timestamp now = parts_.clock.now();
  if (one.raised.known() && now - one.raised < kTellAgain) return {};
  one.raised = now;
  auto known = remediation_.named_resource(one);
  std::string resource = known ? known->key.text() : one.resource_name;
  Json decision;
  if (!one.plan.empty()) {
    TRY(model::Plan plan, response::load_plan(parts_.records, one.plan));
    TRY(model::Decision said, remediation_.decide(plan));
    decision = said.json();
  }
  journal::Batch batch = state_of(one);
  add_event(batch, expired(one, resource, decision, now));
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Status Containments::end(const Containment& one, const std::string& by, const std::string& why) {
  journal::Batch batch;
  batch.entries.push_back({"containment.ended", by, one.execution, {{"why", why}}});
  batch.state.documents.push_back(one.forget());
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Status Containments::forget(const std::string& execution, const std::string& by, const std::string& why) {
  TRY(std::vector<Containment> known, all());
  for (const Containment& one : known) {
    if (one.execution == execution) return end(one, by, why);
  }
  return base::fail(
      {base::ErrorCode::not_found, "no such containment", execution, "setpoint containments lists them", {}});
}

Result<bool> Containments::look_at(Containment one) {
  Why why;
  if (one.plan.empty()) {
    TRY(why, plan(one));
  } else {
    TRY(why, follow(one));
  }
  if (why) {
    TRY_VOID(end(one, kWorker, *why));
  } else {
    TRY_VOID(tell(one));
  }
  return why.has_value();
}

Result<std::size_t> Containments::look() {
  TRY(std::vector<Containment> known, all());
  std::size_t ended = 0;
  base::Status first_error;
  for (Containment& one : known) {
    if (one.until > parts_.clock.now()) break;  // they come in order of their ends
    auto over = look_at(std::move(one));
    if (!over && first_error) first_error = base::fail(over.error());
    ended += over && *over ? 1 : 0;
  }
  if (!first_error) return base::fail(first_error.error());
  return ended;
}

}  // namespace setpoint::engine
