// What a call asked for and the simulated operation did not look at. Such a parameter changed nothing here and would at
// AWS: a rehearsal that ignored it would report success for what was never done.
//
//   Answer answer = operation.run(request);
//   for (const std::string& name : ineffective_parameters(request)) request.note_unmodelled(...);
//
// Left out are those that have no effect at AWS either, in a world without loss: idempotency tokens, checksums of the
// body, the size of a page, and flags that only guard against an accident.
#pragma once

#include <string>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin {

std::vector<std::string> ineffective_parameters(const Request& request);

}  // namespace setpoint::twin
