// EC2's networks: VPCs, subnets, interfaces, addresses, ACLs, flow logs. Source: EC2 API reference.
#include <algorithm>

#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

// {Value: true} as attributes of EC2 are written.
std::optional<bool> attribute_flag(const Request& request, const char* name) {
  const Json& value = base::member(request.parameter(name), "Value");
  if (!value.is_boolean()) return {};
  return value.get<bool>();
}

Answer modify_subnet_attribute(Request& request) {
  Answer subnet = ec2_named(request, "SubnetId");
  if (!subnet) return subnet;
  for (const char* name : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"}) {
    if (auto value = attribute_flag(request, name)) (*subnet)[name] = *value;
  }
  request.put("AWS::EC2::Subnet", request.text("SubnetId"), *subnet);
  return Json::object();
}

Answer modify_vpc_attribute(Request& request) {
  Answer vpc = ec2_named(request, "VpcId");
  if (!vpc) return vpc;
  for (const char* name : {"EnableDnsSupport", "EnableDnsHostnames"}) {
    if (auto value = attribute_flag(request, name)) (*vpc)["Attributes"][name] = *value;
  }
  request.put("AWS::EC2::VPC", request.text("VpcId"), *vpc);
  return Json::object();
}

Answer describe_vpc_attribute(Request& request) {
  Answer vpc = ec2_named(request, "VpcId");
  if (!vpc) return vpc;
  bool support = request.text("Attribute") == "enableDnsSupport";
  if (!support && request.text("Attribute") != "enableDnsHostnames") {
    return error(
        "InvalidParameterValue",
        fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", request.text("Attribute")));
  }
  const char* name = support ? "EnableDnsSupport" : "EnableDnsHostnames";
  return Json{{"VpcId", request.text("VpcId")}, {name, {{"Value", base::member((*vpc)["Attributes"], name)}}}};
}

Check check_groups(Request& request, const Json& groups) {
  if (groups.empty()) return AwsError{"InvalidParameterValue", "You must specify at least one security group", 400, {}};
  for (const Json& id : groups) {
    if (!request.find("AWS::EC2::SecurityGroup", id.get<std::string>())) {
      return AwsError{"InvalidGroup.NotFound",
                      fmt::format("The security group '{}' does not exist", id.get<std::string>()),
                      400,
                      {}};
    }
  }
  return {};
}

Answer modify_interface(Request& request) {
  Answer interface = ec2_named(request, "NetworkInterfaceId");
  if (!interface) return interface;
  if (request.has("Groups")) {
    if (Check wrong = check_groups(request, request.parameter("Groups"))) return tl::unexpected(*wrong);
    (*interface)["Groups"] = group_identifiers(request, request.parameter("Groups"));
  }
  if (auto check = attribute_flag(request, "SourceDestCheck")) (*interface)["SourceDestCheck"] = *check;
  request.put("AWS::EC2::NetworkInterface", request.text("NetworkInterfaceId"), *interface);
  return Json::object();
}

// --- Network ACLs

Json::iterator acl_entry(Json& acl, const Request& request) {
  return std::find_if(acl["Entries"].begin(), acl["Entries"].end(), [&](const Json& entry) {
    return entry.value("RuleNumber", std::int64_t{0}) == request.integer("RuleNumber", -1) &&
           entry.value("Egress", false) == request.flag("Egress");
  });
}

Json acl_entry_from(const Request& request) {
  return pick(request, {"RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock", "PortRange",
                        "IcmpTypeCode"});
}

Answer create_acl_entry(Request& request) {
  Answer acl = ec2_named(request, "NetworkAclId");
  if (!acl) return acl;
  if (acl_entry(*acl, request) != (*acl)["Entries"].end()) {
    return error("NetworkAclEntryAlreadyExists", fmt::format("The network acl entry identified by {} already exists.",
                                                             request.integer("RuleNumber", 0)));
  }
  (*acl)["Entries"].push_back(acl_entry_from(request));
  std::sort((*acl)["Entries"].begin(), (*acl)["Entries"].end(), [](const Json& a, const Json& b) {
    return std::pair(a.value("Egress", false), a.value("RuleNumber", 0)) <
           std::pair(b.value("Egress", false), b.value("RuleNumber", 0));
  });
  request.put("AWS::EC2::NetworkAcl", request.text("NetworkAclId"), *acl);
  return Json::object();
}

Answer change_acl_entry(Request& request, bool replace) {
  Answer acl = ec2_named(request, "NetworkAclId");
  if (!acl) return acl;
  auto entry = acl_entry(*acl, request);
  if (entry == (*acl)["Entries"].end()) {
    return error("InvalidNetworkAclEntry.NotFound", fmt::format("The network acl entry identified by {} does not exist",
                                                                request.integer("RuleNumber", 0)));
  }
  if (replace)
    *entry = acl_entry_from(request);
  else
    (*acl)["Entries"].erase(entry);
  request.put("AWS::EC2::NetworkAcl", request.text("NetworkAclId"), *acl);
  return Json::object();
}

Answer replace_acl_entry(Request& request) { return change_acl_entry(request, true); }
Answer delete_acl_entry(Request& request) { return change_acl_entry(request, false); }

// --- Flow logs

Check check_flow_log(const Request& request) {
  bool to_s3 = request.text("LogDestinationType") == "s3";
  if (request.parameter("ResourceIds").empty())
    return AwsError{"MissingParameter", "The request must contain the parameter ResourceId", 400, {}};
  if (to_s3 && request.text("LogDestination").empty())
    return AwsError{"InvalidParameter", "LogDestination can't be empty if LogDestinationType is s3.", 400, {}};
  if (!to_s3 && request.text("LogGroupName").empty() && request.text("LogDestination").empty()) {
    return AwsError{"InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided.", 400, {}};
  }
  if (!to_s3 && request.text("DeliverLogsPermissionArn").empty()) {
    return AwsError{"InvalidParameter",
                    "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
                    400,
                    {}};
  }
  return {};
}

bool same_flow_log(const Json& log, const std::string& resource, const Request& request) {
  return log.value("ResourceId", "") == resource && log.value("LogGroupName", "") == request.text("LogGroupName") &&
         log.value("LogDestination", "") == request.text("LogDestination");
}

Answer create_flow_logs(Request& request) {
  if (Check wrong = check_flow_log(request)) return tl::unexpected(*wrong);
  Json made = Json::array();
  for (const Json& resource : request.parameter("ResourceIds")) {
    const Ec2Type* type = ec2_type_of(resource.get<std::string>());
    if (!type || !request.find(type->type, resource.get<std::string>()))
      return tl::unexpected(ec2_missing(resource.get<std::string>()));
    if (type->type != "AWS::EC2::" + request.text("ResourceType"))
      return error("InvalidParameterValue",
                   fmt::format("{} is no {}", resource.get<std::string>(), request.text("ResourceType")));
    for (const Json& log : request.all("AWS::EC2::FlowLog")) {
      if (same_flow_log(log, resource, request))
        return error("FlowLogAlreadyExists",
                     "There is an existing Flow Log with the same configuration and log destination.");
    }
    Json log = {{"FlowLogId", request.state().next_id("fl-")},
                {"ResourceId", resource},
                {"FlowLogStatus", "ACTIVE"},
                {"DeliverLogsStatus", "SUCCESS"},
                {"CreationTime", request.now()},
                {"TrafficType", "ALL"},
                {"LogDestinationType", "cloud-watch-logs"},
                {"MaxAggregationInterval", 600},
                {"Tags", tags_to_give(request, "vpc-flow-log")}};
    overlay(log, request,
            {"TrafficType", "LogDestinationType", "LogDestination", "LogGroupName", "DeliverLogsPermissionArn",
             "LogFormat", "MaxAggregationInterval"});
    made.push_back(log["FlowLogId"]);
    request.put("AWS::EC2::FlowLog", log["FlowLogId"].get<std::string>(), log);
  }
  return Json{{"FlowLogIds", made}, {"Unsuccessful", Json::array()}};
}

Answer delete_flow_logs(Request& request) {
  Json unsuccessful = Json::array();
  for (const Json& id : request.parameter("FlowLogIds")) {
    if (request.state().erase(request.key("AWS::EC2::FlowLog", id.get<std::string>()))) continue;
    AwsError missing = ec2_missing(id.get<std::string>());
    unsuccessful.push_back({{"ResourceId", id}, {"Error", {{"Code", missing.code}, {"Message", missing.message}}}});
  }
  return Json{{"Unsuccessful", unsuccessful}};
}

// --- Addresses

Answer disassociate_address(Request& request) {
  std::string association = request.text("AssociationId");
  for (Json address : request.all("AWS::EC2::EIP")) {
    if (address.value("AssociationId", "") != association || association.empty()) continue;
    Json free = without(
        address, {"AssociationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress", "NetworkInterfaceOwnerId"});
    request.put("AWS::EC2::EIP", address.value("AllocationId", ""), free);
    return Json::object();
  }
  return error("InvalidAssociationID.NotFound", fmt::format("The association ID '{}' does not exist", association));
}

Answer release_address(Request& request) {
  Answer address = ec2_named(request, "AllocationId");
  if (!address) return address;
  if (address->contains("AssociationId")) {
    return error("InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address->value("PublicIp", "")));
  }
  request.state().erase(request.key("AWS::EC2::EIP", request.text("AllocationId")));
  return Json::object();
}

}  // namespace

Json group_identifiers(Request& request, const Json& ids) {
  Json out = Json::array();
  for (const Json& id : ids) {
    const Json* group = request.find("AWS::EC2::SecurityGroup", id.get<std::string>());
    out.push_back({{"GroupId", id}, {"GroupName", group ? group->value("GroupName", "") : ""}});
  }
  return out;
}

std::vector<Operation> ec2_network_operations() {
  return {
      {"ec2", "DescribeVpcAttribute", Effect::read, describe_vpc_attribute},
      {"ec2", "ModifyVpcAttribute", Effect::write, modify_vpc_attribute},
      {"ec2", "ModifySubnetAttribute", Effect::write, modify_subnet_attribute},
      {"ec2", "ModifyNetworkInterfaceAttribute", Effect::write, modify_interface},
      {"ec2", "CreateNetworkAclEntry", Effect::write, create_acl_entry},
      {"ec2", "ReplaceNetworkAclEntry", Effect::write, replace_acl_entry},
      {"ec2", "DeleteNetworkAclEntry", Effect::write, delete_acl_entry},
      {"ec2", "CreateFlowLogs", Effect::write, create_flow_logs},
      {"ec2", "DeleteFlowLogs", Effect::write, delete_flow_logs},
      {"ec2", "DisassociateAddress", Effect::write, disassociate_address},
      {"ec2", "ReleaseAddress", Effect::write, release_address},
  };
}

}  // namespace setpoint::twin::services
