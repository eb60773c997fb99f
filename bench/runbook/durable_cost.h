// What a step costs through the durable executor: intents, outcomes and answers kept, the call encoded, signed and
// decoded, the cloud's own answer for nothing. With the journal in memory, and flushed to an SQLite file.
#pragma once

#include "base/json.h"

namespace setpoint::runbook {

base::Json measure_durable();

}  // namespace setpoint::runbook
