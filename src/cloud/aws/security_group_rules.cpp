#include "cloud/aws/security_group_rules.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

namespace setpoint::cloud::aws {

using base::Json;
using base::member;
using base::string_member;
using Peer = SecurityGroupRule::Peer;

namespace {

// One list of peers inside a permission: its names in AWS Config and in the API.
struct PeerList {
  const char* config_list;
  const char* config_member;
  const char* api_list;
  const char* api_member;
  Peer kind;
};
constexpr PeerList kPeerLists[] = {
    {"ipv4Ranges", "cidrIp", "IpRanges", "CidrIp", Peer::ipv4},
    {"ipv6Ranges", "cidrIpv6", "Ipv6Ranges", "CidrIpv6", Peer::ipv6},
    {"prefixListIds", "prefixListId", "PrefixListIds", "PrefixListId", Peer::prefix_list},
    {"userIdGroupPairs", "groupId", "UserIdGroupPairs", "GroupId", Peer::group},
};
constexpr const char* kLegacyRanges = "ipRanges";

std::optional<std::int64_t> port(const Json& permission, const char* name) {
  const Json& value = member(permission, name);
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

SecurityGroupRule rule_head(const Json& permission, bool egress) {
  SecurityGroupRule rule;
  rule.egress = egress;
  rule.protocol = string_member(permission, "ipProtocol");
  rule.from_port = port(permission, "fromPort");
  rule.to_port = port(permission, "toPort");
  return rule;
}

SecurityGroupRule with_peer(SecurityGroupRule rule, const Json& entry, const PeerList& list) {
  rule.peer_kind = list.kind;
  rule.peer = entry.is_string() ? entry.get<std::string>() : string_member(entry, list.config_member);
  rule.description = string_member(entry, "description");
  if (list.kind == Peer::group) rule.peer_owner = string_member(entry, "userId");
  return rule;
}

void append_list(const Json& permission, bool egress, const PeerList& list, std::vector<SecurityGroupRule>& out) {
  for (const Json& entry : member(permission, list.config_list))
    out.push_back(with_peer(rule_head(permission, egress), entry, list));
}

// Older items carry the ranges only as a list of text.
void append_legacy(const Json& permission, bool egress, std::vector<SecurityGroupRule>& out) {
  if (!member(permission, "ipv4Ranges").empty()) return;
  for (const Json& entry : member(permission, kLegacyRanges))
    out.push_back(with_peer(rule_head(permission, egress), entry, kPeerLists[0]));
}

void append_permission(const Json& permission, bool egress, std::vector<SecurityGroupRule>& out) {
  for (const PeerList& list : kPeerLists) append_list(permission, egress, list, out);
  append_legacy(permission, egress, out);
}

void sort_unique(std::vector<SecurityGroupRule>& rules) {
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
}

std::vector<std::string> split_pointer(std::string_view path) {
  std::vector<std::string> parts;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    std::size_t end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

const Json* element(const Json& list, const std::string& index) {
  std::size_t at = 0;
  auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), at);
  bool ok = error == std::errc() && end == index.data() + index.size() && list.is_array() && at < list.size();
  return ok ? &list[at] : nullptr;
}

// The description is not part of a legacy range; the full entry beside it has it.
SecurityGroupRule with_description_of(SecurityGroupRule rule, const std::vector<SecurityGroupRule>& all) {
  auto found =
      std::find_if(all.begin(), all.end(), [&](const SecurityGroupRule& other) { return rule.same_tuple(other); });
  return found == all.end() ? rule : *found;
}

// parts: configuration, ipPermissions, i [, list, j, ...]
void append_named(const Json& item, const std::vector<std::string>& parts, const std::vector<SecurityGroupRule>& all,
                  std::vector<SecurityGroupRule>& out) {
  bool egress = parts[1] == "ipPermissionsEgress";
  const Json* permission = element(member(member(item, "configuration"), parts[1]), parts[2]);
  if (permission == nullptr) return;
  if (parts.size() < 5) return append_permission(*permission, egress, out);
  const Json* entry = element(member(*permission, parts[3]), parts[4]);
  if (entry == nullptr) return append_permission(*permission, egress, out);
  for (const PeerList& list : kPeerLists) {
    bool legacy = list.kind == Peer::ipv4 && parts[3] == kLegacyRanges;
    if (parts[3] == list.config_list || legacy) {
      out.push_back(with_description_of(with_peer(rule_head(*permission, egress), *entry, list), all));
    }
  }
}

using BundleKey = std::tuple<std::string, std::optional<std::int64_t>, std::optional<std::int64_t>>;

Json peer_json(const SecurityGroupRule& rule, const PeerList& list, bool with_description) {
  Json out = {{list.api_member, rule.peer}};
  if (rule.peer_kind == Peer::group && !rule.peer_owner.empty()) out["UserId"] = rule.peer_owner;
  if (with_description && !rule.description.empty()) out["Description"] = rule.description;
  return out;
}

std::string ports_text(const SecurityGroupRule& rule) {
  if (!rule.from_port) return "all ports";
  std::string from = std::to_string(*rule.from_port);
  return rule.to_port && *rule.to_port != *rule.from_port ? from + "-" + std::to_string(*rule.to_port) : from;
}

}  // namespace

bool SecurityGroupRule::same_tuple(const SecurityGroupRule& other) const {
  return std::tie(egress, protocol, from_port, to_port, peer_kind, peer) ==
         std::tie(other.egress, other.protocol, other.from_port, other.to_port, other.peer_kind, other.peer);
}

std::string SecurityGroupRule::text() const {
  return fmt::format("{} {} {} {} {}", egress ? "egress" : "ingress", protocol == "-1" ? "all" : protocol,
                     ports_text(*this), egress ? "to" : "from", peer);
}

std::vector<SecurityGroupRule> security_group_rules(const Json& item) {
  std::vector<SecurityGroupRule> out;
  const Json& configuration = member(item, "configuration");
  for (const Json& permission : member(configuration, "ipPermissions")) append_permission(permission, false, out);
  for (const Json& permission : member(configuration, "ipPermissionsEgress")) append_permission(permission, true, out);
  sort_unique(out);
  return out;
}

std::vector<SecurityGroupRule> rules_named_by(const Json& item, std::span<const model::Evidence> evidence) {
  std::vector<SecurityGroupRule> all = security_group_rules(item);
  std::vector<SecurityGroupRule> out;
  for (const model::Evidence& part : evidence) {
    std::vector<std::string> parts = split_pointer(part.path);
    bool inside = part.resolved && parts.size() >= 3 && parts[0] == "configuration" &&
                  (parts[1] == "ipPermissions" || parts[1] == "ipPermissionsEgress");
    if (inside) append_named(item, parts, all, out);
  }
  sort_unique(out);
  return out;
}

Json to_ip_permissions(std::span<const SecurityGroupRule> rules, bool with_descriptions) {
  std::map<BundleKey, Json> bundles;
  for (const SecurityGroupRule& rule : rules) {
    Json& bundle = bundles[{rule.protocol, rule.from_port, rule.to_port}];
    bundle["IpProtocol"] = rule.protocol;
    if (rule.from_port) bundle["FromPort"] = *rule.from_port;
    if (rule.to_port) bundle["ToPort"] = *rule.to_port;
    const PeerList& list = kPeerLists[static_cast<std::size_t>(rule.peer_kind)];
    bundle[list.api_list].push_back(peer_json(rule, list, with_descriptions));
  }
  Json out = Json::array();
  for (auto& [key, bundle] : bundles) out.push_back(std::move(bundle));
  return out;
}

}  // namespace setpoint::cloud::aws
