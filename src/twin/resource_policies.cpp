#include "twin/resource_policies.h"

#include "twin/services/arns.h"
#include "twin/services/s3.h"

namespace setpoint::twin {

namespace {

struct Carrier {
  std::string_view service;  // of the ARN
  const char* type;
  const char* policy;      // member, "" = the member of the same name inside Attributes
  bool policy_must_allow;  // identity policies alone are not enough
};
constexpr Carrier kCarriers[] = {{"kms", "AWS::KMS::Key", "Policy", true},
                                 {"iam", "AWS::IAM::Role", "AssumeRolePolicyDocument", true},
                                 {"sns", "AWS::SNS::Topic", "", false},
                                 {"sqs", "AWS::SQS::Queue", "", false},
                                 {"secretsmanager", "AWS::SecretsManager::Secret", "Policy", false},
                                 {"lambda", "AWS::Lambda::Function", "Policy", false},
                                 {"ecr", "AWS::ECR::Repository", "Policy", false}};

std::string field_of(const std::string& arn, int number) {
  std::size_t at = 0;
  for (; number > 0 && at != std::string::npos; --number) {
    at = arn.find(':', at);
    if (at != std::string::npos) ++at;
  }
  return at == std::string::npos ? "" : arn.substr(at, arn.find(':', at) - at);
}

Json policy_in(const Json& document, const Carrier& carrier) {
  std::string_view member = carrier.policy;
  return member.empty() ? base::member(base::member(document, "Attributes"), "Policy") : base::member(document, member);
}

Json default_key_policy(const std::string& account) {
  return {
      {"Statement", {{"Effect", "Allow"}, {"Principal", {{"AWS", account}}}, {"Action", "kms:*"}, {"Resource", "*"}}}};
}

// A secret may be named without the six characters that end its ARN: then "-*" stands for them.
bool names(const std::string& arn, const std::string& own) {
  if (arn == own) return true;
  if (!arn.ends_with("-*")) return arn.starts_with(own + ":");  // a function's alias or version
  return own.size() == arn.size() + 5 && own.starts_with(arn.substr(0, arn.size() - 1));
}

std::optional<ResourceSide> bucket_side(const State& state, const std::string& arn, const Caller& caller) {
  std::string name = arn.substr(arn.rfind(":::") + 3);
  std::optional<StateKey> key = services::find_bucket(state, name.substr(0, name.find('/')));
  if (!key) return {};
  services::Bucket bucket{*key, *state.find(*key)};
  Json policy = base::member(bucket.document, "Policy");
  ResourceSide side{.owner = key->account, .arn = arn};
  bool strangers = key->account != caller.account;
  // A public policy that is restricted still serves its own account.
  bool shut = strangers && services::policy_is_public(policy_object(policy)) &&
              services::public_access_blocked(state, bucket, "RestrictPublicBuckets");
  if (!shut) side.policy = std::move(policy);
  return side;
}

std::optional<ResourceSide> side_in(const State& state, const Carrier& carrier, const std::string& arn) {
  std::string account = field_of(arn, 4), region = field_of(arn, 3);
  std::optional<ResourceSide> side;
  state.each(account, region.empty() ? "global" : region, carrier.type, [&](const std::string& id, const Json& found) {
    std::string own = services::arn_of({account, region, carrier.type, id}, found);
    if (side || !names(arn, own)) return;
    side = ResourceSide{account, own, policy_in(found, carrier), carrier.policy_must_allow};
  });
  if (side && side->policy.is_null() && carrier.service == "kms") side->policy = default_key_policy(account);
  return side;
}

}  // namespace

std::optional<ResourceSide> resource_side_of(const State& state, const std::string& action, const std::string& arn,
                                             const Caller& caller) {
  std::string service = field_of(arn, 2);
  if (service == "s3") return bucket_side(state, arn, caller);
  if (service == "iam" && action != "sts:AssumeRole") return {};
  for (const Carrier& carrier : kCarriers) {
    if (carrier.service == service) return side_in(state, carrier, arn);
  }
  return {};
}

}  // namespace setpoint::twin
