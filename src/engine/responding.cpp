#include "engine/responding.h"

#include "engine/events.h"
#include "intake/intake.h"

namespace setpoint::engine {

using base::Error;
using base::ErrorCode;
using model::Event;
using model::Plan;
using routing::Automation;

namespace {

std::string actor_of(const Automation& automation) { return "automation:" + automation.name; }

std::string finding_named_in(const Event& event) {
  const base::Json& finding = base::member(event.detail, "finding");
  return finding.is_string() ? finding.get<std::string>() : base::string_member(finding, "id");
}

Event declined(const Automation& automation, const Event& cause, const std::string& finding, const Error& why,
               base::Timestamp now) {
  Event out;
  out.source = "setpoint";
  out.detail_type = "Automation Declined";
  out.account = cause.account;
  out.region = cause.region;
  out.time = now;
  out.resources = cause.resources;
  out.detail = {{"automation", automation.name}, {"finding", finding}, {"event", cause.id}, {"why", why.text()}};
  out.id = "e-" + base::sha256("declined/" + automation.name + "/" + cause.id).hex().substr(0, 32);
  return out;
}

}  // namespace

base::Status Responding::act_on(const Event& event) {
  if (event.source == "setpoint" && event.detail_type == "Run Ended") TRY_VOID(undo_what_failed(event));
  TRY(auto automations, routes_.match(event));
  if (automations.empty()) return {};
  TRY(std::string finding, finding_behind(event));
  for (const Automation* automation : automations) TRY_VOID(run(*automation, event, finding));
  return {};
}

// "" where it is about none.
base::Result<std::string> Responding::finding_behind(const Event& event) const {
  std::string out = finding_named_in(event);
  if (!out.empty() || event.source == "setpoint") return out;
  TRY(intake::Batch batch, intake::Intake().read(event.envelope().dump(), event.id));
  if (!batch.findings.empty()) out = parts_.findings.identified(batch.findings.front()).id;
  return out;
}

base::Status Responding::run(const Automation& automation, const Event& event, const std::string& finding) {
  if (finding.empty()) {
    return decline(automation, event, finding,
                   {ErrorCode::invalid_input,
                    "the event is about no finding, and an automation answers findings",
                    event.detail_type,
                    "match events that open one (GuardDuty, Security Hub, Finding Opened)",
                    {}});
  }
  auto made = plan(automation, event, finding);
  if (made) return carry_out(automation, event, *made);
  TRY(bool expected, nobody_waits_for_it(automation, finding, made.error()));
  if (!expected) return decline(automation, event, finding, made.error());
  TRY_VOID(parts_.journal.append("automation.declined", actor_of(automation), finding, {{"why", made.error().text()}}));
  return {};
}

base::Result<Plan> Responding::plan(const Automation& automation, const Event& event, const std::string& finding) {
  if (automation.run == routing::kControlsOwnRemedy)
    return remediation_.plan(finding, actor_of(automation), automation.name);
  Response response{{automation.run, automation.with}, event.envelope()};
  return remediation_.plan_response(finding, response, actor_of(automation), automation.name);
}

base::Status Responding::carry_out(const Automation& automation, const Event& event, const Plan& plan) {
  auto applied = remediation_.apply(plan.id(), actor_of(automation));
  if (!applied) return decline(automation, event, plan.finding, applied.error());
  if (applied->decision.effect == model::Effect::hold)
    return waiting_.hold(plan, applied->decision, automation, plan.finding);
  return {};
}

// Whoever applied the plan, at once or after an approval. The undo is a plan like any other: oversight may hold it, and
// then people are asked.
base::Status Responding::undo_what_failed(const Event& event) {
  const base::Json& told = event.detail;
  const Automation* automation = routes_.find(base::string_member(told, "automation"));
  bool wanted = automation != nullptr && automation->undo_if_ineffective &&
                base::string_member(told, "status") == model::to_string(model::RunStatus::ineffective) &&
                base::string_member(told, "undo_of").empty();
  if (!wanted) return {};
  std::string finding = base::string_member(told, "finding");
  auto back = remediation_.plan_undo(base::string_member(told, "run"), actor_of(*automation), automation->name);
  if (!back) return decline(*automation, event, finding, back.error());
  auto undone = remediation_.apply(back->id(), actor_of(*automation));
  if (!undone) return decline(*automation, event, finding, undone.error());
  if (undone->decision.effect != model::Effect::hold) return {};
  return waiting_.hold(*back, undone->decision, *automation, finding);
}

// The resource is right by now, or `run: control` met a control that is for people: one such automation stands over
// all findings, and their owners would be told of each.
base::Result<bool> Responding::nobody_waits_for_it(const Automation& automation, const std::string& finding,
                                                   const Error& why) const {
  if (why.code == ErrorCode::conflict) return true;
  if (automation.run != routing::kControlsOwnRemedy || finding.empty()) return false;
  TRY(auto found, parts_.finding_store.get(std::vector{finding}));
  const model::Control* control = found.empty() ? nullptr : parts_.controls.find(found.front().check);
  return control == nullptr || !control->remediation;
}

base::Status Responding::decline(const Automation& automation, const Event& event, const std::string& finding,
                                 const Error& why) {
  if (why.worth_retrying()) return base::fail(why);
  journal::Batch batch;
  add_event(batch, declined(automation, event, finding, why, parts_.clock.now()));
  TRY_VOID(parts_.journal.append(std::move(batch)));
  return {};
}

}  // namespace setpoint::engine
