// The one place that says whether a plan may be applied. A pure function: the same plan in the same context gives the
// same Decision, with every reason, and an Actuator takes a call only together with it.
//
//   OversightContext context{.now = clock.now(), .requester = "automation:close-open-ssh", .autonomy = Autonomy::ask};
//   model::Decision decision = decide(plan, context);
//   // permit: reasons say what allowed it; covered and valid_until bound it
//   // hold:   reasons say what a person must say yes to, or wait for
//   // refuse: reasons say why nobody can have it now; holds are listed too
//
// The rules, each with its codes:
//   refuse  what could not be found out (context-error, requester-unknown, time-unknown); a plan without calls or with
//           too many (plan-empty, plan-too-large); the kill switch, for everything but an undo (kill-switch); an
//           automation in shadow (autonomy-shadow)
//   hold until approved by people who did not ask for it (approvals-missing, with one approval-... reason for each that
//           does not count): what a person asks for; an automation that is to ask; and, whatever the autonomy:
//           unmodelled, collateral, irreversible, undo-not-exact, verdict-for-worse, remedy-not-predicted
//   hold until confirmed by a person, or until it is over: breaker-open, breaker-trial, budget-..., outside-window. An
//           undo is not restrained. A confirmation of the breaker counts only if given after it opened.
// Threads: any. Units: UTC milliseconds. Nothing here reads a clock or a store; the caller hands in all of it.
#pragma once

#include <string>
#include <vector>

#include "model/decision.h"
#include "model/plan.h"
#include "oversight/approval.h"
#include "oversight/breaker.h"
#include "oversight/budget.h"
#include "oversight/kill_switch.h"
#include "oversight/window.h"

namespace setpoint::oversight {

enum class Autonomy {
  shadow,     // plans are made and recorded, nothing is applied
  ask,        // a person approves each plan
  automatic,  // as far as the plan is harmless, see above
};

struct OversightContext {
  base::Timestamp now;
  std::string requester;                // "user:ada", "automation:close-open-ssh"
  Autonomy autonomy = Autonomy::ask;    // of the automation; what a person asks for is always "ask"
  std::int64_t approvals_required = 1;  // different people; less than 1 counts as 1
  bool undo_needs_approval = true;      // false: an undo that is exact and harmless needs none
  std::vector<model::Approval> approvals = {};
  std::vector<Confirmation> confirmations = {};
  KillSwitch kill_switch = {};
  Breaker breaker = {};
  BreakerSettings breaker_settings = {};
  std::vector<Window> windows = {};
  BudgetLimits limits = {};  // of an automation; people have none
  Budget budget = {};
  FleetSizes fleets = {};
  base::Milliseconds valid_for = kDecisionValidDefault;
  std::vector<std::string> errors = {};  // what could not be found out: each refuses
};

model::Decision decide(const model::Plan& plan, const OversightContext& context);

}  // namespace setpoint::oversight
