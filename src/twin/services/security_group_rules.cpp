#include "twin/services/security_group_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "twin/services/listing.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kPortMax = 65'535;

std::string canonical_protocol(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::map<std::string, std::string> kNames = {
      {"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"}, {"all", "-1"}};
  auto found = kNames.find(text);
  return found == kNames.end() ? text : found->second;
}

bool has_ports(const std::string& protocol) { return protocol == "tcp" || protocol == "udp"; }
bool is_icmp(const std::string& protocol) { return protocol == "icmp" || protocol == "icmpv6"; }

bool known_protocol(const std::string& protocol) {
  if (has_ports(protocol) || is_icmp(protocol) || protocol == "-1") return true;
  int number = -1;
  const char* end = protocol.data() + protocol.size();
  return std::from_chars(protocol.data(), end, number).ptr == end && !protocol.empty() && number >= 0 && number <= 255;
}

AwsError invalid(std::string message) { return {"InvalidParameterValue", std::move(message), 400, Json::object()}; }

Check check_ports(const SecurityRule& rule) {
  if (rule.from < 0 || rule.to < 0)
    return invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  if (rule.from > kPortMax || rule.to > kPortMax)
    return invalid(
        fmt::format("Invalid value '{}-{}' for portRange. Must be between 0 and 65535.", rule.from, rule.to));
  if (rule.from > rule.to) return invalid(fmt::format("Invalid TCP/UDP port range ({}:{})", rule.from, rule.to));
  return {};
}

Check check_icmp(const SecurityRule& rule, bool given) {
  if (!given) return invalid("Invalid value 'Must specify both from and to ports with ICMP.' for portRange.");
  if (rule.from < -1 || rule.from > 255 || rule.to < -1 || rule.to > 255) {
    return invalid(fmt::format("ICMP code ({}) out of range", rule.from < -1 || rule.from > 255 ? rule.from : rule.to));
  }
  return {};
}

