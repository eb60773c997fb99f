// The way back: the calls that bring a resource from one state to another. An undo is built from the pre-image and the
// state after, not from the calls that led there, so it holds for any runbook; the rehearsal then runs it on the twin,
// and only where the pre-image comes back byte for byte is the plan's undo called exact.
//
//   TRY(std::vector<ApiCall> undo, restoring_calls(after, before));
//
// How: both states become the API's own object (config_item.h), and a table (inverse_rows.cpp) says which call gives
// back which of its members; what comes one by one (rules, policies, permissions) has code of its own. A resource that
// came into being is taken away again, and one that went comes back, only where the table says so: for what holds
// nothing but settings, or is the runbook's own record.
//
// Threads: functions of values. Refusals (unsupported): a type or a member without a row, or with one that says why
// there is no way back; a state that was not read. The message is shown to whoever approves. Source: the services' API
// references.
#pragma once

#include <vector>

#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::cloud::aws {

// Calls that lead `from` to `to` (same key), in the order of making. Empty where the states are equal.
base::Result<std::vector<model::ApiCall>> restoring_calls(const model::Resource& from, const model::Resource& to);

}  // namespace setpoint::cloud::aws
