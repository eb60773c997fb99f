// Launching EC2's instances, and making volumes, images, copies and addresses. What is made is there at once, in its
// last state ("running", "available", "completed"). An image that the twin does not hold is taken for one of AWS's
// public ones. Source: EC2 API reference.
#include <algorithm>

#include "twin/resource_types.h"
#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kInstance = "AWS::EC2::Instance";
constexpr const char* kInterface = "AWS::EC2::NetworkInterface";
constexpr const char* kVolume = "AWS::EC2::Volume";
constexpr const char* kSnapshot = "AWS::EC2::Snapshot";
constexpr const char* kImage = "AWS::EC2::Image";
constexpr const char* kAddress = "AWS::EC2::EIP";

constexpr std::int64_t kLaunchMax = 100;

Answer named(Request& request, const std::string& id) {
  const Ec2Type* type = ec2_type_of(id);
  const Json* found = type ? request.find(type->type, id) : nullptr;
  if (!found) return tl::unexpected(ec2_missing(id));
  return *found;
}

// A document of this type, completed by its defaults.
Json make(Request& request, const char* type, Json members) {
  auto document = document_from_api(request.account(), request.region(), type, std::move(members));
  SETPOINT_ASSERT(document.has_value());
  request.put(type, document->first.id, document->second);
  return document->second;
}

// --- Instances

struct Launch {
  std::string subnet;
  std::string vpc;
  std::string zone;
  bool public_address = false;
  Json groups = Json::array();  // ids
};

tl::expected<Json, AwsError> launch_subnet(Request& request, const std::string& wanted) {
  if (!wanted.empty()) return named(request, wanted);
  Json found;
  request.each("AWS::EC2::Subnet", [&](const std::string&, const Json& subnet) {
    if (found.is_null() && subnet.value("DefaultForAz", false)) found = subnet;
  });
  if (found.is_null()) return error("MissingInput", "No subnets found for the default VPC. Please specify a subnet.");
  return found;
}

Json default_group(Request& request, const std::string& vpc) {
  Json out = Json::array();
  request.each("AWS::EC2::SecurityGroup", [&](const std::string& id, const Json& group) {
    if (group.value("VpcId", "") == vpc && group.value("GroupName", "") == "default") out.push_back(id);
  });
  return out;
}

Check check_launch_groups(Request& request, const Launch& launch) {
  for (const Json& id : launch.groups) {
    Answer group = named(request, id.get<std::string>());
    if (!group)
      return AwsError{
          "InvalidGroup.NotFound",
          fmt::format("The security group '{}' does not exist in VPC '{}'", id.get<std::string>(), launch.vpc),
          400,
          {}};
    if (group->value("VpcId", "") != launch.vpc)
      return AwsError{"InvalidParameter",
                      fmt::format("Security group {} and subnet {} belong to different networks.",
                                  id.get<std::string>(), launch.subnet),
                      400,
                      {}};
  }
  return {};
}

tl::expected<Launch, AwsError> launch_of(Request& request) {
  Json first = base::member(request.parameter("NetworkInterfaces"), "");
  if (request.parameter("NetworkInterfaces").is_array() && !request.parameter("NetworkInterfaces").empty())
    first = request.parameter("NetworkInterfaces")[0];
  std::string wanted = first.is_object() ? base::string_member(first, "SubnetId") : request.text("SubnetId");
  auto subnet = launch_subnet(request, wanted);
  if (!subnet) return tl::unexpected(subnet.error());
  Launch launch{subnet->value("SubnetId", ""), subnet->value("VpcId", ""), subnet->value("AvailabilityZone", ""),
                subnet->value("MapPublicIpOnLaunch", false), Json::array()};
  const Json& asked = base::member(first, "AssociatePublicIpAddress");
  if (asked.is_boolean()) launch.public_address = asked.get<bool>();
  const Json& groups = first.is_object() ? base::member(first, "Groups") : request.parameter("SecurityGroupIds");
  launch.groups = groups.empty() ? default_group(request, launch.vpc) : groups;
  if (Check wrong = check_launch_groups(request, launch)) return tl::unexpected(*wrong);
  return launch;
}

