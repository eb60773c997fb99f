// Condition blocks of IAM policies; see iam_evaluator.h.
#pragma once

#include "twin/iam_evaluator.h"

namespace setpoint::twin {

enum class ConditionVerdict { met, not_met, not_understood };
// {"StringEquals": {"aws:username": [...]}, ...}: all operators and all keys must be met.
ConditionVerdict judge_conditions(const Json& block, const AccessRequest& request);

}  // namespace setpoint::twin
