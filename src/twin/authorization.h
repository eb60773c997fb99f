// What `--enforce-iam` asks before a call: IAM actions and resources of the call (cloud/aws/permissions.h) against the
// caller's policies (iam_evaluator.h) and those of the resources (resource_policies.h).
#pragma once

#include "cloud/aws/model_catalog.h"
#include "twin/cloud.h"

namespace setpoint::twin {

// nullopt where the caller may; else AccessDenied in the service's own form, with AWS's words of who, what and why.
// Where another account's resource lets the caller in, the call becomes one on that account: Call::owner.
Check check_access(const State& state, const cloud::aws::ModelCatalog& catalog, Call& call, base::Timestamp now);

}  // namespace setpoint::twin
