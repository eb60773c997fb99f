// Waiting: plans that oversight holds. An automation's plan that needs a person's yes, or a change window, does not end
// as a line in the journal: it is kept, the automation's people are asked, others after them for as long as nobody
// answers, and once oversight permits it, it is applied.
//
//   TRY_VOID(waiting.hold(plan, decision, automation, finding));   // "Approval Wanted", once a plan
//   TRY(std::size_t ended, waiting.look());               // from the loop of `serve`, again and again
//
// A held plan ends in one of five ways, each a journal entry "hold.ended" with its reason: it was applied (by us or by
// hand), its finding is gone, its automation is gone, or it waited kHeldPlanMax. Escalation follows the automation's
// `escalate`, counted from the moment the plan was held, until somebody approves.
// Threads: one at a time (the loop's). Restart: everything is in documents; what fell due while we were down is sent
// once. Errors: the store's; a plan that cannot be judged stays held.
#pragma once

#include <set>

#include "engine/remediation.h"

namespace setpoint::engine {

inline constexpr char kHeldSpace[] = "held-plans";  // by plan id
inline constexpr base::Milliseconds kHeldPlanMax{7 * 24 * 3'600'000LL};

struct HeldPlan {
  std::string plan;
  std::string finding;
  std::string automation;
  base::Timestamp since;
  std::set<std::size_t> escalated;  // indices into the automation's `escalate`

  base::Json json() const;
};
base::Result<HeldPlan> held_plan_from_json(const base::Json& json);

class Waiting {
 public:
  Waiting(Parts& parts, OversightState& oversight, Remediation& remediation, const routing::Routes& routes)
      : parts_(parts), oversight_(oversight), remediation_(remediation), routes_(routes) {}

  // Remembers the plan; asks for approval where a person can give it (a closed window only waits).
  base::Status hold(const model::Plan& plan, const model::Decision& decision, const routing::Automation& automation,
                    const std::string& finding);
  // Looks at every held plan once; returns how many ended.
  base::Result<std::size_t> look();
  base::Result<std::vector<HeldPlan>> held() const;

 private:
  base::Result<bool> look_at(const HeldPlan& held);
  base::Result<std::optional<std::string>> why_over(const HeldPlan& held) const;
  base::Result<std::optional<std::string>> try_apply(const HeldPlan& held, const model::Plan& plan);
  base::Status escalate(HeldPlan held, const model::Plan& plan, const routing::Automation& automation);
  base::Status end(const HeldPlan& held, const std::string& why);
  model::Event event(const HeldPlan& held, const model::Plan& plan, std::string detail_type, base::Json more) const;

  Parts& parts_;
  OversightState& oversight_;
  Remediation& remediation_;
  const routing::Routes& routes_;
};

}  // namespace setpoint::engine
