#include "engine/oversight_state.h"

namespace setpoint::engine {

using base::Json;
using base::string_member;
using journal::DocumentWrite;

namespace {

constexpr char kRequests[] = "plan-requests";
constexpr char kApprovals[] = "approvals";
constexpr char kConfirmations[] = "confirmations";
constexpr char kSwitches[] = "kill-switch";
constexpr char kSwitchKey[] = "all";
constexpr char kBreakers[] = "breakers";
constexpr char kBudgets[] = "budgets";

base::Result<PlanRequest> request_from_json(const Json& json) {
  PlanRequest out;
  out.plan = string_member(json, "plan");
  out.requested_by = string_member(json, "requested_by");
  out.automation = string_member(json, "automation");
  out.used_by = string_member(json, "used_by");
  TRY(out.at, base::parse_iso8601(string_member(json, "at")));
  return out;
}

DocumentWrite request_document(const PlanRequest& request) {
  return {kRequests, request.plan, request.json(), std::nullopt, {}};
}

template <class T>
void take_or_note(base::Result<T> value, T& into, std::vector<std::string>& errors) {
  if (value) {
    into = std::move(*value);
  } else {
    errors.push_back(value.error().text());
  }
}

oversight::Autonomy autonomy_of(routing::Autonomy autonomy) {
  switch (autonomy) {
    case routing::Autonomy::shadow:
      return oversight::Autonomy::shadow;
    case routing::Autonomy::ask:
      return oversight::Autonomy::ask;
    case routing::Autonomy::automatic:
      return oversight::Autonomy::automatic;
  }
  return oversight::Autonomy::shadow;
}

}  // namespace

Json PlanRequest::json() const {
  return {{"plan", plan},
          {"requested_by", requested_by},
          {"automation", automation},
          {"at", base::to_iso8601(at)},
          {"used_by", used_by}};
}

base::Result<PlanRequest> OversightState::request(const std::string& plan) const {
  TRY(auto stored, records_.get(kRequests, plan));
  if (!stored)
    return base::fail(
        {base::ErrorCode::not_found, "nobody asked for this plan", plan, "`setpoint plan FINDING` does", {}});
  return request_from_json(stored->body);
}

base::Result<DocumentWrite> OversightState::request_write(const model::Plan& plan, const std::string& by,
                                                          const std::string& automation) const {
  TRY_VOID(oversight::check_identity(by));
  TRY(auto stored, records_.get(kRequests, plan.id()));
  if (stored) {
    TRY(PlanRequest open, request_from_json(stored->body));
    if (open.used_by.empty()) return request_document(open);
  }
  return request_document({plan.id(), by, automation, clock_.now(), ""});
}

DocumentWrite OversightState::used_write(PlanRequest request, const std::string& run) {
  request.used_by = run;
  return request_document(request);
}

base::Result<model::Approval> OversightState::approve(const model::Plan& plan, const std::string& approver) {
  TRY(PlanRequest asked, request(plan.id()));
  if (!asked.used_by.empty()) {
    return base::fail({base::ErrorCode::conflict,
                       "the plan was applied already by " + asked.used_by,
                       plan.id(),
                       "make a new plan",
                       {}});
  }
  TRY(model::Approval approval,
      oversight::approve(plan.hash(), asked.requested_by, approver, clock_.now(), rules_.approval_valid));
  journal::Batch batch;
  batch.entries.push_back({"approval.given", approver, plan.id(), approval.json()});
  batch.state.documents.push_back({kApprovals, plan.id() + "/" + approver, approval.json(), std::nullopt, {}});
  TRY(auto written, journal_.append(std::move(batch)));
  return approval;
}

base::Result<std::vector<model::Approval>> OversightState::approvals(const std::string& plan) const {
  TRY(auto stored, records_.list(kApprovals, plan + "/"));
  std::vector<model::Approval> out;
  for (const auto& [key, document] : stored) {
    TRY(model::Approval approval, model::approval_from_json(document.body));
    out.push_back(std::move(approval));
  }
  return out;
}

base::Result<oversight::Confirmation> OversightState::confirm(const model::Plan& plan, const std::string& code,
                                                              const std::string& by) {
  TRY(PlanRequest asked, request(plan.id()));
  if (asked.requested_by == by) {
    return base::fail({base::ErrorCode::refused,
                       by + " asked for this plan and so cannot confirm it",
                       plan.id(),
                       "ask someone else",
                       {}});
  }
  TRY(auto confirmation, oversight::confirm(plan.hash(), code, by, clock_.now(), rules_.approval_valid));
  journal::Batch batch;
  batch.entries.push_back({"restraint.confirmed", by, plan.id(), confirmation.json()});
  std::string key = plan.id() + "/" + code + "/" + by;
  batch.state.documents.push_back({kConfirmations, key, confirmation.json(), std::nullopt, {}});
  TRY(auto written, journal_.append(std::move(batch)));
  return confirmation;
}

base::Result<std::vector<oversight::Confirmation>> OversightState::confirmations(const std::string& plan) const {
  TRY(auto stored, records_.list(kConfirmations, plan + "/"));
  std::vector<oversight::Confirmation> out;
  for (const auto& [key, document] : stored) {
    TRY(auto confirmation, oversight::confirmation_from_json(document.body));
    out.push_back(std::move(confirmation));
  }
  return out;
}

oversight::OversightContext OversightState::context(const model::Plan& plan, const PlanRequest& request,
                                                    const routing::Automation* automation) const {
  oversight::OversightContext out;
  out.now = clock_.now();
  out.requester = request.requested_by;
  out.approvals_required = rules_.approvals_required;
  take_or_note(approvals(plan.id()), out.approvals, out.errors);
  // An approval given for an earlier use of the same plan is used up.
  std::erase_if(out.approvals, [&](const model::Approval& approval) { return approval.at < request.at; });
  take_or_note(confirmations(plan.id()), out.confirmations, out.errors);
  std::erase_if(out.confirmations, [&](const oversight::Confirmation& each) { return each.at < request.at; });
  take_or_note(kill_switch(), out.kill_switch, out.errors);
  if (automation != nullptr) add_automation(out, *automation);
  if (automation == nullptr && !request.automation.empty())
    out.errors.push_back("the automation '" + request.automation + "' is not loaded");
  return out;
}

void OversightState::add_automation(oversight::OversightContext& context, const routing::Automation& automation) const {
  context.autonomy = autonomy_of(automation.autonomy);
  context.limits = {automation.limits.per_hour, automation.limits.per_account_per_day,
                    automation.limits.share_of_fleet_percent};
  for (const routing::Window& window : automation.windows)
    context.windows.push_back({window.days, window.from_minute, window.to_minute});
  take_or_note(breaker(automation.name), context.breaker, context.errors);
  take_or_note(budget(automation.name), context.budget, context.errors);
}

base::Result<oversight::KillSwitch> OversightState::kill_switch() const {
  TRY(auto stored, records_.get(kSwitches, kSwitchKey));
  if (!stored) return oversight::KillSwitch{};
  return oversight::kill_switch_from_json(stored->body);
}

base::Status OversightState::set_kill_switch(bool engaged, const std::string& by, const std::string& reason) {
  TRY(oversight::KillSwitch before, kill_switch());
  base::Result<oversight::KillSwitch> after =
      engaged ? oversight::engage(before, by, reason, clock_.now()) : oversight::release(before, by, clock_.now());
  if (!after) return base::fail(after.error());
  journal::Batch batch;
  batch.entries.push_back({engaged ? "kill-switch.engaged" : "kill-switch.released", by, "kill-switch", after->json()});
  batch.state.documents.push_back({kSwitches, kSwitchKey, after->json(), std::nullopt, {}});
  TRY(auto written, journal_.append(std::move(batch)));
  return {};
}

// A switch that cannot be read counts as engaged.
std::optional<std::string> OversightState::stopped() const {
  auto state = kill_switch();
  if (!state) return "the kill switch cannot be read: " + state.error().text();
  if (!state->engaged) return std::nullopt;
  return fmt::format("the kill switch was engaged by {}: {}", state->by, state->reason);
}

base::Result<oversight::Breaker> OversightState::breaker(const std::string& automation) const {
  TRY(auto stored, records_.get(kBreakers, automation));
  if (!stored) return oversight::Breaker{};
  return oversight::breaker_from_json(stored->body);
}

base::Result<oversight::Budget> OversightState::budget(const std::string& automation) const {
  TRY(auto stored, records_.get(kBudgets, automation));
  if (!stored) return oversight::Budget{};
  return oversight::budget_from_json(stored->body);
}

base::Status OversightState::note_start(const std::string& automation, const model::Plan& plan) {
  if (automation.empty()) return {};
  TRY(auto now_breaker, breaker(automation));
  TRY(auto now_budget, budget(automation));
  journal::Batch batch;
  Json next_breaker = oversight::after_start(std::move(now_breaker), clock_.now()).json();
  Json next_budget = oversight::after_run(std::move(now_budget), plan, clock_.now()).json();
  batch.state.documents.push_back({kBreakers, automation, std::move(next_breaker), std::nullopt, {}});
  batch.state.documents.push_back({kBudgets, automation, std::move(next_budget), std::nullopt, {}});
  TRY(auto written, journal_.append(std::move(batch)));
  return {};
}

base::Result<std::vector<journal::DocumentWrite>> OversightState::outcome_writes(const std::string& automation,
                                                                                 model::RunStatus outcome) const {
  if (automation.empty()) return std::vector<journal::DocumentWrite>();
  TRY(auto before, breaker(automation));
  Json after = oversight::after_outcome(std::move(before), outcome, clock_.now()).json();
  return std::vector<journal::DocumentWrite>{{kBreakers, automation, std::move(after), std::nullopt, {}}};
}

}  // namespace setpoint::engine
