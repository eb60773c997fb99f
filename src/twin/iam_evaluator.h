// IAM's policy evaluation: may this principal do this action on this resource in this context?
//
// Place in the flow: with `--enforce-iam` the cloud asks before each call; tests and plans ask whether a role's policy
// is enough.
//
//   PolicySet policies = policies_of(state, caller);                    // identity, boundary, session
//   AccessRequest request{.action = "ec2:RevokeSecurityGroupIngress", .resource = arn, .context = {...}};
//   Evaluation seen = evaluate(policies, request);
//   if (seen.verdict != AccessVerdict::allowed) ... seen.because ...
//
// Logic, as AWS documents it for one account: an explicit Deny in any policy wins; then the identity policies must
// allow, and, where they exist, the boundary and the session policies must allow too. Supported: Action, NotAction,
// Resource, NotResource, wildcards, policy variables (${aws:username}, with default values, ${*}), every condition
// operator of the IAM reference except the Binary ones, with IfExists, ForAllValues and ForAnyValue. What cannot be
// understood counts against the caller: an Allow with it does not apply, a Deny with it does. Policies are JSON
// documents, as objects or as JSON text. Limits: kPolicyBytesMax. Threads: functions of values. Source: IAM User Guide,
// "Policy evaluation logic", "IAM JSON policy elements: Condition operators".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin {

enum class AccessVerdict { allowed, implicitly_denied, explicitly_denied };

struct AccessRequest {
  std::string action;                                       // "ec2:RevokeSecurityGroupIngress"
  std::string resource;                                     // an ARN, or "*" where the action knows no resource
  std::map<std::string, std::vector<std::string>> context;  // condition keys in lower case: "aws:sourceip"
};

struct PolicySet {
  bool everything = false;  // the account's root user
  std::vector<Json> identity;
  std::optional<std::vector<Json>>
      boundary;  // nullopt = none set; one that cannot be found is an empty list: nothing is allowed
  std::optional<std::vector<Json>> session;
};

struct Evaluation {
  AccessVerdict verdict = AccessVerdict::implicitly_denied;
  std::string because;  // AWS's words: "because no identity-based policy allows the ec2:X action"
};

Evaluation evaluate(const PolicySet& policies, const AccessRequest& request);
// Does one policy document allow (or deny) it? What evaluate() is made of.
AccessVerdict judge(const Json& policy, const AccessRequest& request);

// From the state: inline and attached policies of the user (and its groups) or role, boundary, the session's own.
PolicySet policies_of(const State& state, const Caller& caller);
// May this caller assume a role with this trust policy?
bool trusts(const Json& trust_policy, const Caller& caller, const std::string& external_id);

// Wildcards * and ? in `pattern`, with ${variables} replaced from the context; a variable without a value matches
// nothing.
bool matches_policy_pattern(std::string_view text, std::string_view pattern, const AccessRequest& request);

}  // namespace setpoint::twin
