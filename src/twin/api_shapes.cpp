#include "twin/api_shapes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "twin/services/elbv2.h"
#include "twin/services/eventual.h"
#include "twin/services/iam.h"
#include "twin/services/security_group_rules.h"
#include "twin/sessions.h"

namespace setpoint::twin {

namespace {

using base::Json;

// --- Security groups: IpPermissions and IpPermissionsEgress become "Rules", by the very code that reads requests.

base::Status flatten_rules(const std::string& account, const std::string& region, Json& group) {
  if (group.contains("Rules")) return {};
  Call call;
  call.caller.account = account;
  call.region = region;
  State state;
  base::ManualClock clock({0});
  Sessions sessions;
  Request request(call, state, clock, sessions);
  std::string id = base::string_member(group, "GroupId"), vpc = base::string_member(group, "VpcId");
  std::vector<services::SecurityRule> all;
  for (bool egress : {false, true}) {
    const char* member = egress ? "IpPermissionsEgress" : "IpPermissions";
    services::Rules rules = services::rules_from_permissions({request, id, vpc, egress}, base::member(group, member));
    if (!rules) return base::fail(base::ErrorCode::invalid_input, "{} of {}: {}", member, id, rules.error().message);
    all.insert(all.end(), rules->begin(), rules->end());
    group.erase(member);
  }
  services::set_rules(group, std::move(all));
  return {};
}

void show_permissions(Json& group) {
  std::vector<services::SecurityRule> rules = services::rules_of(group);
  group.erase("Rules");
  group.erase("RuleIdsDerived");
  group["IpPermissions"] = services::permissions_of(rules, false);
  group["IpPermissionsEgress"] = services::permissions_of(rules, true);
}

// --- IAM

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

// A policy as text or percent-encoded text becomes text; an object stays one.
Json decoded_policy(const Json& policy) {
  if (!policy.is_string() || policy.get_ref<const std::string&>().find('{') != std::string::npos) return policy;
  const std::string& text = policy.get_ref<const std::string&>();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

void principal_from_detail(Json& api, const char* policy_list) {
  if (api.contains(policy_list)) {
    api["Policies"] = Json::object();
    for (const Json& entry : api[policy_list])
      api["Policies"][base::string_member(entry, "PolicyName")] = decoded_policy(base::member(entry, "PolicyDocument"));
    api.erase(policy_list);
  }
  for (const auto& [theirs, ours] :
       {std::pair{"AttachedManagedPolicies", "AttachedPolicies"}, {"GroupList", "Groups"}}) {
    if (!api.contains(theirs)) continue;
    api[ours] = api[theirs];
    api.erase(theirs);
  }
  if (api.contains("AssumeRolePolicyDocument"))
    api["AssumeRolePolicyDocument"] = decoded_policy(api["AssumeRolePolicyDocument"]);
}

void detail_from_principal(Json& document, const char* policy_list) {
  Json list = Json::array();
  for (const auto& [name, policy] : base::member(document, "Policies").items())
    list.push_back({{"PolicyName", name}, {"PolicyDocument", services::encoded_policy(policy)}});
  document[policy_list] = list;
  document["AttachedManagedPolicies"] = base::member(document, "AttachedPolicies");
  document.erase("Policies");
  document.erase("AttachedPolicies");
  if (document.contains("Groups")) document["GroupList"] = document["Groups"];
  document.erase("Groups");
  if (document.contains("AssumeRolePolicyDocument"))
    document["AssumeRolePolicyDocument"] = services::encoded_policy(document["AssumeRolePolicyDocument"]);
}

void policy_from_detail(Json& api) {
  if (!api.contains("PolicyVersionList")) return;
  api["Versions"] = Json::object();
  for (const Json& version : api["PolicyVersionList"]) {
    Json document = decoded_policy(base::member(version, "Document"));
    api["Versions"][base::string_member(version, "VersionId")] = {
        {"Document", document}, {"CreateDate", base::string_member(version, "CreateDate")}};
    if (base::member(version, "IsDefaultVersion") == Json(true)) api["Document"] = document;
  }
  for (const char* derived : {"PolicyVersionList", "AttachmentCount", "PermissionsBoundaryUsageCount"})
    api.erase(derived);
}

void detail_from_policy(Json& document) {
  std::string current = document.value("DefaultVersionId", "v1");
  Json versions = base::member(document, "Versions").is_null()
                      ? Json{{current,
                              {{"Document", base::member(document, "Document")},
                               {"CreateDate", base::member(document, "CreateDate")}}}}
                      : document["Versions"];
  document["PolicyVersionList"] = Json::array();
  for (const auto& [id, version] : versions.items()) {
    document["PolicyVersionList"].push_back({{"VersionId", id},
                                             {"IsDefaultVersion", id == current},
                                             {"Document", services::encoded_policy(base::member(version, "Document"))},
                                             {"CreateDate", base::member(version, "CreateDate")}});
  }
  document.erase("Versions");
  document.erase("Document");
}

// --- Members that the API has under other words, or not at all

struct OtherName {
  std::string_view type;
  const char* ours;
  const char* api;
};
constexpr OtherName kOtherNames[] = {{"AWS::ECR::Repository", "Lifecycle", "lifecyclePolicyText"},
                                     {"AWS::ECR::Repository", "Policy", "repositoryPolicyText"},
                                     {"AWS::EC2::NetworkInterface", "Tags", "TagSet"}};

void swap_names(std::string_view type, Json& object, bool to_api) {
  for (const OtherName& name : kOtherNames) {
    const char *from = to_api ? name.ours : name.api, *to = to_api ? name.api : name.ours;
    if (name.type != type || !object.contains(from)) continue;
    object[to] = object[from];
    object.erase(from);
  }
}

// A plan and a journal show items: no secret is part of one.
void hide_secrets(std::string_view type, Json& api) {
  if (type == "AWS::IAM::AccessKey") api.erase("SecretAccessKey");
  if (type == "AWS::SecretsManager::Secret") api.erase("SecretString");
  if (type == "AWS::SSM::Parameter" && base::string_member(api, "Type") == "SecureString") api.erase("Value");
}

void keep_attributes_as_map(Json& api) {
  if (!base::member(api, "Attributes").is_array()) return;
  Json map = Json::object();
  for (const Json& one : api["Attributes"]) map[base::string_member(one, "Key")] = base::member(one, "Value");
  api["Attributes"] = std::move(map);
}

const char* policy_list_of(std::string_view type) {
  if (type == "AWS::IAM::User") return "UserPolicyList";
  if (type == "AWS::IAM::Role") return "RolePolicyList";
  return type == "AWS::IAM::Group" ? "GroupPolicyList" : nullptr;
}

}  // namespace

base::Status to_document_shape(const std::string& account, const std::string& region, std::string_view type,
                               Json& api) {
  if (type == "AWS::EC2::SecurityGroup") return flatten_rules(account, region, api);
  if (const char* list = policy_list_of(type)) principal_from_detail(api, list);
  if (type == "AWS::IAM::Policy") policy_from_detail(api);
  if (type == "AWS::SQS::Queue" && !api.contains("QueueName")) {
    std::string url = base::string_member(api, "QueueUrl");
    api["QueueName"] = url.substr(url.rfind('/') + 1);
  }
  if (type == "AWS::SQS::Queue") api.erase("QueueUrl");
  if (type == "AWS::ElasticLoadBalancingV2::LoadBalancer") keep_attributes_as_map(api);
  if (type.starts_with("AWS::RDS::") && api.contains("TagList")) {
    api["Tags"] = api["TagList"];
    api.erase("TagList");
  }
  swap_names(type, api, false);
  return {};
}

Json to_api_shape(const StateKey& key, const Json& document) {
  Json api = document;
  // Clockwork and status, not configuration: no reading of the resource shows them.
  for (const char* inner :
       {services::kMeanwhile, "ModifyingUntil", "StartLoggingTime", "StopLoggingTime", "LastStartTime", "LastStopTime"})
    api.erase(inner);
  if (key.type == "AWS::EC2::SecurityGroup") show_permissions(api);
  if (const char* list = policy_list_of(key.type)) detail_from_principal(api, list);
  if (key.type == "AWS::IAM::Policy") detail_from_policy(api);
  if (key.type == "AWS::SQS::Queue")
    api["QueueUrl"] = fmt::format("https://sqs.{}.amazonaws.com/{}/{}", key.region, key.account, key.id);
  if (key.type == "AWS::ElasticLoadBalancingV2::LoadBalancer")
    api["Attributes"] = services::balancer_attributes(document);
  swap_names(key.type, api, true);
  hide_secrets(key.type, api);
  return api;
}

}  // namespace setpoint::twin
