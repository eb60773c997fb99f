#include "cloud/aws/inverse.h"

#include <algorithm>

#include "cloud/aws/security_group_rules.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;
using model::ApiCall;
using model::Resource;

namespace {

using Rules = std::vector<SecurityGroupRule>;

ApiCall ec2_call(const Resource& resource, std::string operation, Json parameters) {
  return {resource.key.account, resource.key.region, "ec2", std::move(operation), std::move(parameters)};
}

bool has_tuple(const Rules& rules, const SecurityGroupRule& wanted) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const SecurityGroupRule& rule) { return rule.same_tuple(wanted); });
}

Rules of_direction(const Rules& rules, bool egress) {
  Rules out;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(out),
               [&](const auto& rule) { return rule.egress == egress; });
  return out;
}

// Tuples of `rules` that `others` lacks.
Rules missing_in(const Rules& others, const Rules& rules) {
  Rules out;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(out),
               [&](const auto& rule) { return !has_tuple(others, rule); });
  return out;
}

// Tuples that both have, with another description in `to`.
Rules redescribed(const Rules& from, const Rules& to) {
  Rules out;
  std::copy_if(to.begin(), to.end(), std::back_inserter(out), [&](const SecurityGroupRule& rule) {
    return has_tuple(from, rule) && std::find(from.begin(), from.end(), rule) == from.end();
  });
  return out;
}

void append_rule_calls(const Resource& group, const Rules& from, const Rules& to, bool egress,
                       std::vector<ApiCall>& out) {
  std::string direction = egress ? "Egress" : "Ingress";
  auto call = [&](const std::string& verb, const Rules& rules, bool with_descriptions) {
    if (rules.empty()) return;
    out.push_back(
        ec2_call(group, verb + direction,
                 {{"GroupId", group.key.id}, {"IpPermissions", to_ip_permissions(rules, with_descriptions)}}));
  };
  call("AuthorizeSecurityGroup", missing_in(from, to), true);
  call("RevokeSecurityGroup", missing_in(to, from), false);
  call("UpdateSecurityGroupRuleDescriptions", redescribed(from, to), true);
}

void append_tag_calls(const Resource& from, const Resource& to, std::vector<ApiCall>& out) {
  Json create = Json::array();
  Json remove = Json::array();
  for (const auto& [key, value] : to.tags) {
    auto present = from.tags.find(key);
    if (present == from.tags.end() || present->second != value) create.push_back({{"Key", key}, {"Value", value}});
  }
  for (const auto& [key, value] : from.tags) {
    if (!to.tags.contains(key)) remove.push_back({{"Key", key}});
  }
  Json resources = Json::array({from.key.id});
  if (!create.empty()) out.push_back(ec2_call(from, "CreateTags", {{"Resources", resources}, {"Tags", create}}));
  if (!remove.empty()) out.push_back(ec2_call(from, "DeleteTags", {{"Resources", resources}, {"Tags", remove}}));
}

base::Result<std::vector<ApiCall>> restore_security_group(const Resource& from, const Resource& to) {
  for (const char* fixed : {"groupName", "description", "vpcId", "ownerId"}) {
    if (base::member(base::member(from.item, "configuration"), fixed) !=
        base::member(base::member(to.item, "configuration"), fixed)) {
      return base::fail({ErrorCode::unsupported,
                         fmt::format("'{}' of a security group cannot be changed back", fixed),
                         from.key.text(),
                         {},
                         {}});
    }
  }
  Rules before = security_group_rules(from.item);
  Rules wanted = security_group_rules(to.item);
  std::vector<ApiCall> out;
  for (bool egress : {false, true})
    append_rule_calls(from, of_direction(before, egress), of_direction(wanted, egress), egress, out);
  append_tag_calls(from, to, out);
  return out;
}

}  // namespace

base::Result<std::vector<ApiCall>> restoring_calls(const Resource& from, const Resource& to) {
  SETPOINT_ASSERT(from.key == to.key);
  bool both_known = from.knowledge == model::Knowledge::known && to.knowledge == model::Knowledge::known;
  if (both_known && from.state_digest() == to.state_digest()) return std::vector<ApiCall>{};
  if (both_known && from.key.type == "AWS::EC2::SecurityGroup") return restore_security_group(from, to);
  return base::fail({ErrorCode::unsupported,
                     fmt::format("no way back is known for a changed {}", from.key.type),
                     from.key.text(),
                     {},
                     {}});
}

}  // namespace setpoint::cloud::aws
