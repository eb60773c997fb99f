// Making and deleting EC2's networks, with what AWS makes beside them: a VPC comes with its default security group,
// its default ACL and its main route table, and takes them with it. What is made is there at once. Source: EC2 API
// reference, Amazon VPC user guide.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "twin/resource_types.h"
#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/security_group_rules.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kVpc = "AWS::EC2::VPC";
constexpr const char* kSubnet = "AWS::EC2::Subnet";
constexpr const char* kGroup = "AWS::EC2::SecurityGroup";
constexpr const char* kAcl = "AWS::EC2::NetworkAcl";
constexpr const char* kRouteTable = "AWS::EC2::RouteTable";
constexpr const char* kGateway = "AWS::EC2::InternetGateway";

// The widest and the narrowest block of a VPC or a subnet.
constexpr int kMaskLeast = 16, kMaskMost = 28;

struct Block {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::string text;
};

std::optional<Block> block_of(const std::string& cidr) {
  std::optional<std::string> canonical = canonical_cidr(cidr, false);
  if (!canonical) return {};
  std::size_t slash = canonical->find('/');
  int mask = 0;
  std::from_chars(canonical->data() + slash + 1, canonical->data() + canonical->size(), mask);
  in_addr address{};
  if (mask < kMaskLeast || mask > kMaskMost || inet_pton(AF_INET, canonical->substr(0, slash).c_str(), &address) != 1)
    return {};
  std::uint32_t first = ntohl(address.s_addr);
  return Block{first, first + (1u << (32 - mask)) - 1, *canonical};
}

Answer named(Request& request, const std::string& id) {
  const Ec2Type* type = ec2_type_of(id);
  const Json* found = type ? request.find(type->type, id) : nullptr;
  if (!found) return tl::unexpected(ec2_missing(id));
  return *found;
}

// --- VPCs

void make_default_group(Request& request, const std::string& vpc) {
  std::string id = request.state().next_id("sg-");
  SecurityRule from_itself;
  from_itself.protocol = "-1";
  from_itself.kind = PeerKind::group;
  from_itself.peer = id;
  from_itself.peer_owner = request.account();
  from_itself.id = rule_id(id, from_itself);
  SecurityRule to_all;
  to_all.egress = true;
  to_all.protocol = "-1";
  to_all.peer = "0.0.0.0/0";
  to_all.id = rule_id(id, to_all);
  Json group = {{"GroupId", id},
                {"GroupName", "default"},
                {"Description", "default VPC security group"},
                {"OwnerId", request.account()},
                {"VpcId", vpc},
                {"Tags", Json::array()}};
  set_rules(group, {from_itself, to_all});
  request.put(kGroup, id, std::move(group));
}

