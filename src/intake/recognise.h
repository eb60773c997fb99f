// What one JSON value from outside is, told by its shape, and what it gives.
#pragma once

#include <string>

#include "intake/batch.h"

namespace setpoint::intake {

// Takes `value` apart into `out`; what is not taken is added to out.refused under `where`.
void take_value(base::Json value, const std::string& where, Batch& out);

}  // namespace setpoint::intake
