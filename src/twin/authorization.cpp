#include "twin/authorization.h"

#include "cloud/aws/permissions.h"
#include "twin/iam_evaluator.h"
#include "twin/resource_policies.h"
#include "twin/tag_context.h"

namespace setpoint::twin {

namespace aws = cloud::aws;

namespace {

// A role's session is its role to conditions.
std::string principal_arn(const State& state, const Caller& caller) {
  if (caller.role_name.empty()) return caller.arn;
  const Json* role = state.find({caller.account, "global", "AWS::IAM::Role", caller.role_name});
  std::string arn = role ? base::string_member(*role, "Arn") : "";
  return arn.empty() ? fmt::format("arn:aws:iam::{}:role/{}", caller.account, caller.role_name) : arn;
}

// Every account of the cloud belongs to the organization, where there is one.
std::string organization_of(const State& state) {
  std::string id;
  for (const std::string& account : state.accounts())
    state.each(account, "global", "AWS::Organizations::Organization",
               [&](const std::string& own, const Json&) { id = own; });
  return id;
}

// The condition keys that are the same for every permission of a call.
ConditionContext context_of(const State& state, const Call& call, base::Timestamp now) {
  ConditionContext context = {{"aws:principalarn", {principal_arn(state, call.caller)}},
                              {"aws:principalaccount", {call.caller.account}},
                              {"aws:principalisawsservice", {"false"}},
                              {"aws:userid", {call.caller.user_id}},
                              {"aws:requestedregion", {call.region}},
                              {"aws:currenttime", {base::to_iso8601(now)}},
                              {"aws:epochtime", {std::to_string(now.ms / 1000)}},
                              {"aws:sourceip", {"127.0.0.1"}},
                              {"aws:securetransport", {"true"}},
                              {"aws:viaawsservice", {"false"}},
                              {"kms:calleraccount", {call.caller.account}}};
  if (!call.caller.user_name.empty()) context["aws:username"] = {call.caller.user_name};
  context["aws:principaltype"] = {!call.caller.role_name.empty() ? "AssumedRole"
                                  : call.caller.is_root()        ? "Account"
                                                                 : "User"};
  if (std::string organization = organization_of(state); !organization.empty())
    context["aws:principalorgid"] = {organization};
  if (std::string id = base::string_member(call.parameters, "ExternalId"); !id.empty())
    context["sts:externalid"] = {id};
  return context;
}

AwsError denied(const Call& call, const model::Permission& permission, const std::string& because) {
  std::string words = fmt::format("User: {} is not authorized to perform: {} on resource: {} {}", call.caller.arn,
                                  permission.action, permission.resource, because);
  if (call.service == "ec2")
    return {"UnauthorizedOperation", "You are not authorized to perform this operation. " + words, 403, Json::object()};
  if (call.service == "s3" || call.service == "s3control")
    return {"AccessDenied", "Access Denied", 403, Json::object()};
  bool query = call.service == "iam" || call.service == "sts" || call.service == "rds" ||
               call.service == "cloudwatch" || call.service == "autoscaling";
  if (query) return {"AccessDenied", words, 403, Json::object()};
  if (call.service == "sns") return {"AuthorizationError", words, 403, Json::object()};
  return {"AccessDeniedException", words, call.service == "lambda" ? 403 : 400, Json::object()};
}

// An alias stands for its key, which alone has a policy.
Json with_keys_for_aliases(const State& state, const Call& call) {
  Json parameters = call.parameters;
  std::string name = base::string_member(parameters, "KeyId");
  std::size_t at = name.starts_with("alias/") ? 0 : name.find(":alias/") + 1;
  if (call.service != "kms" || (at == 0 && !name.starts_with("alias/"))) return parameters;
  const Json* alias = state.find({call.caller.account, call.region, "AWS::KMS::Alias", name.substr(at)});
  if (alias) parameters["KeyId"] = base::string_member(*alias, "TargetKeyId");
  return parameters;
}

// May the caller do this one thing? Notes whose resource it is.
Evaluation evaluate_one(const State& state, const PolicySet& policies, const Caller& caller, AccessRequest request,
                        std::string& owner) {
  std::optional<ResourceSide> side = resource_side_of(state, request.action, request.resource, caller);
  owner = side ? side->owner : caller.account;
  request.context["aws:resourceaccount"] = {owner};
  if (!side) return evaluate(policies, request);
  request.resource = side->arn;
  return evaluate(policies, request, caller, *side);
}

}  // namespace

Check check_access(const State& state, const aws::ModelCatalog& catalog, Call& call, base::Timestamp now) {
  if (call.service == "sts" && call.operation == "GetCallerIdentity") return {};
  PolicySet policies = policies_of(state, call.caller);
  auto needed = aws::required_permissions(
      catalog, {call.caller.account, call.region, call.service, call.operation, with_keys_for_aliases(state, call)});
  if (!needed && policies.everything) return {};
  if (!needed) return denied(call, {call.service + ":" + call.operation, "*"}, "because what it needs is not known");
  ConditionContext context = context_of(state, call, now);
  add_principal_tags(state, call.caller, context);
  add_request_tags(call.parameters, context);
  for (const model::Permission& permission : *needed) {
    ConditionContext own = context;
    add_resource_tags(state, call.caller.account, permission.resource, own);
    std::string owner;
    Evaluation seen =
        evaluate_one(state, policies, call.caller, {permission.action, permission.resource, std::move(own)}, owner);
    if (seen.verdict != AccessVerdict::allowed) return denied(call, permission, seen.because);
    if (owner != call.caller.account && call.service != "sts") call.owner = owner;
  }
  return {};
}

}  // namespace setpoint::twin
