// EC2 security groups. Source: EC2 API reference; error codes from "Error codes for the Amazon EC2 API".
#include <algorithm>
#include <set>

#include "twin/services/ec2.h"
#include "twin/services/listing.h"
#include "twin/services/security_group_rules.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kGroup = "AWS::EC2::SecurityGroup";
constexpr std::size_t kRulesPerDirectionMax = 60;  // AWS's default quota
constexpr std::size_t kGroupNameMax = 255;

Json group_view(const Json& group) {
  std::vector<SecurityRule> rules = rules_of(group);
  Json out = without(group, {"Rules", "RuleIdsDerived"});
  out["IpPermissions"] = permissions_of(rules, false);
  out["IpPermissionsEgress"] = permissions_of(rules, true);
  return out;
}

const std::vector<FilterField>& group_filters() {
  static const std::vector<FilterField> kFields = {
      {"description", "Description"},
      {"group-id", "GroupId"},
      {"group-name", "GroupName"},
      {"owner-id", "OwnerId"},
      {"vpc-id", "VpcId"},
      {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
      {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
      {"ip-permission.from-port", "IpPermissions.FromPort"},
      {"ip-permission.to-port", "IpPermissions.ToPort"},
      {"ip-permission.protocol", "IpPermissions.IpProtocol"},
      {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
      {"ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"},
      {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
      {"ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"},
      {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
      {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
      {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
      {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
      {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
      {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
      {"egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"},
      {"egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"},
      {"egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"},
  };
  return kFields;
}

Check check_group_id(const std::string& id) {
  if (id.starts_with("sg-")) return {};
  return AwsError{"InvalidGroupId.Malformed", fmt::format("Invalid id: \"{}\" (expecting \"sg-...\")", id), 400, {}};
}

AwsError no_such_group(const std::string& id) {
  return {"InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist", id), 400, Json::object()};
}

std::string default_vpc(Request& request) {
  std::string id;
  request.each("AWS::EC2::VPC", [&](const std::string& candidate, const Json& vpc) {
    if (vpc.value("IsDefault", false)) id = candidate;
  });
  return id;
}

// A group by its name, which is only possible in the default VPC.
tl::expected<std::string, AwsError> id_by_name(Request& request, const std::string& name) {
  std::string vpc = default_vpc(request), id;
  if (vpc.empty()) return error("VPCIdNotSpecified", "No default VPC for this user");
  request.each(kGroup, [&](const std::string& candidate, const Json& group) {
    if (group.value("GroupName", "") == name && group.value("VpcId", "") == vpc) id = candidate;
  });
  if (id.empty()) {
    return error("InvalidGroup.NotFound",
                 fmt::format("The security group '{}' does not exist in default VPC '{}'", name, vpc));
  }
  return id;
}

Answer group_of(Request& request) {
  std::string id = request.text("GroupId");
  if (id.empty()) {
    std::string name = request.text("GroupName");
    if (name.empty()) return error("MissingParameter", "The request must contain the parameter groupName or groupId");
    auto named = id_by_name(request, name);
    if (!named) return tl::unexpected(named.error());
    id = *named;
  }
  if (Check wrong = check_group_id(id)) return tl::unexpected(*wrong);
  const Json* group = request.find(kGroup, id);
  if (!group) return tl::unexpected(no_such_group(id));
  return *group;
}

RuleScope scope_of(Request& request, const Json& group, bool egress) {
  return {request, group.value("GroupId", ""), group.value("VpcId", ""), egress};
}

// --- Describe

Check add_named_groups(Request& request, std::vector<Json>& groups) {
  for (const Json& id : request.parameter("GroupIds")) {
    if (Check wrong = check_group_id(id.get<std::string>())) return wrong;
    const Json* group = request.find(kGroup, id.get<std::string>());
    if (!group) return no_such_group(id.get<std::string>());
    groups.push_back(*group);
  }
  for (const Json& name : request.parameter("GroupNames")) {
    auto id = id_by_name(request, name.get<std::string>());
    if (!id) return id.error();
    groups.push_back(*request.find(kGroup, *id));
  }
  return {};
}

// Everything in the region, a page at a time: only the page's groups are rendered.
Answer page_of_all_groups(Request& request) {
  std::vector<Json> ids;
  request.each(kGroup, [&](const std::string& id, const Json&) { ids.emplace_back(id); });
  Answer out = ec2_page(request, std::move(ids), "SecurityGroups", 5);
  if (!out) return out;
  for (Json& group : (*out)["SecurityGroups"]) group = group_view(*request.find(kGroup, group.get<std::string>()));
  return out;
}

Answer describe_security_groups(Request& request) {
  bool named = !request.parameter("GroupIds").empty() || !request.parameter("GroupNames").empty();
  if (named && request.has("MaxResults")) {
    return error("InvalidParameterCombination", "The parameter GroupIds cannot be used with the parameter MaxResults");
  }
  if (!named && request.parameter("Filters").empty()) return page_of_all_groups(request);
  std::vector<Json> groups;
  if (Check wrong = add_named_groups(request, groups)) return tl::unexpected(*wrong);
  if (!named) groups = request.all(kGroup);
  for (Json& group : groups) group = group_view(group);
  if (Check wrong = keep_matching(groups, request.parameter("Filters"), group_filters())) return tl::unexpected(*wrong);
  return ec2_page(request, std::move(groups), "SecurityGroups", 5);
}

std::vector<Json> every_rule(Request& request) {
  std::vector<Json> rules;
  request.each(kGroup, [&](const std::string& id, const Json& group) {
    for (Json rule : base::member(group, "Rules")) {
      rule["GroupId"] = id;
      rule["GroupOwnerId"] = request.account();
      rule["SecurityGroupRuleArn"] = request.arn("ec2", "security-group-rule/" + rule.value("SecurityGroupRuleId", ""));
      rules.push_back(std::move(rule));
    }
    // Ids made up from a configuration item are not those of the real cloud.
    if (group.value("RuleIdsDerived", false)) request.note_unmodelled("ids of the rules of " + id);
  });
  return rules;
}

Check keep_rule_ids(std::vector<Json>& rules, const Json& ids) {
  std::set<std::string> wanted;
  for (const Json& id : ids) wanted.insert(id.get<std::string>());
  std::erase_if(rules, [&](const Json& rule) { return !wanted.contains(rule.value("SecurityGroupRuleId", "")); });
  for (const Json& rule : rules) wanted.erase(rule.value("SecurityGroupRuleId", ""));
  if (wanted.empty()) return {};
  if (!wanted.begin()->starts_with("sgr-")) {
    return AwsError{"InvalidSecurityGroupRuleId.Malformed",
                    fmt::format("Invalid id: \"{}\" (expecting \"sgr-...\")", *wanted.begin()),
                    400,
                    {}};
  }
  return AwsError{"InvalidSecurityGroupRuleId.NotFound",
                  fmt::format("The security group rule ID '{}' does not exist", *wanted.begin()),
                  400,
                  {}};
}

Answer describe_security_group_rules(Request& request) {
  std::vector<Json> rules = every_rule(request);
  const Json& ids = request.parameter("SecurityGroupRuleIds");
  if (!ids.empty()) {
    if (Check wrong = keep_rule_ids(rules, ids)) return tl::unexpected(*wrong);
  }
  static const std::vector<FilterField> kFilters = {{"group-id", "GroupId"},
                                                    {"security-group-rule-id", "SecurityGroupRuleId"}};
  if (Check wrong = keep_matching(rules, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return ec2_page(request, std::move(rules), "SecurityGroupRules", 5);
}

// --- Create, delete

Check check_new_name(const std::string& what, const std::string& text) {
  static constexpr std::string_view kAllowed = " ._-:/()#,@[]+=&;{}!$*";
  bool fine =
      !text.empty() && text.size() <= kGroupNameMax && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != std::string_view::npos;
      });
  if (fine) return {};
  return AwsError{
      "InvalidParameterValue",
      fmt::format("Value ({}) for parameter {} is invalid. Character sets beyond ASCII are not supported.", text, what),
      400,
      {}};
}

Check check_group_name(Request& request, const std::string& name, const std::string& vpc) {
  if (Check wrong = check_new_name("GroupName", name)) return wrong;
  if (name.starts_with("sg-")) {
    return AwsError{
        "InvalidParameterValue",
        fmt::format("Value ({}) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name),
        400,
        {}};
  }
  if (name == "default") {
    return AwsError{"InvalidParameterValue", "Cannot use reserved security group name: default", 400, {}};
  }
  bool taken = false;
  request.each(kGroup, [&](const std::string&, const Json& group) {
    taken = taken || (group.value("GroupName", "") == name && group.value("VpcId", "") == vpc);
  });
  if (!taken) return {};
  return AwsError{
      "InvalidGroup.Duplicate", fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc), 400, {}};
}

std::vector<SecurityRule> first_rules(const std::string& group_id, const Json& vpc) {
  SecurityRule all_out;
  all_out.egress = true;
  all_out.protocol = "-1";
  all_out.peer = "0.0.0.0/0";
  all_out.id = rule_id(group_id, all_out);
  std::vector<SecurityRule> rules = {all_out};
  if (!base::member(vpc, "Ipv6CidrBlockAssociationSet").empty()) {
    all_out.kind = PeerKind::ipv6;
    all_out.peer = "::/0";
    all_out.id = rule_id(group_id, all_out);
    rules.push_back(all_out);
  }
  return rules;
}

Answer create_security_group(Request& request) {
  std::string name = request.text("GroupName");
  std::string vpc_id = request.has("VpcId") ? request.text("VpcId") : default_vpc(request);
  if (vpc_id.empty()) return error("VPCIdNotSpecified", "No default VPC for this user");
  const Json* vpc = request.find("AWS::EC2::VPC", vpc_id);
  if (!vpc) return error("InvalidVpcID.NotFound", fmt::format("The vpc ID '{}' does not exist", vpc_id));
  if (!request.has("Description"))
    return error("MissingParameter", "The request must contain the parameter GroupDescription");
  Check wrong = check_group_name(request, name, vpc_id);
  if (!wrong) wrong = check_new_name("GroupDescription", request.text("Description"));
  if (wrong) return tl::unexpected(*wrong);
  std::string id = request.state().next_id("sg-");
  Json group = {{"GroupId", id},
                {"GroupName", name},
                {"Description", request.text("Description")},
                {"OwnerId", request.account()},
                {"VpcId", vpc_id},
                {"Tags", tags_to_give(request, "security-group")}};
  set_rules(group, first_rules(id, *vpc));
  Json tags = group["Tags"];
  request.put(kGroup, id, std::move(group));
  return Json{{"GroupId", id}, {"Tags", tags}, {"SecurityGroupArn", request.arn("ec2", "security-group/" + id)}};
}

bool refers_to(const Json& group, const std::string& id) {
  std::vector<SecurityRule> rules = rules_of(group);
  return std::any_of(rules.begin(), rules.end(),
                     [&](const SecurityRule& rule) { return rule.kind == PeerKind::group && rule.peer == id; });
}

bool in_use(Request& request, const std::string& id) {
  bool used = false;
  request.each(kGroup, [&](const std::string& other, const Json& group) {
    used = used || (other != id && refers_to(group, id));
  });
  for (const auto& [type, path] : {std::pair{"AWS::EC2::Instance", "SecurityGroups.GroupId"},
                                   {"AWS::EC2::NetworkInterface", "Groups.GroupId"},
                                   {"AWS::RDS::DBInstance", "VpcSecurityGroups.VpcSecurityGroupId"},
                                   {"AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups"}}) {
    request.each(type, [&, path = path](const std::string&, const Json& document) {
      std::vector<std::string> groups = values_at(document, path);
      used = used || std::find(groups.begin(), groups.end(), id) != groups.end();
    });
  }
  return used;
}

Answer delete_security_group(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  std::string id = group->value("GroupId", "");
  if (group->value("GroupName", "") == "default") {
    return error("CannotDelete",
                 fmt::format("the specified group: \"{}\" name: \"default\" cannot be deleted by a user", id));
  }
  if (in_use(request, id)) return error("DependencyViolation", fmt::format("resource {} has a dependent object", id));
  request.state().erase(request.key(kGroup, id));
  return Json{{"Return", true}, {"GroupId", id}};
}

// --- Authorize, revoke

std::vector<SecurityRule>::iterator same_rule(std::vector<SecurityRule>& rules, const SecurityRule& wanted) {
  return std::find_if(rules.begin(), rules.end(),
                      [&](const SecurityRule& rule) { return rule.identity() == wanted.identity(); });
}

Check add_rules(std::vector<SecurityRule>& rules, const std::vector<SecurityRule>& added, bool egress) {
  for (const SecurityRule& rule : added) {
    if (same_rule(rules, rule) != rules.end()) {
      return AwsError{"InvalidPermission.Duplicate",
                      fmt::format("the specified rule \"{}\" already exists", rule_words(rule)),
                      400,
                      {}};
    }
    rules.push_back(rule);
  }
  auto count =
      std::count_if(rules.begin(), rules.end(), [&](const SecurityRule& rule) { return rule.egress == egress; });
  if (static_cast<std::size_t>(count) <= kRulesPerDirectionMax) return {};
  return AwsError{"RulesPerSecurityGroupLimitExceeded",
                  "The maximum number of rules per security group has been reached.",
                  400,
                  {}};
}

Json rules_answer(Request& request, const std::string& group_id, const std::vector<SecurityRule>& rules) {
  Json list = Json::array();
  for (const SecurityRule& rule : rules) {
    Json entry = rule_json(rule);
    entry["GroupId"] = group_id;
    entry["GroupOwnerId"] = request.account();
    entry["SecurityGroupRuleArn"] = request.arn("ec2", "security-group-rule/" + rule.id);
    list.push_back(std::move(entry));
  }
  return list;
}

Answer authorize(Request& request, bool egress) {
  Answer group = group_of(request);
  if (!group) return group;
  RuleScope scope = scope_of(request, *group, egress);
  Rules added = rules_from_request(scope);
  if (!added) return tl::unexpected(added.error());
  if (Check wrong = check_groups_exist(scope, *added)) return tl::unexpected(*wrong);
  for (SecurityRule& rule : *added) rule.tags = tags_to_give(request, "security-group-rule");
  std::vector<SecurityRule> rules = rules_of(*group);
  if (Check wrong = add_rules(rules, *added, egress)) return tl::unexpected(*wrong);
  set_rules(*group, std::move(rules));
  request.put(kGroup, scope.group_id, *group);
  return Json{{"Return", true}, {"SecurityGroupRules", rules_answer(request, scope.group_id, *added)}};
}

Answer authorize_ingress(Request& request) { return authorize(request, false); }
Answer authorize_egress(Request& request) { return authorize(request, true); }

Check take_ids(std::vector<SecurityRule>& rules, const Json& ids, bool egress) {
  for (const Json& id : ids) {
    std::string wanted = id.get<std::string>();
    if (!wanted.starts_with("sgr-")) {
      return AwsError{"InvalidSecurityGroupRuleId.Malformed",
                      fmt::format("Invalid id: \"{}\" (expecting \"sgr-...\")", wanted),
                      400,
                      {}};
    }
    auto found = std::find_if(rules.begin(), rules.end(),
                              [&](const SecurityRule& rule) { return rule.id == wanted && rule.egress == egress; });
    if (found == rules.end()) {
      return AwsError{"InvalidSecurityGroupRuleId.NotFound",
                      fmt::format("The security group rule ID '{}' does not exist", wanted),
                      400,
                      {}};
    }
    rules.erase(found);
  }
  return {};
}

// In a default VPC what does not match is named in the answer; in any other VPC it is an error and nothing is revoked.
Answer take_permissions(Request& request, const RuleScope& scope, std::vector<SecurityRule>& rules) {
  Rules given = rules_from_request(scope);
  if (!given) return tl::unexpected(given.error());
  std::vector<SecurityRule> unknown;
  for (const SecurityRule& rule : *given) {
    auto found = same_rule(rules, rule);
    if (found == rules.end())
      unknown.push_back(rule);
    else
      rules.erase(found);
  }
  if (unknown.empty()) return Json{{"Return", true}};
  if (scope.vpc_id != default_vpc(request)) {
    return error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
  }
  return Json{{"Return", true}, {"UnknownIpPermissions", permissions_of(unknown, scope.egress)}};
}

Answer revoke(Request& request, bool egress) {
  Answer group = group_of(request);
  if (!group) return group;
  RuleScope scope = scope_of(request, *group, egress);
  std::vector<SecurityRule> rules = rules_of(*group);
  const Json& ids = request.parameter("SecurityGroupRuleIds");
  if (!ids.empty() && !request.parameter("IpPermissions").empty()) {
    return error("InvalidParameterCombination",
                 "Only one of 'ipPermissions' or 'securityGroupRuleIds' can be provided.");
  }
  Answer answer = Json{{"Return", true}};
  if (ids.empty()) {
    answer = take_permissions(request, scope, rules);
  } else if (Check wrong = take_ids(rules, ids, egress)) {
    return tl::unexpected(*wrong);
  }
  if (!answer) return answer;
  set_rules(*group, std::move(rules));
  request.put(kGroup, scope.group_id, *group);
  return answer;
}

Answer revoke_ingress(Request& request) { return revoke(request, false); }
Answer revoke_egress(Request& request) { return revoke(request, true); }

// --- Modify

Check replace_rule(Request& request, const Json& group, const Json& update, std::vector<SecurityRule>& rules) {
  std::string id = base::string_member(update, "SecurityGroupRuleId");
  auto found = std::find_if(rules.begin(), rules.end(), [&](const SecurityRule& rule) { return rule.id == id; });
  if (found == rules.end()) {
    return AwsError{"InvalidSecurityGroupRuleId.NotFound",
                    fmt::format("The security group rule ID '{}' does not exist", id),
                    400,
                    {}};
  }
  auto changed_rule =
      rule_from_rule_request(scope_of(request, group, found->egress), base::member(update, "SecurityGroupRule"));
  if (!changed_rule) return changed_rule.error();
  if (changed_rule->kind != found->kind) {
    return AwsError{"InvalidParameterValue",
                    "The type of the source or destination of a security group rule cannot be changed",
                    400,
                    {}};
  }
  auto twin_rule = same_rule(rules, *changed_rule);
  if (twin_rule != rules.end() && twin_rule != found) {
    return AwsError{"InvalidPermission.Duplicate",
                    fmt::format("the specified rule \"{}\" already exists", rule_words(*changed_rule)),
                    400,
                    {}};
  }
  changed_rule->id = found->id;
  changed_rule->tags = found->tags;
  *found = *changed_rule;
  return {};
}

Answer modify_security_group_rules(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  std::vector<SecurityRule> rules = rules_of(*group);
  for (const Json& update : request.parameter("SecurityGroupRules")) {
    if (Check wrong = replace_rule(request, *group, update, rules)) return tl::unexpected(*wrong);
  }
  set_rules(*group, std::move(rules));
  request.put(kGroup, group->value("GroupId", ""), *group);
  return Json{{"Return", true}};
}

Check describe_by_id(std::vector<SecurityRule>& rules, const Json& descriptions, bool egress) {
  for (const Json& entry : descriptions) {
    std::string id = base::string_member(entry, "SecurityGroupRuleId");
    auto found = std::find_if(rules.begin(), rules.end(),
                              [&](const SecurityRule& rule) { return rule.id == id && rule.egress == egress; });
    if (found == rules.end()) {
      return AwsError{"InvalidSecurityGroupRuleId.NotFound",
                      fmt::format("The security group rule ID '{}' does not exist", id),
                      400,
                      {}};
    }
    found->description = base::string_member(entry, "Description");
  }
  return {};
}

Check describe_by_permission(const RuleScope& scope, std::vector<SecurityRule>& rules) {
  Rules given = rules_from_request(scope);
  if (!given) return given.error();
  for (const SecurityRule& rule : *given) {
    auto found = same_rule(rules, rule);
    if (found == rules.end()) {
      return AwsError{
          "InvalidPermission.NotFound", "The specified rule does not exist in this security group.", 400, {}};
    }
    found->description = rule.description;
  }
  return {};
}

Answer update_descriptions(Request& request, bool egress) {
  Answer group = group_of(request);
  if (!group) return group;
  std::vector<SecurityRule> rules = rules_of(*group);
  const Json& by_id = request.parameter("SecurityGroupRuleDescriptions");
  RuleScope scope = scope_of(request, *group, egress);
  Check wrong = by_id.empty() ? describe_by_permission(scope, rules) : describe_by_id(rules, by_id, egress);
  if (wrong) return tl::unexpected(*wrong);
  set_rules(*group, std::move(rules));
  request.put(kGroup, scope.group_id, *group);
  return Json{{"Return", true}};
}

Answer update_ingress_descriptions(Request& request) { return update_descriptions(request, false); }
Answer update_egress_descriptions(Request& request) { return update_descriptions(request, true); }

}  // namespace

std::vector<Operation> ec2_security_group_operations() {
  return {
      {"ec2", "DescribeSecurityGroups", Effect::read, describe_security_groups},
      {"ec2", "DescribeSecurityGroupRules", Effect::read, describe_security_group_rules},
      {"ec2", "CreateSecurityGroup", Effect::write, create_security_group},
      {"ec2", "DeleteSecurityGroup", Effect::write, delete_security_group},
      {"ec2", "AuthorizeSecurityGroupIngress", Effect::write, authorize_ingress},
      {"ec2", "AuthorizeSecurityGroupEgress", Effect::write, authorize_egress},
      {"ec2", "RevokeSecurityGroupIngress", Effect::write, revoke_ingress},
      {"ec2", "RevokeSecurityGroupEgress", Effect::write, revoke_egress},
      {"ec2", "ModifySecurityGroupRules", Effect::write, modify_security_group_rules},
      {"ec2", "UpdateSecurityGroupRuleDescriptionsIngress", Effect::write, update_ingress_descriptions},
      {"ec2", "UpdateSecurityGroupRuleDescriptionsEgress", Effect::write, update_egress_descriptions},
  };
}

}  // namespace setpoint::twin::services