// Four digits of the instance's own id make an address that no other has.
std::string address_of(const std::string& id, const char* network) {
  std::size_t digits = std::min(id.size(), std::size_t{8});
  int third = static_cast<int>(std::strtol(id.substr(id.size() - digits, 2).c_str(), nullptr, 16));
  int fourth = static_cast<int>(std::strtol(id.substr(id.size() - 2, 2).c_str(), nullptr, 16));
  return fmt::format("{}.{}.{}", network, third, fourth);
}

Json make_interface(Request& request, const Launch& launch, const std::string& instance) {
  std::string id = request.state().next_id("eni-"), address = address_of(id, "10.0");
  Json members = {{"NetworkInterfaceId", id},
                  {"SubnetId", launch.subnet},
                  {"VpcId", launch.vpc},
                  {"AvailabilityZone", launch.zone},
                  {"Status", instance.empty() ? "available" : "in-use"},
                  {"Description", request.text("Description")},
                  {"Groups", group_identifiers(request, launch.groups)},
                  {"PrivateIpAddress", address},
                  {"PrivateIpAddresses", Json::array({{{"Primary", true}, {"PrivateIpAddress", address}}})},
                  {"Tags", tags_to_give(request, "network-interface")}};
  if (!instance.empty())
    members["Attachment"] = {{"AttachmentId", request.state().next_id("eni-attach-")},
                             {"InstanceId", instance},
                             {"DeviceIndex", 0},
                             {"DeleteOnTermination", true},
                             {"Status", "attached"}};
  return make(request, kInterface, std::move(members));
}

Json make_root_volume(Request& request, const Launch& launch, const std::string& instance) {
  Json ebs = Json::object();
  for (const Json& mapping : request.parameter("BlockDeviceMappings")) ebs.update(base::member(mapping, "Ebs"));
  std::string id = request.state().next_id("vol-");
  make(request, kVolume,
       {{"VolumeId", id},
        {"State", "in-use"},
        {"AvailabilityZone", launch.zone},
        {"CreateTime", request.now()},
        {"Size", ebs.value("VolumeSize", 8)},
        {"VolumeType", ebs.value("VolumeType", "gp3")},
        {"Encrypted", ebs.value("Encrypted", false)},
        {"Attachments", Json::array({{{"InstanceId", instance},
                                      {"VolumeId", id},
                                      {"Device", "/dev/xvda"},
                                      {"State", "attached"},
                                      {"DeleteOnTermination", true}}})},
        {"Tags", tags_to_give(request, "volume")}});
  return Json::array(
      {{{"DeviceName", "/dev/xvda"},
        {"Ebs",
         {{"VolumeId", id}, {"Status", "attached"}, {"DeleteOnTermination", true}, {"AttachTime", request.now()}}}}});
}

Json interface_in_instance(const Json& interface) {
  return pick(interface, {"NetworkInterfaceId", "SubnetId", "VpcId", "Status", "Description", "Groups",
                          "PrivateIpAddress", "PrivateIpAddresses", "Attachment", "OwnerId", "SourceDestCheck"});
}

Json launched(Request& request, const Launch& launch) {
  std::string id = request.state().next_id("i-");
  Json interface = make_interface(request, launch, id);
  Json members = {{"InstanceId", id},
                  {"ImageId", request.text("ImageId")},
                  {"LaunchTime", request.now()},
                  {"Placement", {{"AvailabilityZone", launch.zone}, {"Tenancy", "default"}, {"GroupName", ""}}},
                  {"VpcId", launch.vpc},
                  {"SubnetId", launch.subnet},
                  {"PrivateIpAddress", interface["PrivateIpAddress"]},
                  {"SecurityGroups", interface["Groups"]},
                  {"NetworkInterfaces", Json::array({interface_in_instance(interface)})},
                  {"RootDeviceType", "ebs"},
                  {"RootDeviceName", "/dev/xvda"},
                  {"SourceDestCheck", true},
                  {"BlockDeviceMappings", make_root_volume(request, launch, id)},
                  {"Tags", tags_to_give(request, "instance")}};
  overlay(members, request, {"InstanceType", "KeyName", "EbsOptimized"});
  if (launch.public_address) members["PublicIpAddress"] = address_of(id, "203.0");
  if (request.has("IamInstanceProfile")) {
    std::string name = base::string_member(request.parameter("IamInstanceProfile"), "Name");
    std::string arn = base::string_member(request.parameter("IamInstanceProfile"), "Arn");
    members["IamInstanceProfile"] = {{"Arn", arn.empty() ? request.global_arn("iam", "instance-profile/" + name) : arn},
                                     {"Id", request.state().next_id("AIPA")}};
  }
  Json instance = make(request, kInstance, std::move(members));
  if (base::member(request.parameter("Monitoring"), "Enabled") == Json(true))
    instance["Monitoring"] = {{"State", "enabled"}};
  overlay(instance["MetadataOptions"], request.parameter("MetadataOptions"),
          {"HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"});
  if (request.has("DisableApiTermination"))
    instance["Attributes"]["DisableApiTermination"] = request.flag("DisableApiTermination");
  request.put(kInstance, id, instance);
  return without(instance, {"Attributes"});
}

