// Outcome: what became of a run, in the words of design section 5.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::model {

enum class RunStatus {
  planned,      // nothing sent yet
  applying,     // at least one intent is journalled
  applied,      // every call has its outcome; not verified yet
  effective,    // verified: the rule that raised it now passes
  ineffective,  // verified: it does not
  stale,        // the world was not in the plan's basis; no call was sent
  deviated,     // the runbook asked for a call that is not the plan's next; that call was not sent
  failed,       // the cloud refused a call; what was done before it is listed
  unknown,      // a call may or may not have happened; a person must look
  undone,       // an undo brought the pre-image back
  refused,      // oversight said no
};
std::string_view to_string(RunStatus status);  // PLANNED, APPLYING, ...
base::Result<RunStatus> parse_run_status(std::string_view text);
bool is_terminal(RunStatus status);

}  // namespace setpoint::model
