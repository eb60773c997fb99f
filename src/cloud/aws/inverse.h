// The way back: the calls that bring a resource from one state to another. An undo is built from the pre-image and the
// state after, not from the calls that led there, so it holds for any runbook; the rehearsal then runs it on the twin,
// and only where the pre-image comes back byte for byte is the plan's undo called exact.
#pragma once

#include <vector>

#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::cloud::aws {

// Calls that lead `from` to `to` (same key). Empty where the states are equal. ErrorCode::unsupported where the type,
// or a field that differs, has no inverse: what did that is irreversible.
base::Result<std::vector<model::ApiCall>> restoring_calls(const model::Resource& from, const model::Resource& to);

}  // namespace setpoint::cloud::aws
