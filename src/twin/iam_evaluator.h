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
// Logic, as AWS documents it: an explicit Deny in any policy wins. Then the identity policies must allow, and, where
// they exist, the boundary and the session policies must allow too. In the resource's own account its policy may allow
// in place of the identity policies, where it names the caller and not just the account; a user or a session that it
// names is not held by boundary and session policies either. A caller of another account needs both sides, and so
// does everyone where the policy decides alone who may ask at all: KMS keys and the trust in a role. Supported: Action, NotAction,
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

// What the resource itself says; see resource_policies.h.
struct ResourceSide {
  std::string owner;               // account
  std::string arn;                 // in full, where the request named it by less
  Json policy = {};                // null = it has none
  bool policy_must_allow = false;  // a KMS key, the trust in a role
};

Evaluation evaluate(const PolicySet& policies, const AccessRequest& request);
Evaluation evaluate(const PolicySet& policies, const AccessRequest& request, const Caller& caller,
                    const ResourceSide& side);
// Does one policy document allow (or deny) it? What evaluate() is made of.
AccessVerdict judge(const Json& policy, const AccessRequest& request);

// A document given as text; null where it is none.
Json policy_object(const Json& policy);

// From the state: inline and attached policies of the user (and its groups) or role, boundary, the session's own.
PolicySet policies_of(const State& state, const Caller& caller);
// May this caller assume a role with this trust policy?
bool trusts(const Json& trust_policy, const Caller& caller, const std::string& external_id);

// Wildcards * and ? in `pattern`, with ${variables} replaced from the context; a variable without a value matches
// nothing.
bool matches_policy_pattern(std::string_view text, std::string_view pattern, const AccessRequest& request);

}  // namespace setpoint::twin