Json acl_entries(const char* first_action) {
  Json entries = Json::array();
  for (bool egress : {false, true}) {
    for (const auto& [number, action] : {std::pair{100, first_action}, {32'767, "deny"}}) {
      if (number == 100 && std::string_view(action) == "deny") continue;
      entries.push_back({{"RuleNumber", number},
                         {"Protocol", "-1"},
                         {"RuleAction", action},
                         {"Egress", egress},
                         {"CidrBlock", "0.0.0.0/0"}});
    }
  }
  return entries;
}

Json make_acl(Request& request, const std::string& vpc, bool is_default) {
  std::string id = request.state().next_id("acl-");
  Json acl = {{"NetworkAclId", id},
              {"VpcId", vpc},
              {"OwnerId", request.account()},
              {"IsDefault", is_default},
              {"Associations", Json::array()},
              {"Entries", acl_entries(is_default ? "allow" : "deny")},
              {"Tags", is_default ? Json::array() : tags_to_give(request, "network-acl")}};
  request.put(kAcl, id, acl);
  return acl;
}

void make_main_routes(Request& request, const std::string& vpc, const std::string& cidr) {
  std::string id = request.state().next_id("rtb-");
  request.put(kRouteTable, id,
              {{"RouteTableId", id},
               {"VpcId", vpc},
               {"OwnerId", request.account()},
               {"PropagatingVgws", Json::array()},
               {"Associations", Json::array({{{"Main", true},
                                              {"RouteTableId", id},
                                              {"RouteTableAssociationId", request.state().next_id("rtbassoc-")},
                                              {"AssociationState", {{"State", "associated"}}}}})},
               {"Routes", Json::array({{{"DestinationCidrBlock", cidr},
                                        {"GatewayId", "local"},
                                        {"Origin", "CreateRouteTable"},
                                        {"State", "active"}}})},
               {"Tags", Json::array()}});
}

Json make_vpc(Request& request, const std::string& cidr, bool is_default) {
  std::string id = request.state().next_id("vpc-");
  Json vpc = {{"VpcId", id},
              {"CidrBlock", cidr},
              {"OwnerId", request.account()},
              {"State", "available"},
              {"IsDefault", is_default},
              {"InstanceTenancy", request.has("InstanceTenancy") ? request.text("InstanceTenancy") : "default"},
              {"DhcpOptionsId", "default"},
              {"CidrBlockAssociationSet", Json::array({{{"AssociationId", request.state().next_id("vpc-cidr-assoc-")},
                                                        {"CidrBlock", cidr},
                                                        {"CidrBlockState", {{"State", "associated"}}}}})},
              {"Ipv6CidrBlockAssociationSet", Json::array()},
              {"Attributes", {{"EnableDnsSupport", true}, {"EnableDnsHostnames", is_default}}},
              {"Tags", tags_to_give(request, "vpc")}};
  request.put(kVpc, id, vpc);
  make_default_group(request, id);
  make_acl(request, id, true);
  make_main_routes(request, id, cidr);
  return without(vpc, {"Attributes"});
}

Answer create_vpc(Request& request) {
  if (!request.has("CidrBlock"))
    return error("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  std::optional<Block> block = block_of(request.text("CidrBlock"));
  if (!block && !canonical_cidr(request.text("CidrBlock"), false))
    return error("InvalidParameterValue",
                 fmt::format("Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
                             request.text("CidrBlock")));
  if (!block) return error("InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", request.text("CidrBlock")));
  return Json{{"Vpc", make_vpc(request, block->text, false)}};
}

std::vector<Json> of_vpc(Request& request, const char* type, const std::string& vpc) {
  std::vector<Json> out;
  request.each(type, [&](const std::string&, const Json& document) {
    if (document.value("VpcId", "") == vpc) out.push_back(document);
  });
  return out;
}

bool is_main(const Json& routes) {
  std::vector<std::string> main = values_at(routes, "Associations.Main");
  return std::find(main.begin(), main.end(), "true") != main.end();
}

bool vpc_in_use(Request& request, const std::string& id) {
  auto not_default = [](const Json& group) { return group.value("GroupName", "") != "default"; };
  auto not_default_acl = [](const Json& acl) { return !acl.value("IsDefault", false); };
  auto not_main = [](const Json& routes) { return !is_main(routes); };
  std::vector<Json> groups = of_vpc(request, kGroup, id), acls = of_vpc(request, kAcl, id),
                    routes = of_vpc(request, kRouteTable, id);
  bool attached = false;
  request.each(kGateway, [&](const std::string&, const Json& gateway) {
    std::vector<std::string> vpcs = values_at(gateway, "Attachments.VpcId");
    attached = attached || std::find(vpcs.begin(), vpcs.end(), id) != vpcs.end();
  });
  return attached || !of_vpc(request, kSubnet, id).empty() || std::any_of(groups.begin(), groups.end(), not_default) ||
         std::any_of(acls.begin(), acls.end(), not_default_acl) || std::any_of(routes.begin(), routes.end(), not_main);
}

Answer delete_vpc(Request& request) {
  std::string id = request.text("VpcId");
  Answer vpc = named(request, id);
  if (!vpc) return vpc;
  if (vpc_in_use(request, id))
    return error("DependencyViolation", fmt::format("The vpc '{}' has dependencies and cannot be deleted.", id));
  for (const auto& [type, member] :
       {std::pair{kGroup, "GroupId"}, {kAcl, "NetworkAclId"}, {kRouteTable, "RouteTableId"}}) {
    for (const Json& document : of_vpc(request, type, id))
      request.state().erase(request.key(type, document.value(member, "")));
  }
  request.state().erase(request.key(kVpc, id));
  return Json::object();
}

// --- Subnets

struct SubnetPlace {
  std::string vpc;
  std::string cidr;
  std::string zone;
  bool is_default = false;
};

void associate_with_default_acl(Request& request, const std::string& vpc, const std::string& subnet) {
  for (Json& acl : of_vpc(request, kAcl, vpc)) {
    if (!acl.value("IsDefault", false)) continue;
    acl["Associations"].push_back({{"NetworkAclAssociationId", request.state().next_id("aclassoc-")},
                                   {"NetworkAclId", acl["NetworkAclId"]},
                                   {"SubnetId", subnet}});
    request.put(kAcl, acl["NetworkAclId"].get<std::string>(), acl);
  }
}

Json make_subnet(Request& request, const SubnetPlace& place) {
  std::string id = request.state().next_id("subnet-");
  std::optional<Block> block = block_of(place.cidr);
  // AWS keeps the first four addresses and the last.
  std::int64_t free = block ? static_cast<std::int64_t>(block->last - block->first) + 1 - 5 : 0;
  Json subnet = {{"SubnetId", id},
                 {"VpcId", place.vpc},
                 {"CidrBlock", place.cidr},
                 {"AvailabilityZone", place.zone},
                 {"AvailableIpAddressCount", free},
                 {"State", "available"},
                 {"OwnerId", request.account()},
                 {"MapPublicIpOnLaunch", place.is_default},
                 {"DefaultForAz", place.is_default},
                 {"AssignIpv6AddressOnCreation", false},
                 {"Ipv6CidrBlockAssociationSet", Json::array()},
                 {"SubnetArn", request.arn("ec2", "subnet/" + id)},
                 {"Tags", tags_to_give(request, "subnet")}};
  request.put(kSubnet, id, subnet);
  associate_with_default_acl(request, place.vpc, id);
  return subnet;
}

Check check_subnet_block(Request& request, const Json& vpc, const Block& block) {
  std::optional<Block> whole = block_of(vpc.value("CidrBlock", ""));
  if (whole && (block.first < whole->first || block.last > whole->last))
    return AwsError{"InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", block.text), 400, {}};
  for (const Json& other : of_vpc(request, kSubnet, vpc.value("VpcId", ""))) {
    std::optional<Block> taken = block_of(other.value("CidrBlock", ""));
    if (taken && block.first <= taken->last && taken->first <= block.last)
      return AwsError{
          "InvalidSubnet.Conflict", fmt::format("The CIDR '{}' conflicts with another subnet", block.text), 400, {}};
  }
  return {};
}

Answer create_subnet(Request& request) {
  Answer vpc = named(request, request.text("VpcId"));
  if (!vpc) return vpc;
  std::optional<Block> block = block_of(request.text("CidrBlock"));
  if (!block) return error("InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", request.text("CidrBlock")));
  if (Check wrong = check_subnet_block(request, *vpc, *block)) return tl::unexpected(*wrong);
  std::string zone = request.has("AvailabilityZone") ? request.text("AvailabilityZone") : request.region() + "a";
  if (!zone.starts_with(request.region()) || zone.size() != request.region().size() + 1)
    return error("InvalidParameterValue", fmt::format("Value ({}) for parameter availabilityZone is invalid. Subnets "
                                                      "can currently only be created in the following availability "
                                                      "zones: {}a, {}b, {}c.",
                                                      zone, request.region(), request.region(), request.region()));
  return Json{{"Subnet", make_subnet(request, {request.text("VpcId"), block->text, zone, false})}};
}

