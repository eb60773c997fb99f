// {{ global:REGION }}, {{ automation:EXECUTION_ID }}: what an execution knows of itself and of its time.
#pragma once

#include "runbook/execution.h"
#include "runbook/interpolation.h"

namespace setpoint::runbook {

// invalid_input for a name that there is not, and for references of other kinds.
base::Result<base::Json> system_value(const Reference& reference, const ExecutionContext& context, Host& host);

}  // namespace setpoint::runbook
