// Containments (response/containment.h) that have outlasted their time: a plan of the way back is made and asked for,
// and applied once oversight permits it.
//
//   TRY(std::size_t ended, containments.look());          // from the loop of `serve`, again and again
//
// Nothing is taken back silently: the plan is asked for by whoever began the containment, so somebody else must agree
// (`setpoint approve`). Told are the resource's owner and the default channel, at the end and once a day until somebody
// acts. Where no plan can be made, the reason is told instead, and it is tried again every kPlanAgain. A containment is
// over when its plan was applied (by us or by hand), or when the rehearsal finds nothing to take back: each ends with
// the journal entry "containment.ended" and why.
// Threads: one at a time (the loop's). Restart: everything is in documents. Errors: the store's; one containment that
// cannot be judged keeps no other waiting.
#pragma once

#include "engine/remediation.h"
#include "response/containment.h"

namespace setpoint::engine {

class Containments {
 public:
  static constexpr base::Milliseconds kPlanAgain{5 * 60'000};
  static constexpr base::Milliseconds kTellAgain{24 * 3'600'000LL};

  Containments(Parts& parts, OversightState& oversight, Remediation& remediation)
      : parts_(parts), oversight_(oversight), remediation_(remediation) {}

  // Looks at every containment whose time is over; returns how many ended.
  base::Result<std::size_t> look();
  base::Result<std::vector<response::Containment>> all() const { return response::containments(parts_.records); }
  // A person's word that it is over, or is to stay for good: nobody is asked for it any more.
  base::Status forget(const std::string& execution, const std::string& by, const std::string& why);

 private:
  using Why = std::optional<std::string>;  // it ended, and so; nullopt: it holds

  base::Result<bool> look_at(response::Containment one);
  base::Result<Why> plan(response::Containment& one);
  base::Result<Why> follow(response::Containment& one);
  base::Result<Why> judge(response::Containment& one, const response::Run& run);
  base::Result<Why> give_up_plan(response::Containment& one, const std::string& problem);
  base::Status tell(response::Containment& one);
  base::Status end(const response::Containment& one, const std::string& by, const std::string& why);

  Parts& parts_;
  OversightState& oversight_;
  Remediation& remediation_;
};

}  // namespace setpoint::engine