Answer delete_subnet(Request& request) {
  std::string id = request.text("SubnetId");
  Answer subnet = named(request, id);
  if (!subnet) return subnet;
  bool used = false;
  request.each("AWS::EC2::NetworkInterface", [&](const std::string&, const Json& interface) {
    used = used || interface.value("SubnetId", "") == id;
  });
  if (used)
    return error("DependencyViolation", fmt::format("The subnet '{}' has dependencies and cannot be deleted.", id));
  for (Json& acl : of_vpc(request, kAcl, subnet->value("VpcId", ""))) {
    Json kept = Json::array();
    for (const Json& association : acl["Associations"]) {
      if (base::string_member(association, "SubnetId") != id) kept.push_back(association);
    }
    acl["Associations"] = kept;
    request.put(kAcl, acl["NetworkAclId"].get<std::string>(), acl);
  }
  request.state().erase(request.key(kSubnet, id));
  return Json::object();
}

// As every new account has one: a subnet in each zone, and a way out.
Answer create_default_vpc(Request& request) {
  bool there = false;
  request.each(kVpc, [&](const std::string&, const Json& vpc) { there = there || vpc.value("IsDefault", false); });
  if (there) return error("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  Json vpc = make_vpc(request, "172.31.0.0/16", true);
  for (const auto& [zone, block] : {std::pair{"a", "172.31.0.0/20"}, {"b", "172.31.16.0/20"}, {"c", "172.31.32.0/20"}})
    make_subnet(request, {vpc.value("VpcId", ""), block, request.region() + zone, true});
  std::string gateway = request.state().next_id("igw-");
  request.put(kGateway, gateway,
              {{"InternetGatewayId", gateway},
               {"OwnerId", request.account()},
               {"Attachments", Json::array({{{"State", "available"}, {"VpcId", vpc["VpcId"]}}})},
               {"Tags", Json::array()}});
  return Json{{"Vpc", vpc}};
}

// --- Gateways, ACLs

Answer create_gateway(Request& request) {
  std::string id = request.state().next_id("igw-");
  Json gateway = {{"InternetGatewayId", id},
                  {"OwnerId", request.account()},
                  {"Attachments", Json::array()},
                  {"Tags", tags_to_give(request, "internet-gateway")}};
  request.put(kGateway, id, gateway);
  return Json{{"InternetGateway", gateway}};
}

Answer attach_gateway(Request& request) {
  Answer gateway = named(request, request.text("InternetGatewayId"));
  if (!gateway) return gateway;
  Answer vpc = named(request, request.text("VpcId"));
  if (!vpc) return vpc;
  if (!(*gateway)["Attachments"].empty())
    return error("Resource.AlreadyAssociated",
                 fmt::format("resource {} is already attached to network {}", request.text("InternetGatewayId"),
                             (*gateway)["Attachments"][0].value("VpcId", "")));
  (*gateway)["Attachments"] = Json::array({{{"State", "available"}, {"VpcId", request.text("VpcId")}}});
  request.put(kGateway, request.text("InternetGatewayId"), *gateway);
  return Json::object();
}

Answer detach_gateway(Request& request) {
  Answer gateway = named(request, request.text("InternetGatewayId"));
  if (!gateway) return gateway;
  std::vector<std::string> vpcs = values_at(*gateway, "Attachments.VpcId");
  if (std::find(vpcs.begin(), vpcs.end(), request.text("VpcId")) == vpcs.end())
    return error("Gateway.NotAttached", fmt::format("resource {} is not attached to network {}",
                                                    request.text("InternetGatewayId"), request.text("VpcId")));
  (*gateway)["Attachments"] = Json::array();
  request.put(kGateway, request.text("InternetGatewayId"), *gateway);
  return Json::object();
}

Answer delete_gateway(Request& request) {
  std::string id = request.text("InternetGatewayId");
  Answer gateway = named(request, id);
  if (!gateway) return gateway;
  if (!(*gateway)["Attachments"].empty())
    return error("DependencyViolation",
                 fmt::format("The internetGateway '{}' has dependencies and cannot be deleted.", id));
  request.state().erase(request.key(kGateway, id));
  return Json::object();
}

Answer create_acl(Request& request) {
  Answer vpc = named(request, request.text("VpcId"));
  if (!vpc) return vpc;
  return Json{{"NetworkAcl", make_acl(request, request.text("VpcId"), false)}};
}

Answer delete_acl(Request& request) {
  std::string id = request.text("NetworkAclId");
  Answer acl = named(request, id);
  if (!acl) return acl;
  if (acl->value("IsDefault", false))
    return error("InvalidParameterValue", fmt::format("cannot delete default network ACL {}", id));
  if (!(*acl)["Associations"].empty())
    return error("DependencyViolation", fmt::format("The networkAcl '{}' has dependencies and cannot be deleted.", id));
  request.state().erase(request.key(kAcl, id));
  return Json::object();
}

}  // namespace

std::vector<Operation> ec2_vpc_operations() {
  return {
      {"ec2", "CreateVpc", Effect::write, create_vpc},
      {"ec2", "CreateDefaultVpc", Effect::write, create_default_vpc},
      {"ec2", "DeleteVpc", Effect::write, delete_vpc},
      {"ec2", "CreateSubnet", Effect::write, create_subnet},
      {"ec2", "DeleteSubnet", Effect::write, delete_subnet},
      {"ec2", "CreateInternetGateway", Effect::write, create_gateway},
      {"ec2", "AttachInternetGateway", Effect::write, attach_gateway},
      {"ec2", "DetachInternetGateway", Effect::write, detach_gateway},
      {"ec2", "DeleteInternetGateway", Effect::write, delete_gateway},
      {"ec2", "CreateNetworkAcl", Effect::write, create_acl},
      {"ec2", "DeleteNetworkAcl", Effect::write, delete_acl},
  };
}

}  // namespace setpoint::twin::services
