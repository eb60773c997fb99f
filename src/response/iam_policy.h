// Permissions as an IAM policy document, and back. A plan's permissions become the policy of the session that applies
// it, a runbook's become the policy.json beside it.
//
// Threads: functions of values. Source: IAM User Guide, "IAM JSON policy reference".
#pragma once

#include <set>

#include "base/json.h"
#include "model/plan.h"

namespace setpoint::response {

// Statements by resource, actions sorted: equal permissions give equal JSON.
base::Json policy_document(const std::set<model::Permission>& permissions);
// Of documents in that form: lists of actions and resources, each an Allow without conditions.
std::set<model::Permission> permissions_of(const base::Json& policy);

}  // namespace setpoint::response
