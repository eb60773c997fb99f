#include "engine/waiting.h"

#include <algorithm>

#include "engine/events.h"
#include "notify/escalation.h"

namespace setpoint::engine {

using base::Json;
using base::string_member;
using model::Decision;
using model::Event;
using model::Plan;

namespace {

// What only time mends: nobody is asked for it.
bool only_waits_for_a_window(const Decision& decision) {
  return std::all_of(decision.reasons.begin(), decision.reasons.end(),
                     [](const model::Reason& reason) { return reason.code == "outside-window"; });
}

std::vector<notify::EscalationStep> steps_of(const routing::Automation& automation) {
  std::vector<notify::EscalationStep> out;
  for (const routing::Escalation& step : automation.escalate) out.push_back({step.after, step.to});
  return out;
}

journal::DocumentWrite document(const HeldPlan& held) { return {kHeldSpace, held.plan, held.json(), std::nullopt, {}}; }

}  // namespace

Json HeldPlan::json() const {
  return {{"plan", plan},
          {"finding", finding},
          {"automation", automation},
          {"since", base::to_iso8601(since)},
          {"escalated", escalated}};
}

base::Result<HeldPlan> held_plan_from_json(const Json& json) {
  HeldPlan out;
  out.plan = string_member(json, "plan");
  out.finding = string_member(json, "finding");
  out.automation = string_member(json, "automation");
  TRY(out.since, base::parse_iso8601(string_member(json, "since")));
  for (const Json& step : base::member(json, "escalated")) {
    if (step.is_number_integer()) out.escalated.insert(step.get<std::size_t>());
  }
  return out;
}

Event Waiting::event(const HeldPlan& held, const Plan& plan, std::string detail_type, Json more) const {
  const model::ResourceKey& target = plan.basis.front().resource;
  Event out;
  out.source = "setpoint";
  out.detail_type = std::move(detail_type);
  out.account = target.account;
  out.region = target.region;
  out.time = parts_.clock.now();
  out.resources = {target.text()};
  out.detail = {{"plan", held.plan},
                {"finding", held.finding},
                {"control", plan.control.empty() ? Json::array() : Json::array({plan.control})},
                {"automation", held.automation},
                {"since", base::to_iso8601(held.since)}};
  out.detail.update(more);
  std::string occasion = out.detail_type + "/" + held.plan + "/" + base::to_iso8601(held.since) + "/" + more.dump();
  out.id = "e-" + base::sha256(occasion).hex().substr(0, 32);
  return out;
}

base::Status Waiting::hold(const Plan& plan, const Decision& decision, const routing::Automation& automation,
                           const std::string& finding) {
  TRY(auto known, parts_.records.get(kHeldSpace, plan.id()));
  if (known) return {};
  HeldPlan held{plan.id(), finding, automation.name, parts_.clock.now(), {}};
  journal::Batch batch;
  batch.state.documents.push_back(document(held));
  if (!only_waits_for_a_window(decision))
    add_event(batch, event(held, plan, "Approval Wanted", {{"decision", decision.json()}}));
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Result<std::vector<HeldPlan>> Waiting::held() const {
  TRY(auto stored, parts_.records.list(kHeldSpace, ""));
  std::vector<HeldPlan> out;
  for (const auto& [key, found] : stored) {
    TRY(HeldPlan held, held_plan_from_json(found.body));
    out.push_back(std::move(held));
  }
  return out;
}

// nullopt: it still waits.
base::Result<std::optional<std::string>> Waiting::why_over(const HeldPlan& held) const {
  TRY(PlanRequest request, oversight_.request(held.plan));
  if (!request.used_by.empty()) return "applied by " + request.used_by;
  if (routes_.find(held.automation) == nullptr) return "the automation is not loaded any more";
  std::vector<std::string> ids{held.finding};
  TRY(auto found, parts_.finding_store.get(ids));
  if (found.empty()) return "its finding is gone";
  model::FindingStatus status = found.front().status;
  if (status == model::FindingStatus::resolved || status == model::FindingStatus::suppressed)
    return fmt::format("its finding is {}", model::to_string(status));
  if (parts_.clock.now() - held.since > kHeldPlanMax) return "nobody agreed in time";
  return std::nullopt;
}

// Oversight is asked first without a word in the journal: it is asked often.
base::Result<std::optional<std::string>> Waiting::try_apply(const HeldPlan& held, const Plan& plan) {
  TRY(Decision decision, remediation_.decide(plan));
  if (decision.effect != model::Effect::permit) return std::nullopt;
  auto applied = remediation_.apply(held.plan, "automation:" + held.automation);
  if (applied && applied->run) return "applied by " + applied->run->id;
  if (applied) return std::nullopt;
  if (applied.error().worth_retrying()) return base::fail(applied.error());
  return applied.error().text();
}

base::Status Waiting::escalate(HeldPlan held, const Plan& plan, const routing::Automation& automation) {
  TRY(auto approvals, oversight_.approvals(held.plan));
  notify::EscalationState state{held.since, approvals.empty() ? base::Timestamp() : approvals.front().at,
                                held.escalated};
  std::vector<std::size_t> due = notify::due_steps(steps_of(automation), state, parts_.clock.now());
  if (due.empty()) return {};
  journal::Batch batch;
  for (std::size_t step : due) {
    held.escalated.insert(step);
    const routing::Escalation& to = automation.escalate[step];
    add_event(batch, event(held, plan, "Approval Escalated", {{"to", to.to}, {"waited_ms", to.after.count()}}));
  }
  batch.state.documents.push_back(document(held));
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Status Waiting::end(const HeldPlan& held, const std::string& why) {
  journal::Batch batch;
  batch.entries.push_back({"hold.ended", "automation:" + held.automation, held.plan, {{"why", why}}});
  batch.state.documents.push_back({kHeldSpace, held.plan, std::nullopt, std::nullopt, {}});
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Result<bool> Waiting::look_at(const HeldPlan& held) {
  TRY(auto over, why_over(held));
  if (!over) {
    TRY(Plan plan, response::load_plan(parts_.records, held.plan));
    TRY(over, try_apply(held, plan));
    if (!over) {
      TRY_VOID(escalate(held, plan, *routes_.find(held.automation)));
    }
  }
  if (over) {
    TRY_VOID(end(held, *over));
  }
  return over.has_value();
}

// One plan that cannot be judged keeps no other waiting; the first error is told when all were looked at.
base::Result<std::size_t> Waiting::look() {
  TRY(std::vector<HeldPlan> all, held());
  std::size_t ended = 0;
  base::Status first_error;
  for (const HeldPlan& each : all) {
    auto over = look_at(each);
    if (!over && first_error) first_error = base::fail(over.error());
    ended += over && *over ? 1 : 0;
  }
  if (!first_error) return base::fail(first_error.error());
  return ended;
}

}  // namespace setpoint::engine
