// EC2's instances: what they are set to, started, stopped and ended. Source: EC2 API reference.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kInstance = "AWS::EC2::Instance";

Json instance_view(const Json& document) { return without(document, {"Attributes"}); }

constexpr FilterField kInstanceFilters[] = {
    {"instance-id", "InstanceId"},
    {"instance-state-name", "State.Name"},
    {"instance-state-code", "State.Code"},
    {"instance-type", "InstanceType"},
    {"vpc-id", "VpcId"},
    {"subnet-id", "SubnetId"},
    {"image-id", "ImageId"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"group-id", "SecurityGroups.GroupId"},
    {"private-ip-address", "PrivateIpAddress"},
    {"ip-address", "PublicIpAddress"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"key-name", "KeyName"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"network-interface.network-interface-id", "NetworkInterfaces.NetworkInterfaceId"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"}};
constexpr Listing kInstances{.type = kInstance,
                             .list = "Instances",
                             .ids = "InstanceIds",
                             .missing = "InvalidInstanceID.NotFound",
                             .filters = kInstanceFilters,
                             .view = instance_view};

// Every instance in a reservation of its own, as separate launches give.
Answer describe_instances(Request& request) {
  Answer instances = describe_listing(request, kInstances);
  if (!instances) return instances;
  Json reservations = Json::array();
  for (const Json& instance : (*instances)["Instances"]) {
    std::string id = instance.value("InstanceId", "");
    reservations.push_back({{"ReservationId", "r-" + id.substr(std::min<std::size_t>(2, id.size()))},
                            {"OwnerId", request.account()},
                            {"Groups", Json::array()},
                            {"Instances", Json::array({instance})}});
  }
  Json out = {{"Reservations", reservations}};
  if (instances->contains("NextToken")) out["NextToken"] = (*instances)["NextToken"];
  return out;
}

Check set_instance_groups(Request& request, Json& instance, const Json& groups) {
  for (const Json& id : groups) {
    const Json* group = request.find("AWS::EC2::SecurityGroup", id.get<std::string>());
    if (!group)
      return AwsError{"InvalidGroup.NotFound",
                      fmt::format("The security group '{}' does not exist", id.get<std::string>()),
                      400,
                      {}};
    if (instance.contains("VpcId") && group->value("VpcId", "") != instance.value("VpcId", "")) {
      return AwsError{
          "InvalidParameterValue",
          fmt::format("You have specified two resources that belong to different networks: {}", id.get<std::string>()),
          400,
          {}};
    }
  }
  instance["SecurityGroups"] = group_identifiers(request, groups);
  for (Json& interface : instance["NetworkInterfaces"]) {
    interface["Groups"] = instance["SecurityGroups"];
    std::string id = base::string_member(interface, "NetworkInterfaceId");
    if (const Json* own = request.find("AWS::EC2::NetworkInterface", id)) {
      Json document = *own;
      document["Groups"] = instance["SecurityGroups"];
      request.put("AWS::EC2::NetworkInterface", id, document);
    }
  }
  return {};
}

// The attribute and its value, whether given by name and Value or by its own member.
void set_attributes(const Request& request, Json& instance) {
  for (const char* name : {"DisableApiTermination", "DisableApiStop", "EbsOptimized", "SourceDestCheck",
                           "InstanceInitiatedShutdownBehavior", "UserData", "InstanceType"}) {
    const Json& value = base::member(request.parameter(name), "Value");
    if (value.is_null()) continue;
    bool shown = std::string_view(name) == "EbsOptimized" || std::string_view(name) == "SourceDestCheck" ||
                 std::string_view(name) == "InstanceType";
    (shown ? instance : instance["Attributes"])[name] = value;
  }
  std::string attribute = request.text("Attribute");
  if (attribute == "disableApiTermination")
    instance["Attributes"]["DisableApiTermination"] = request.text("Value") == "true";
}

Answer modify_instance_attribute(Request& request) {
  Answer instance = ec2_named(request, "InstanceId");
  if (!instance) return instance;
  if (request.has("Groups")) {
    if (request.parameter("Groups").empty())
      return error("InvalidParameterValue", "You must specify at least one security group");
    if (Check wrong = set_instance_groups(request, *instance, request.parameter("Groups")))
      return tl::unexpected(*wrong);
  }
  set_attributes(request, *instance);
  request.put(kInstance, request.text("InstanceId"), *instance);
  return Json::object();
}

Answer describe_instance_attribute(Request& request) {
  Answer instance = ec2_named(request, "InstanceId");
  if (!instance) return instance;
  std::string attribute = request.text("Attribute");
  Json out = {{"InstanceId", request.text("InstanceId")}};
  if (attribute == "groupSet") {
    out["Groups"] = (*instance)["SecurityGroups"];
    return out;
  }
  std::string member = attribute;
  if (!member.empty()) member[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(member[0])));
  const Json& own = base::member((*instance)["Attributes"], member);
  const Json& value = own.is_null() ? base::member(*instance, member) : own;
  out[member] = value.is_null() ? Json::object() : Json{{"Value", value}};
  return out;
}

Answer modify_metadata_options(Request& request) {
  Answer instance = ec2_named(request, "InstanceId");
  if (!instance) return instance;
  std::int64_t hops = request.integer("HttpPutResponseHopLimit", 1);
  if (hops < 1 || hops > 64) return error("InvalidParameterValue", "HttpPutResponseHopLimit must be between 1 and 64");
  overlay((*instance)["MetadataOptions"], request,
          {"HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"});
  request.put(kInstance, request.text("InstanceId"), *instance);
  return Json{{"InstanceId", request.text("InstanceId")}, {"InstanceMetadataOptions", (*instance)["MetadataOptions"]}};
}

struct Transition {
  int code;
  const char* to;
  const char* list;
};

Answer change_state(Request& request, const Transition& transition) {
  Json changes = Json::array();
  for (const Json& id : request.parameter("InstanceIds")) {
    const Json* found = request.find(kInstance, id.get<std::string>());
    if (!found) return tl::unexpected(ec2_missing(id.get<std::string>(), kInstance));
    Json instance = *found;
    Json before = instance["State"];
    std::string name = before.value("Name", "");
    bool protect = base::member(instance["Attributes"], "DisableApiTermination") == Json(true);
    if (std::string_view(transition.to) == "terminated" && protect) {
      return error("OperationNotPermitted", fmt::format("The instance '{}' may not be terminated. Modify its "
                                                        "'disableApiTermination' instance attribute and try again.",
                                                        id.get<std::string>()));
    }
    if (name == "terminated" && std::string_view(transition.to) != "terminated") {
      return error(
          "IncorrectInstanceState",
          fmt::format("The instance '{}' is not in a state from which it can be changed.", id.get<std::string>()));
    }
    instance["State"] = {{"Code", transition.code}, {"Name", transition.to}};
    changes.push_back({{"InstanceId", id}, {"PreviousState", before}, {"CurrentState", instance["State"]}});
    request.put(kInstance, id.get<std::string>(), std::move(instance));
  }
  return Json{{transition.list, changes}};
}

Answer stop_instances(Request& request) { return change_state(request, {80, "stopped", "StoppingInstances"}); }
Answer start_instances(Request& request) { return change_state(request, {16, "running", "StartingInstances"}); }
Answer terminate_instances(Request& request) {
  return change_state(request, {48, "terminated", "TerminatingInstances"});
}

Answer set_monitoring(Request& request, const char* state) {
  Json out = Json::array();
  for (const Json& id : request.parameter("InstanceIds")) {
    const Json* found = request.find(kInstance, id.get<std::string>());
    if (!found) return tl::unexpected(ec2_missing(id.get<std::string>(), kInstance));
    Json instance = *found;
    instance["Monitoring"] = {{"State", state}};
    out.push_back({{"InstanceId", id}, {"Monitoring", instance["Monitoring"]}});
    request.put(kInstance, id.get<std::string>(), std::move(instance));
  }
  return Json{{"InstanceMonitorings", out}};
}

Answer monitor_instances(Request& request) { return set_monitoring(request, "enabled"); }
Answer unmonitor_instances(Request& request) { return set_monitoring(request, "disabled"); }

}  // namespace

std::vector<Operation> ec2_instance_operations() {
  return {
      {"ec2", "DescribeInstances", Effect::read, describe_instances},
      {"ec2", "DescribeInstanceAttribute", Effect::read, describe_instance_attribute},
      {"ec2", "ModifyInstanceAttribute", Effect::write, modify_instance_attribute},
      {"ec2", "ModifyInstanceMetadataOptions", Effect::write, modify_metadata_options},
      {"ec2", "StopInstances", Effect::write, stop_instances},
      {"ec2", "StartInstances", Effect::write, start_instances},
      {"ec2", "TerminateInstances", Effect::write, terminate_instances},
      {"ec2", "MonitorInstances", Effect::write, monitor_instances},
      {"ec2", "UnmonitorInstances", Effect::write, unmonitor_instances},
  };
}

}  // namespace setpoint::twin::services
