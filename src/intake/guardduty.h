// GuardDuty's own findings, as EventBridge delivers and S3 exports them -> Finding.
#pragma once

#include "intake/batch.h"

namespace setpoint::intake {

bool is_guardduty(const base::Json& value);
// Errors: no type, id or accountId.
base::Result<model::Finding> finding_from_guardduty(const base::Json& finding);

}  // namespace setpoint::intake