Answer run_instances(Request& request) {
  std::string image = request.text("ImageId");
  if (image.empty()) return error("MissingParameter", "The request must contain the parameter ImageId");
  if (!image.starts_with("ami-"))
    return error("InvalidAMIID.Malformed", fmt::format("Invalid id: \"{}\" (expecting \"ami-...\")", image));
  std::int64_t least = request.integer("MinCount", 1), most = request.integer("MaxCount", 1);
  if (least < 1 || most < least || most > kLaunchMax)
    return error("InvalidParameterValue",
                 fmt::format("Invalid value for the number of instances: {} to {}", least, most));
  auto launch = launch_of(request);
  if (!launch) return tl::unexpected(launch.error());
  Json instances = Json::array();
  for (std::int64_t i = 0; i < most; ++i) instances.push_back(launched(request, *launch));
  return Json{{"ReservationId", request.state().next_id("r-")},
              {"OwnerId", request.account()},
              {"Groups", Json::array()},
              {"Instances", instances}};
}

Json status_of(const Json& instance) {
  bool running = base::member(instance["State"], "Name") == Json("running");
  Json checks = {{"Status", running ? "ok" : "not-applicable"}, {"Details", Json::array()}};
  if (running) checks["Details"].push_back({{"Name", "reachability"}, {"Status", "passed"}});
  return {{"InstanceId", base::member(instance, "InstanceId")},
          {"AvailabilityZone", base::member(base::member(instance, "Placement"), "AvailabilityZone")},
          {"InstanceState", instance["State"]},
          {"InstanceStatus", checks},
          {"SystemStatus", checks}};
}

constexpr FilterField kStatusFilters[] = {{"instance-state-name", "InstanceState.Name"},
                                          {"instance-state-code", "InstanceState.Code"},
                                          {"instance-status.status", "InstanceStatus.Status"},
                                          {"system-status.status", "SystemStatus.Status"},
                                          {"availability-zone", "AvailabilityZone"}};
constexpr Listing kStatuses{.type = kInstance,
                            .list = "InstanceStatuses",
                            .ids = "InstanceIds",
                            .missing = "InvalidInstanceID.NotFound",
                            .filters = kStatusFilters,
                            .view = status_of};

// Running ones only, where not all are asked for.
Answer describe_status(Request& request) {
  Answer statuses = describe_listing(request, kStatuses);
  if (!statuses || request.flag("IncludeAllInstances")) return statuses;
  Json kept = Json::array();
  for (const Json& status : (*statuses)["InstanceStatuses"]) {
    if (base::member(status["InstanceState"], "Name") == Json("running")) kept.push_back(status);
  }
  (*statuses)["InstanceStatuses"] = kept;
  return statuses;
}

Answer create_interface(Request& request) {
  Answer subnet = named(request, request.text("SubnetId"));
  if (!subnet) return subnet;
  Launch launch{request.text("SubnetId"), subnet->value("VpcId", ""), subnet->value("AvailabilityZone", ""), false,
                Json::array()};
  launch.groups =
      request.parameter("Groups").empty() ? default_group(request, launch.vpc) : request.parameter("Groups");
  if (Check wrong = check_launch_groups(request, launch)) return tl::unexpected(*wrong);
  Json interface = make_interface(request, launch, "");
  interface["TagSet"] = base::member(interface, "Tags");
  return Json{{"NetworkInterface", interface}};
}

// --- Volumes and snapshots