// Protocol and ports of an IpPermission or a SecurityGroupRuleRequest.
Check read_traffic(const Json& from, SecurityRule& rule) {
  rule.protocol = canonical_protocol(base::string_member(from, "IpProtocol"));
  if (rule.protocol.empty())
    return AwsError{"MissingParameter", "The request must contain the parameter ipProtocol", 400, {}};
  if (!known_protocol(rule.protocol))
    return invalid(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", rule.protocol));
  const Json& low = base::member(from, "FromPort");
  const Json& high = base::member(from, "ToPort");
  if (has_ports(rule.protocol) || is_icmp(rule.protocol)) {
    rule.from = low.is_number() ? low.get<std::int64_t>() : -1;
    rule.to = high.is_number() ? high.get<std::int64_t>() : -1;
    return has_ports(rule.protocol) ? check_ports(rule) : check_icmp(rule, low.is_number() && high.is_number());
  }
  return {};  // any other protocol is all ports, whatever the request says
}

Check read_description(const Json& from, SecurityRule& rule) {
  rule.description = base::string_member(from, "Description");
  static constexpr std::string_view kAllowed = " ._-:/()#,@[]+=&;{}!$*";
  bool fine = rule.description.size() <= 255 &&
              std::all_of(rule.description.begin(), rule.description.end(), [](unsigned char c) {
                return std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != std::string_view::npos;
              });
  if (fine) return {};
  return invalid(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  "
      "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

Check read_cidr(const std::string& text, bool ipv6, SecurityRule& rule) {
  std::optional<std::string> cidr = canonical_cidr(text, ipv6);
  if (!cidr) return invalid(fmt::format("CIDR block {} is malformed", text));
  rule.kind = ipv6 ? PeerKind::ipv6 : PeerKind::ipv4;
  rule.peer = *cidr;
  return {};
}

Check read_prefix_list(const std::string& id, SecurityRule& rule) {
  if (!id.starts_with("pl-")) {
    return AwsError{
        "InvalidPrefixListId.Malformed", fmt::format("Invalid id: \"{}\" (expecting \"pl-...\")", id), 400, {}};
  }
  rule.kind = PeerKind::prefix_list;
  rule.peer = id;
  return {};
}

std::string group_id_by_name(const RuleScope& scope, const std::string& name) {
  std::string id;
  scope.request.each("AWS::EC2::SecurityGroup", [&](const std::string& candidate, const Json& group) {
    if (base::string_member(group, "GroupName") == name && base::string_member(group, "VpcId") == scope.vpc_id)
      id = candidate;
  });
  return id;
}

Check read_group(const RuleScope& scope, const Json& pair, SecurityRule& rule) {
  std::string name = base::string_member(pair, "GroupName");
  rule.kind = PeerKind::group;
  rule.peer = base::string_member(pair, "GroupId");
  rule.peer_owner = base::string_member(pair, "UserId");
  if (rule.peer_owner.empty()) rule.peer_owner = scope.request.account();
  bool own = rule.peer_owner == scope.request.account();
  if (rule.peer.empty() && !name.empty() && own) rule.peer = group_id_by_name(scope, name);
  if (rule.peer.empty()) {
    return AwsError{
        "InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in default VPC", name), 400, {}};
  }
  if (!rule.peer.starts_with("sg-")) {
    return AwsError{
        "InvalidGroupId.Malformed", fmt::format("Invalid id: \"{}\" (expecting \"sg-...\")", rule.peer), 400, {}};
  }
  return {};
}

// A group of our own account must exist; of another account's we cannot know.
Check check_group_exists(const RuleScope& scope, const SecurityRule& rule) {
  if (rule.kind != PeerKind::group || rule.peer_owner != scope.request.account()) return {};
  if (scope.request.find("AWS::EC2::SecurityGroup", rule.peer)) return {};
  return AwsError{"InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist", rule.peer), 400, {}};
}

struct PeerList {
  const char* list;
  const char* member;
};

Check read_peer(const RuleScope& scope, const PeerList& peers, const Json& item, SecurityRule& rule) {
  std::string_view list = peers.list;
  if (Check wrong = read_description(item, rule)) return wrong;
  if (list == "UserIdGroupPairs") return read_group(scope, item, rule);
  std::string text = base::string_member(item, peers.member);
  return list == "PrefixListIds" ? read_prefix_list(text, rule) : read_cidr(text, list == "Ipv6Ranges", rule);
}

Check add_rules_of(const RuleScope& scope, const Json& permission, std::vector<SecurityRule>& rules) {
  static constexpr PeerList kLists[] = {{"IpRanges", "CidrIp"},
                                        {"Ipv6Ranges", "CidrIpv6"},
                                        {"PrefixListIds", "PrefixListId"},
                                        {"UserIdGroupPairs", "GroupId"}};
  SecurityRule traffic;
  traffic.egress = scope.egress;
  if (Check wrong = read_traffic(permission, traffic)) return wrong;
  std::size_t before = rules.size();
  for (const PeerList& peers : kLists) {
    for (const Json& item : base::member(permission, peers.list)) {
      SecurityRule rule = traffic;
      if (Check wrong = read_peer(scope, peers, item, rule)) return wrong;
      rule.id = rule_id(scope.group_id, rule);
      rules.push_back(std::move(rule));
    }
  }
  if (rules.size() == before) {
    return AwsError{"MissingParameter", "Source group ID missing.", 400, {}};
  }
  return {};
}

// The request's old flat form as one IpPermission; null where it is not used.
Json flat_permission(const Json& parameters) {
  if (base::member(parameters, "IpProtocol").is_null() && base::member(parameters, "SourceSecurityGroupName").is_null())
    return {};
  Json permission = {{"IpProtocol", base::member(parameters, "IpProtocol")}};
  for (const char* port : {"FromPort", "ToPort"}) permission[port] = base::member(parameters, port);
  if (parameters.contains("CidrIp")) permission["IpRanges"] = Json::array({{{"CidrIp", parameters["CidrIp"]}}});
  if (parameters.contains("SourceSecurityGroupName")) {
    if (permission["IpProtocol"].is_null()) permission["IpProtocol"] = "-1";
    permission["UserIdGroupPairs"] =
        Json::array({{{"GroupName", parameters["SourceSecurityGroupName"]},
                      {"UserId", base::member(parameters, "SourceSecurityGroupOwnerId")}}});
  }
  return permission;
}

const char* peer_member(PeerKind kind) {
  switch (kind) {
    case PeerKind::ipv4:
      return "CidrIpv4";
    case PeerKind::ipv6:
      return "CidrIpv6";
    case PeerKind::prefix_list:
      return "PrefixListId";
    case PeerKind::group:
      return "ReferencedGroupInfo";
  }
  return "";
}

SecurityRule rule_from_json(const Json& json) {
  SecurityRule rule;
  rule.id = base::string_member(json, "SecurityGroupRuleId");
  rule.egress = json.value("IsEgress", false);
  rule.protocol = base::string_member(json, "IpProtocol");
  rule.from = json.value("FromPort", std::int64_t{-1});
  rule.to = json.value("ToPort", std::int64_t{-1});
  rule.description = base::string_member(json, "Description");
  if (json.contains("Tags")) rule.tags = json["Tags"];
  for (PeerKind kind : {PeerKind::ipv4, PeerKind::ipv6, PeerKind::prefix_list, PeerKind::group}) {
    const Json& peer = base::member(json, peer_member(kind));
    if (peer.is_null()) continue;
    rule.kind = kind;
    rule.peer = kind == PeerKind::group ? base::string_member(peer, "GroupId") : peer.get<std::string>();
    rule.peer_owner = kind == PeerKind::group ? base::string_member(peer, "UserId") : "";
  }
  return rule;
}

Json peer_entry(const SecurityRule& rule) {
  Json entry = Json::object();
  if (!rule.description.empty()) entry["Description"] = rule.description;
  static constexpr const char* kMembers[] = {"CidrIp", "CidrIpv6", "PrefixListId", "GroupId"};
  entry[kMembers[static_cast<int>(rule.kind)]] = rule.peer;
  if (rule.kind == PeerKind::group) entry["UserId"] = rule.peer_owner;
  return entry;
}

Json empty_permission(const SecurityRule& rule) {
  Json permission = {{"IpProtocol", rule.protocol},
                     {"IpRanges", Json::array()},
                     {"Ipv6Ranges", Json::array()},
                     {"PrefixListIds", Json::array()},
                     {"UserIdGroupPairs", Json::array()}};
  if (has_ports(rule.protocol) || is_icmp(rule.protocol)) {
    permission["FromPort"] = rule.from;
    permission["ToPort"] = rule.to;
  }
  return permission;
}

}  // namespace

