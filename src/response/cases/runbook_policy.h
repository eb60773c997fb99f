// The IAM policy that a runbook needs: the actions of its calls, each on the resources that it was seen to touch.
//
// Place in the flow: the cases of a document are rehearsed, what their calls need is gathered, and what belongs to one
// run becomes a wildcard: account, region, and every name that the document itself does not say. So a policy fits every
// run of the document and nothing else. It is kept as policy.json beside the document; `setpoint runbook test` says
// where a document begins to need more, and runs every case again in a session with it.
//
//   Json policy = policy_document(generalised(seen, document));
//   for (const std::string& line : policy_difference(kept, policy)) ...
//
// Calls that no case reaches are taken from the document alone (runbook::api_calls): with "*" where a reference stands.
// Threads: functions of values. Source: IAM User Guide, "IAM JSON policy reference".
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/plan.h"
#include "response/iam_policy.h"
#include "runbook/document.h"

namespace setpoint::response {

class PermissionSource;

// arn:aws:s3:::orchard -> arn:aws:s3:::*; arn:aws:iam::1111...:role/Delivery -> arn:aws:iam::*:role/Delivery where the
// document says "Delivery".
model::Permission generalised(const model::Permission& seen, const runbook::Document& document);

// What the document's own text says that it needs, references as "*".
std::set<model::Permission> static_permissions(const runbook::Document& document, const PermissionSource& source);

// "needs s3:GetObject on ..., which its policy.json does not allow", "policy.json allows ..., which nothing needs".
std::vector<std::string> policy_difference(const base::Json& kept, const base::Json& needed);

}  // namespace setpoint::response
