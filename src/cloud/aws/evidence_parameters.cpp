#include "cloud/aws/evidence_parameters.h"

#include <algorithm>

#include "cloud/aws/security_group_rules.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

constexpr std::string_view kSecurityGroup = "AWS::EC2::SecurityGroup";

std::vector<std::string> texts(const std::vector<SecurityGroupRule>& rules) {
  std::vector<std::string> out;
  for (const SecurityGroupRule& rule : rules) out.push_back(rule.text());
  std::sort(out.begin(), out.end());
  return out;
}

Json security_group_parameters(const Json& item, std::span<const model::Evidence> evidence) {
  std::vector<SecurityGroupRule> rules = rules_named_by(item, evidence);
  auto egress =
      std::stable_partition(rules.begin(), rules.end(), [](const SecurityGroupRule& rule) { return !rule.egress; });
  std::span<const SecurityGroupRule> all(rules);
  auto ingress_count = static_cast<std::size_t>(egress - rules.begin());
  // Revoking compares without descriptions, so they stay out of the call.
  return {{"IpPermissions", to_ip_permissions(all.first(ingress_count), false)},
          {"IpPermissionsEgress", to_ip_permissions(all.subspan(ingress_count), false)}};
}

}  // namespace

Json evidence_parameters(const model::Resource& resource, std::span<const model::Evidence> evidence) {
  if (resource.key.type == kSecurityGroup) return security_group_parameters(resource.item, evidence);
  return Json::object();
}

std::optional<std::vector<std::string>> parts_of(const model::Resource& resource) {
  if (resource.key.type == kSecurityGroup) return texts(security_group_rules(resource.item));
  return std::nullopt;
}

std::vector<std::string> parts_named_by(const model::Resource& resource, std::span<const model::Evidence> evidence) {
  if (resource.key.type == kSecurityGroup) return texts(rules_named_by(resource.item, evidence));
  return {};
}

}  // namespace setpoint::cloud::aws
