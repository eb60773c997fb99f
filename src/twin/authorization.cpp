#include "twin/authorization.h"

#include "cloud/aws/permissions.h"
#include "twin/iam_evaluator.h"
#include "twin/tag_context.h"

namespace setpoint::twin {

namespace aws = cloud::aws;

namespace {

// The condition keys that are the same for every call.
ConditionContext context_of(const Call& call, base::Timestamp now) {
  ConditionContext context = {{"aws:principalarn", {call.caller.arn}},
                              {"aws:principalaccount", {call.caller.account}},
                              {"aws:userid", {call.caller.user_id}},
                              {"aws:requestedregion", {call.region}},
                              {"aws:currenttime", {base::to_iso8601(now)}},
                              {"aws:epochtime", {std::to_string(now.ms / 1000)}},
                              {"aws:sourceip", {"127.0.0.1"}},
                              {"aws:securetransport", {"true"}}};
  if (!call.caller.user_name.empty()) context["aws:username"] = {call.caller.user_name};
  context["aws:principaltype"] = {call.caller.role_name.empty() ? "User" : "AssumedRole"};
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

}  // namespace

Check check_access(const State& state, const aws::ModelCatalog& catalog, const Call& call, base::Timestamp now) {
  PolicySet policies = policies_of(state, call.caller);
  if (policies.everything || (call.service == "sts" && call.operation == "GetCallerIdentity")) return {};
  auto needed = aws::required_permissions(
      catalog, {call.caller.account, call.region, call.service, call.operation, call.parameters});
  if (!needed) return denied(call, {call.service + ":" + call.operation, "*"}, "because what it needs is not known");
  ConditionContext context = context_of(call, now);
  add_principal_tags(state, call.caller, context);
  add_request_tags(call.parameters, context);
  for (const model::Permission& permission : *needed) {
    ConditionContext own = context;
    add_resource_tags(state, call.caller.account, permission.resource, own);
    Evaluation seen = evaluate(policies, {permission.action, permission.resource, std::move(own)});
    if (seen.verdict != AccessVerdict::allowed) return denied(call, permission, seen.because);
  }
  return {};
}

}  // namespace setpoint::twin
