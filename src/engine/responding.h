// Responding: what routing matched is planned, decided, and applied or held (design section 7), one automation at a time.
//
//   Responding responding(parts, remediation, waiting, routes);
//   TRY_VOID(responding.act_on(event));
//
// An automation answers a finding: the one that the event names, or, for an event of another product (GuardDuty,
// Security Hub), the one that was opened from it. What it may not or cannot do ends as an "Automation Declined" event:
// on record with the reason, and its owner is told; only on record where the resource is right by then, or where
// `run: control` meets a control that is for people to judge.
// Errors: the world's failures, for which the event is worth another try. Threads: one at a time.
#pragma once

#include "engine/waiting.h"

namespace setpoint::engine {

class Responding {
 public:
  Responding(Parts& parts, Remediation& remediation, Waiting& waiting, const routing::Routes& routes)
      : parts_(parts), remediation_(remediation), waiting_(waiting), routes_(routes) {}

  base::Status act_on(const model::Event& event);

 private:
  base::Result<std::string> finding_behind(const model::Event& event) const;
  base::Status run(const routing::Automation& automation, const model::Event& event, const std::string& finding);
  base::Result<model::Plan> plan(const routing::Automation& automation, const model::Event& event,
                                 const std::string& finding);
  base::Status carry_out(const routing::Automation& automation, const model::Event& event, const model::Plan& plan);
  base::Status undo_what_failed(const model::Event& run_ended);
  base::Result<bool> nobody_waits_for_it(const routing::Automation& automation, const std::string& finding,
                                         const base::Error& why) const;
  // What can be tried again is an error.
  base::Status decline(const routing::Automation& automation, const model::Event& event, const std::string& finding,
                       const base::Error& why);

  Parts& parts_;
  Remediation& remediation_;
  Waiting& waiting_;
  const routing::Routes& routes_;
};

}  // namespace setpoint::engine