Answer create_volume(Request& request) {
  std::string from = request.text("SnapshotId");
  bool encrypted = request.flag("Encrypted");
  std::int64_t size = request.integer("Size", 0);
  if (!from.empty()) {
    Answer snapshot = named(request, from);
    if (!snapshot) return snapshot;
    encrypted = encrypted || snapshot->value("Encrypted", false);
    size = std::max(size, snapshot->value("VolumeSize", std::int64_t{8}));
  }
  if (size < 1) return error("MissingParameter", "The request must contain the parameter size or snapshotId");
  Json members = {{"VolumeId", request.state().next_id("vol-")},
                  {"CreateTime", request.now()},
                  {"Size", size},
                  {"Encrypted", encrypted},
                  {"Tags", tags_to_give(request, "volume")}};
  overlay(members, request, {"AvailabilityZone", "VolumeType", "Iops", "Throughput", "KmsKeyId", "SnapshotId"});
  if (!request.has("VolumeType")) members["VolumeType"] = "gp2";
  return make(request, kVolume, std::move(members));
}

Answer attach_volume(Request& request) {
  Answer volume = named(request, request.text("VolumeId"));
  if (!volume) return volume;
  Answer instance = named(request, request.text("InstanceId"));
  if (!instance) return instance;
  if (!(*volume)["Attachments"].empty())
    return error("VolumeInUse", fmt::format("{} is already attached to an instance", request.text("VolumeId")));
  Json attachment = pick(request, {"VolumeId", "InstanceId", "Device"});
  attachment.update({{"State", "attached"}, {"DeleteOnTermination", false}, {"AttachTime", request.now()}});
  (*volume)["Attachments"] = Json::array({attachment});
  (*volume)["State"] = "in-use";
  request.put(kVolume, request.text("VolumeId"), *volume);
  return attachment;
}

Answer detach_volume(Request& request) {
  Answer volume = named(request, request.text("VolumeId"));
  if (!volume) return volume;
  if ((*volume)["Attachments"].empty())
    return error("IncorrectState", fmt::format("Volume '{}' is in the 'available' state.", request.text("VolumeId")));
  Json attachment = (*volume)["Attachments"][0];
  attachment["State"] = "detaching";
  (*volume)["Attachments"] = Json::array();
  (*volume)["State"] = "available";
  request.put(kVolume, request.text("VolumeId"), *volume);
  return attachment;
}

Answer copy_snapshot(Request& request) {
  Answer source = named(request, request.text("SourceSnapshotId"));
  bool here = !request.has("DestinationRegion") || request.text("DestinationRegion") == request.region();
  if (request.text("SourceRegion") != request.region() || !here)
    request.note_unmodelled("CopySnapshot between regions");
  if (!source) return source;
  std::string id = request.state().next_id("snap-");
  Json copy = without(*source, {"KmsKeyId"});
  copy.update({{"SnapshotId", id},
               {"StartTime", request.now()},
               {"Description", request.text("Description")},
               {"Encrypted", request.flag("Encrypted") || source->value("Encrypted", false)},
               {"CreateVolumePermissions", Json::array()},
               {"Tags", tags_to_give(request, "snapshot")}});
  overlay(copy, request, {"KmsKeyId"});
  Json tags = copy["Tags"];
  request.put(kSnapshot, id, std::move(copy));
  return Json{{"SnapshotId", id}, {"Tags", tags}};
}

// --- Images

Check check_image_name(Request& request, const std::string& name) {
  bool taken = false;
  request.each(kImage,
               [&](const std::string&, const Json& image) { taken = taken || image.value("Name", "") == name; });
  if (!taken) return {};
  return AwsError{"InvalidAMIName.Duplicate", fmt::format("AMI name {} is already in use by AMI", name), 400,
                  Json::object()};
}

Json image_from_volumes(Request& request, const Json& instance) {
  Json mappings = Json::array();
  for (const Json& mapping : base::member(instance, "BlockDeviceMappings")) {
    std::string snapshot = request.state().next_id("snap-");
    std::string volume = base::string_member(base::member(mapping, "Ebs"), "VolumeId");
    const Json* source = request.find(kVolume, volume);
    make(request, kSnapshot,
         {{"SnapshotId", snapshot},
          {"VolumeId", volume},
          {"StartTime", request.now()},
          {"VolumeSize", source ? source->value("Size", 8) : 8},
          {"Encrypted", source && source->value("Encrypted", false)},
          {"Description", "Created by CreateImage(" + instance.value("InstanceId", "") + ")"}});
    mappings.push_back({{"DeviceName", base::member(mapping, "DeviceName")}, {"Ebs", {{"SnapshotId", snapshot}}}});
  }
  return mappings;
}

