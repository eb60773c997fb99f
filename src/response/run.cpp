#include "response/run.h"

#include "base/json_time.h"
#include "response/stored_context.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;
using base::time_json;
using base::time_member;

namespace {

base::Result<std::vector<Run>> runs_from(const std::vector<std::pair<std::string, StoredDocument>>& documents) {
  std::vector<Run> out;
  for (const auto& [key, stored] : documents) {
    TRY(Run run, run_from_json(stored.body));
    out.push_back(std::move(run));
  }
  return out;
}

}  // namespace

Json Run::json() const {
  Json out = {{"id", id},
              {"plan", plan},
              {"finding", finding},
              {"undo_of", undo_of},
              {"undone_by", undone_by},
              {"status", model::to_string(status)},
              {"actor", actor},
              {"started", time_json(started)},
              {"ended", time_json(ended)},
              {"message", message},
              {"decision", decision.json()},
              {"context", context_json(context)},
              {"answers", answers},
              {"signals", signals},
              {"calls_done", calls_done},
              {"concluded", concluded}};
  out["open_intent"] = open_intent ? Json(*open_intent) : Json(nullptr);
  return out;
}

journal::DocumentWrite Run::document() const {
  return {kRunSpace,
          id,
          json(),
          std::nullopt,
          {{"plan", plan}, {"finding", finding}, {"concluded", concluded ? "yes" : "no"}}};
}

base::Result<Run> run_from_json(const Json& json) {
  Run run;
  run.id = string_member(json, "id");
  run.plan = string_member(json, "plan");
  run.finding = string_member(json, "finding");
  run.undo_of = string_member(json, "undo_of");
  run.undone_by = string_member(json, "undone_by");
  run.actor = string_member(json, "actor");
  run.message = string_member(json, "message");
  run.context = context_from_json(member(json, "context"));
  run.answers = count_member(json, "answers");
  run.signals = count_member(json, "signals");
  run.calls_done = count_member(json, "calls_done");
  run.concluded = member(json, "concluded") == Json(true);
  if (!member(json, "open_intent").is_null()) run.open_intent = count_member(json, "open_intent");
  TRY(run.status, model::parse_run_status(string_member(json, "status")));
  TRY(run.started, time_member(json, "started"));
  TRY(run.ended, time_member(json, "ended"));
  TRY(run.decision, model::decision_from_json(member(json, "decision")));
  return run;
}

journal::DocumentWrite plan_document(const model::Plan& plan) {
  return {kPlanSpace, plan.id(), plan.json(), std::nullopt, {{"finding", plan.finding}}};
}

base::Result<model::Plan> load_plan(const Records& records, const std::string& id) {
  TRY(auto stored, records.get(kPlanSpace, id));
  if (!stored) return base::fail({ErrorCode::not_found, "no such plan", id, "`setpoint plan FINDING` makes one", {}});
  TRY(model::Plan plan, model::plan_from_json(stored->body));
  if (plan.id() != id) return base::fail(ErrorCode::corrupted, "the stored plan {} hashes to {}", id, plan.id());
  return plan;
}

base::Result<Run> load_run(const Records& records, const std::string& id) {
  TRY(auto stored, records.get(kRunSpace, id));
  if (!stored) return base::fail({ErrorCode::not_found, "no such run", id, {}, {}});
  return run_from_json(stored->body);
}

base::Result<std::vector<Run>> runs_of_plan(const Records& records, const std::string& plan) {
  TRY(auto documents, records.find(kRunSpace, "plan", plan));
  return runs_from(documents);
}

base::Result<std::vector<Run>> unfinished_runs(const Records& records) {
  TRY(auto documents, records.find(kRunSpace, "concluded", "no"));
  return runs_from(documents);
}

}  // namespace setpoint::response
