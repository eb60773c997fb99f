// The rules of EC2 security groups: from requests to one canonical flat form, and back to both forms of the API.
//
// A group's document keeps "Rules": a list in the shape of SecurityGroupRule (one peer each), sorted, so that a group
// to which a rule is given back after it was taken is the same document. For the same reason a rule's id is made from
// the group and the rule's content: at AWS the id would be a new one. Source: EC2 API reference,
// AuthorizeSecurityGroupIngress, IpPermission, SecurityGroupRule.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin::services {

enum class PeerKind { ipv4, ipv6, prefix_list, group };

struct SecurityRule {
  std::string id;
  bool egress = false;
  std::string protocol;    // tcp, udp, icmp, icmpv6, -1, or a number
  std::int64_t from = -1;  // -1 = all ports, all ICMP types
  std::int64_t to = -1;
  PeerKind kind = PeerKind::ipv4;
  std::string peer;        // a CIDR block, pl-..., sg-...
  std::string peer_owner;  // account of a group
  std::string description;
  Json tags = Json::array();

  // Everything by which AWS tells two rules apart; the description and tags are not among it.
  auto identity() const { return std::tie(egress, protocol, from, to, kind, peer); }
};

// What a rule belongs to and may refer to.
struct RuleScope {
  Request& request;
  std::string group_id;
  std::string vpc_id;
  bool egress = false;
};

using Rules = tl::expected<std::vector<SecurityRule>, AwsError>;
// IpPermissions, and the old flat members (IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName) of a request.
Rules rules_from_request(const RuleScope& scope);
// Refuses like AWS what is not well-formed.
Rules rules_from_permissions(const RuleScope& scope, const Json& permissions);
// SecurityGroupRuleRequest of ModifySecurityGroupRules.
tl::expected<SecurityRule, AwsError> rule_from_rule_request(const RuleScope& scope, const Json& rule_request);

// A rule that is to be added may only name a group that exists; one that is to be taken away may name a deleted one.
Check check_groups_exist(const RuleScope& scope, const std::vector<SecurityRule>& rules);

std::vector<SecurityRule> rules_of(const Json& group);
void set_rules(Json& group, std::vector<SecurityRule> rules);
Json rule_json(const SecurityRule& rule);
// IpPermissions or IpPermissionsEgress of a group's document.
Json permissions_of(const std::vector<SecurityRule>& rules, bool egress);

// "10.1.2.3/8" -> "10.0.0.0/8", as EC2 does; nullopt where it is no CIDR block of this family.
std::optional<std::string> canonical_cidr(std::string_view text, bool ipv6);
// sgr-..., from the group and the rule's identity.
std::string rule_id(const std::string& group_id, const SecurityRule& rule);
// The words of InvalidPermission.Duplicate: peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW
std::string rule_words(const SecurityRule& rule);

}  // namespace setpoint::twin::services