Answer create_image(Request& request) {
  Answer instance = named(request, request.text("InstanceId"));
  if (!instance) return instance;
  if (Check wrong = check_image_name(request, request.text("Name"))) return tl::unexpected(*wrong);
  std::string id = request.state().next_id("ami-");
  make(request, kImage,
       {{"ImageId", id},
        {"Name", request.text("Name")},
        {"Description", request.text("Description")},
        {"CreationDate", request.now()},
        {"RootDeviceName", "/dev/xvda"},
        {"RootDeviceType", "ebs"},
        {"VirtualizationType", "hvm"},
        {"BlockDeviceMappings", image_from_volumes(request, *instance)},
        {"Tags", tags_to_give(request, "image")}});
  return Json{{"ImageId", id}};
}

Answer copy_image(Request& request) {
  if (request.text("SourceRegion") != request.region()) request.note_unmodelled("CopyImage from another region");
  Answer source = named(request, request.text("SourceImageId"));
  if (!source) return source;
  std::string id = request.state().next_id("ami-");
  Json copy = *source;
  copy.update({{"ImageId", id},
               {"Name", request.text("Name")},
               {"Description", request.text("Description")},
               {"CreationDate", request.now()},
               {"Public", false},
               {"LaunchPermissions", Json::array()},
               {"Tags", tags_to_give(request, "image")}});
  request.put(kImage, id, std::move(copy));
  return Json{{"ImageId", id}};
}

Answer deregister_image(Request& request) {
  Answer image = named(request, request.text("ImageId"));
  if (!image) return image;
  request.state().erase(request.key(kImage, request.text("ImageId")));
  return Json::object();
}

// --- Addresses

Answer allocate_address(Request& request) {
  std::string id = request.state().next_id("eipalloc-");
  Json address = make(request, kAddress,
                      {{"AllocationId", id},
                       {"PublicIp", address_of(id, "198.51")},
                       {"PublicIpv4Pool", "amazon"},
                       {"NetworkBorderGroup", request.region()},
                       {"Domain", request.has("Domain") ? request.text("Domain") : "vpc"},
                       {"Tags", tags_to_give(request, "elastic-ip")}});
  return pick(address, {"PublicIp", "AllocationId", "PublicIpv4Pool", "NetworkBorderGroup", "Domain"});
}

Answer associate_address(Request& request) {
  Answer address = named(request, request.text("AllocationId"));
  if (!address) return address;
  if (address->contains("AssociationId") && !request.flag("AllowReassociation"))
    return error("Resource.AlreadyAssociated",
                 fmt::format("resource {} is already associated with associate-id {}", request.text("AllocationId"),
                             address->value("AssociationId", "")));
  const char* target = request.has("InstanceId") ? "InstanceId" : "NetworkInterfaceId";
  Answer found = named(request, request.text(target));
  if (!found) return found;
  std::string association = request.state().next_id("eipassoc-");
  address->update({{"AssociationId", association}, {target, request.text(target)}});
  request.put(kAddress, request.text("AllocationId"), *address);
  return Json{{"AssociationId", association}};
}

}  // namespace

std::vector<Operation> ec2_launch_operations() {
  return {
      {"ec2", "RunInstances", Effect::write, run_instances},
      {"ec2", "DescribeInstanceStatus", Effect::read, describe_status},
      {"ec2", "CreateNetworkInterface", Effect::write, create_interface},
      {"ec2", "CreateVolume", Effect::write, create_volume},
      {"ec2", "AttachVolume", Effect::write, attach_volume},
      {"ec2", "DetachVolume", Effect::write, detach_volume},
      {"ec2", "CopySnapshot", Effect::write, copy_snapshot},
      {"ec2", "CreateImage", Effect::write, create_image},
      {"ec2", "CopyImage", Effect::write, copy_image},
      {"ec2", "DeregisterImage", Effect::write, deregister_image},
      {"ec2", "AllocateAddress", Effect::write, allocate_address},
      {"ec2", "AssociateAddress", Effect::write, associate_address},
  };
}

}  // namespace setpoint::twin::services