std::optional<std::string> canonical_cidr(std::string_view text, bool ipv6) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.size() > 64) return {};
  std::string address(text.substr(0, slash));
  int length = -1;
  const char* end = text.data() + text.size();
  const char* digits = text.data() + slash + 1;
  if (digits == end || std::from_chars(digits, end, length).ptr != end) return {};
  unsigned char bytes[16] = {};
  int family = ipv6 ? AF_INET6 : AF_INET;
  int bits = ipv6 ? 128 : 32;
  if (length < 0 || length > bits || inet_pton(family, address.c_str(), bytes) != 1) return {};
  for (int bit = length; bit < bits; ++bit) bytes[bit / 8] &= static_cast<unsigned char>(~(0x80 >> (bit % 8)));
  char printed[INET6_ADDRSTRLEN] = {};
  inet_ntop(family, bytes, printed, sizeof printed);
  return fmt::format("{}/{}", printed, length);
}

std::string rule_id(const std::string& group_id, const SecurityRule& rule) {
  std::string identity = fmt::format("{}|{}|{}|{}|{}|{}|{}", group_id, rule.egress, rule.protocol, rule.from, rule.to,
                                     static_cast<int>(rule.kind), rule.peer);
  return "sgr-" + base::sha256(identity).hex().substr(0, 17);
}

std::string rule_words(const SecurityRule& rule) {
  std::string protocol = rule.protocol == "-1" ? "ALL" : rule.protocol;
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (has_ports(rule.protocol)) {
    return fmt::format("peer: {}, {}, from port: {}, to port: {}, ALLOW", rule.peer, protocol, rule.from, rule.to);
  }
  if (is_icmp(rule.protocol))
    return fmt::format("peer: {}, {}, type: {}, code: {}, ALLOW", rule.peer, protocol, rule.from, rule.to);
  return fmt::format("peer: {}, {}, ALLOW", rule.peer, protocol);
}

Rules rules_from_permissions(const RuleScope& scope, const Json& permissions) {
  std::vector<SecurityRule> rules;
  for (const Json& permission : permissions) {
    if (Check wrong = add_rules_of(scope, permission, rules)) return tl::unexpected(*wrong);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t j = i + 1; j < rules.size(); ++j) {
      if (rules[i].identity() == rules[j].identity()) {
        return error("InvalidParameterValue", "The same permission must not appear multiple times");
      }
    }
  }
  return rules;
}

