// The rules of one EC2 security group, taken apart into tuples: (direction, protocol, ports, one peer). An IpPermission
// of the API and an entry of configuration.ipPermissions bundle many peers; what is revoked, restored and compared is
// the single tuple, so that a permission with several ranges keeps its other ranges.
//
// Sources: EC2 API reference (IpPermission), AWS Config's schema of AWS::EC2::SecurityGroup (lower camel; ipv4Ranges
// beside the older ipRanges, a list of text).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::cloud::aws {

struct SecurityGroupRule {
  enum class Peer { ipv4, ipv6, prefix_list, group };

  bool egress = false;
  std::string protocol;                   // "tcp", "udp", "icmp", "-1" (all), a number
  std::optional<std::int64_t> from_port;  // ICMP type; absent with "-1"
  std::optional<std::int64_t> to_port;    // ICMP code
  Peer peer_kind = Peer::ipv4;
  std::string peer;        // CIDR, pl-..., sg-...
  std::string peer_owner;  // account of a peer group; "" where not told
  std::string description;

  auto operator<=>(const SecurityGroupRule&) const = default;
  bool same_tuple(const SecurityGroupRule& other) const;  // everything but the description
  std::string text() const;                               // "ingress tcp 22 from 0.0.0.0/0"
};

// Of a configuration item; sorted, without repetition.
std::vector<SecurityGroupRule> security_group_rules(const base::Json& item);

// The rules that evidence points into: a path to a range names that range, a path to a permission names all its peers.
// Paths outside ipPermissions / ipPermissionsEgress name none, nor does what did not resolve: its path says how far the
// query got, and what stands there did not fail.
std::vector<SecurityGroupRule> rules_named_by(const base::Json& item, std::span<const model::Evidence> evidence);

// IpPermissions for Authorize*/Revoke*, bundled by protocol and ports, in sorted order.
base::Json to_ip_permissions(std::span<const SecurityGroupRule> rules, bool with_descriptions);

}  // namespace setpoint::cloud::aws
