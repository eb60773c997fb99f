// OCSF 1.x findings -> Finding: Compliance Finding 2003, Detection Finding 2004, Security Finding 2001.
#pragma once

#include "intake/batch.h"

namespace setpoint::intake {

bool is_ocsf(const base::Json& value);

// Errors: another class (unsupported), no uid, no resource, no account. Products differ in where they put things:
// Prowler's checks are class 2004 with status_code PASS or FAIL (they are read as compliance findings of check
// "prowler/<event_code>"); Security Hub writes compliance.control. Times may be seconds or milliseconds.
base::Result<model::Finding> finding_from_ocsf(const base::Json& finding);

}  // namespace setpoint::intake