Rules rules_from_request(const RuleScope& scope) {
  Json parameters = pick(scope.request, {"IpPermissions", "IpProtocol", "FromPort", "ToPort", "CidrIp",
                                         "SourceSecurityGroupName", "SourceSecurityGroupOwnerId"});
  Json flat = flat_permission(parameters);
  const Json& given = base::member(parameters, "IpPermissions");
  if (flat.is_null() && (given.is_null() || given.empty())) {
    return error("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
  }
  return rules_from_permissions(scope, flat.is_null() ? given : Json::array({flat}));
}

tl::expected<SecurityRule, AwsError> rule_from_rule_request(const RuleScope& scope, const Json& rule_request) {
  SecurityRule rule;
  rule.egress = scope.egress;
  Check wrong = read_traffic(rule_request, rule);
  if (!wrong) wrong = read_description(rule_request, rule);
  std::string group = base::string_member(rule_request, "ReferencedGroupId");
  std::string prefix_list = base::string_member(rule_request, "PrefixListId");
  std::string ipv6 = base::string_member(rule_request, "CidrIpv6");
  std::string ipv4 = base::string_member(rule_request, "CidrIpv4");
  if (int(!group.empty()) + int(!prefix_list.empty()) + int(!ipv6.empty()) + int(!ipv4.empty()) != 1) {
    return error("InvalidParameterCombination",
                 "Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be specified");
  }
  if (!wrong && !group.empty()) wrong = read_group(scope, {{"GroupId", group}}, rule);
  if (!wrong && !prefix_list.empty()) wrong = read_prefix_list(prefix_list, rule);
  if (!wrong && (!ipv4.empty() || !ipv6.empty())) wrong = read_cidr(ipv6.empty() ? ipv4 : ipv6, !ipv6.empty(), rule);
  if (!wrong) wrong = check_group_exists(scope, rule);
  if (wrong) return tl::unexpected(*wrong);
  return rule;
}

Check check_groups_exist(const RuleScope& scope, const std::vector<SecurityRule>& rules) {
  for (const SecurityRule& rule : rules) {
    if (Check wrong = check_group_exists(scope, rule)) return wrong;
  }
  return {};
}

std::vector<SecurityRule> rules_of(const Json& group) {
  std::vector<SecurityRule> out;
  for (const Json& rule : base::member(group, "Rules")) out.push_back(rule_from_json(rule));
  return out;
}

void set_rules(Json& group, std::vector<SecurityRule> rules) {
  std::sort(rules.begin(), rules.end(),
            [](const SecurityRule& a, const SecurityRule& b) { return a.identity() < b.identity(); });
  Json list = Json::array();
  for (const SecurityRule& rule : rules) list.push_back(rule_json(rule));
  group["Rules"] = std::move(list);
}

Json rule_json(const SecurityRule& rule) {
  Json out = {{"SecurityGroupRuleId", rule.id}, {"IsEgress", rule.egress}, {"IpProtocol", rule.protocol},
              {"FromPort", rule.from},          {"ToPort", rule.to},       {"Tags", rule.tags}};
  if (!rule.description.empty()) out["Description"] = rule.description;
  if (rule.kind == PeerKind::group) {
    out["ReferencedGroupInfo"] = {{"GroupId", rule.peer}, {"UserId", rule.peer_owner}};
  } else {
    out[peer_member(rule.kind)] = rule.peer;
  }
  return out;
}

Json permissions_of(const std::vector<SecurityRule>& rules, bool egress) {
  static constexpr const char* kLists[] = {"IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"};
  std::map<std::tuple<std::string, std::int64_t, std::int64_t>, Json> by_traffic;
  for (const SecurityRule& rule : rules) {
    if (rule.egress != egress) continue;
    auto at = by_traffic.try_emplace({rule.protocol, rule.from, rule.to}, empty_permission(rule)).first;
    at->second[kLists[static_cast<int>(rule.kind)]].push_back(peer_entry(rule));
  }
  Json out = Json::array();
  for (auto& [traffic, permission] : by_traffic) out.push_back(std::move(permission));
  return out;
}

}  // namespace setpoint::twin::services
