// EC2's instances, volumes, snapshots, images and the account's EBS defaults. Source: EC2 API reference.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kInstance = "AWS::EC2::Instance";

Answer named(Request& request, const char* parameter) {
  std::string id = request.text(parameter);
  const Ec2Type* type = ec2_type_of(id);
  const Json* found = type ? request.find(type->type, id) : nullptr;
  if (!found) return tl::unexpected(ec2_missing(id));
  return *found;
}

// --- Instances

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
  Answer instance = named(request, "InstanceId");
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
  Answer instance = named(request, "InstanceId");
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
  Answer instance = named(request, "InstanceId");
  if (!instance) return instance;
  std::int64_t hops = request.integer("HttpPutResponseHopLimit", 1);
  if (hops < 1 || hops > 64) return error("InvalidParameterValue", "HttpPutResponseHopLimit must be between 1 and 64");
  overlay((*instance)["MetadataOptions"], request.call().parameters,
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
    if (!found)
      return error("InvalidInstanceID.NotFound",
                   fmt::format("The instance ID '{}' does not exist", id.get<std::string>()));
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
    if (!found)
      return error("InvalidInstanceID.NotFound",
                   fmt::format("The instance ID '{}' does not exist", id.get<std::string>()));
    Json instance = *found;
    instance["Monitoring"] = {{"State", state}};
    out.push_back({{"InstanceId", id}, {"Monitoring", instance["Monitoring"]}});
    request.put(kInstance, id.get<std::string>(), std::move(instance));
  }
  return Json{{"InstanceMonitorings", out}};
}

Answer monitor_instances(Request& request) { return set_monitoring(request, "enabled"); }
Answer unmonitor_instances(Request& request) { return set_monitoring(request, "disabled"); }

// --- Volumes, snapshots, images

constexpr FilterField kVolumeFilters[] = {{"volume-id", "VolumeId"},
                                          {"status", "State"},
                                          {"encrypted", "Encrypted"},
                                          {"attachment.instance-id", "Attachments.InstanceId"},
                                          {"attachment.status", "Attachments.State"},
                                          {"availability-zone", "AvailabilityZone"},
                                          {"snapshot-id", "SnapshotId"},
                                          {"volume-type", "VolumeType"},
                                          {"size", "Size"}};
constexpr Listing kVolumes{.type = "AWS::EC2::Volume",
                           .list = "Volumes",
                           .ids = "VolumeIds",
                           .missing = "InvalidVolume.NotFound",
                           .filters = kVolumeFilters};

Json snapshot_view(const Json& document) { return without(document, {"CreateVolumePermissions", "ProductCodes"}); }
constexpr FilterField kSnapshotFilters[] = {{"snapshot-id", "SnapshotId"}, {"status", "State"},
                                            {"encrypted", "Encrypted"},    {"volume-id", "VolumeId"},
                                            {"owner-id", "OwnerId"},       {"description", "Description"},
                                            {"volume-size", "VolumeSize"}};
constexpr Listing kSnapshots{.type = "AWS::EC2::Snapshot",
                             .list = "Snapshots",
                             .ids = "SnapshotIds",
                             .missing = "InvalidSnapshot.NotFound",
                             .filters = kSnapshotFilters,
                             .view = snapshot_view};

Json image_view(const Json& document) { return without(document, {"LaunchPermissions"}); }
constexpr FilterField kImageFilters[] = {{"image-id", "ImageId"}, {"name", "Name"},
                                         {"state", "State"},      {"is-public", "Public"},
                                         {"owner-id", "OwnerId"}, {"architecture", "Architecture"}};
constexpr Listing kImages{.type = "AWS::EC2::Image",
                          .list = "Images",
                          .ids = "ImageIds",
                          .missing = "InvalidAMIID.NotFound",
                          .filters = kImageFilters,
                          .view = image_view};

Answer delete_volume(Request& request) {
  Answer volume = named(request, "VolumeId");
  if (!volume) return volume;
  std::string id = request.text("VolumeId");
  if (!(*volume)["Attachments"].empty()) {
    return error("VolumeInUse", fmt::format("Volume {} is currently attached to {}", id,
                                            (*volume)["Attachments"][0].value("InstanceId", "")));
  }
  request.state().erase(request.key("AWS::EC2::Volume", id));
  return Json::object();
}

Answer create_snapshot(Request& request) {
  Answer volume = named(request, "VolumeId");
  if (!volume) return volume;
  std::string id = request.state().next_id("snap-");
  Json snapshot = {{"SnapshotId", id},
                   {"VolumeId", request.text("VolumeId")},
                   {"State", "completed"},
                   {"Progress", "100%"},
                   {"OwnerId", request.account()},
                   {"StartTime", request.now()},
                   {"VolumeSize", volume->value("Size", 8)},
                   {"Encrypted", volume->value("Encrypted", false)},
                   {"Description", request.text("Description")},
                   {"CreateVolumePermissions", Json::array()},
                   {"StorageTier", "standard"},
                   {"Tags", tags_to_give(request, "snapshot")}};
  request.put("AWS::EC2::Snapshot", id, snapshot);
  return snapshot_view(snapshot);
}

Answer delete_snapshot(Request& request) {
  Answer snapshot = named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  std::string id = request.text("SnapshotId");
  for (const Json& image : request.all("AWS::EC2::Image")) {
    std::vector<std::string> used = values_at(image, "BlockDeviceMappings.Ebs.SnapshotId");
    if (std::find(used.begin(), used.end(), id) == used.end()) continue;
    return error("InvalidSnapshot.InUse",
                 fmt::format("The snapshot {} is currently in use by {}", id, image.value("ImageId", "")));
  }
  request.state().erase(request.key("AWS::EC2::Snapshot", id));
  return Json::object();
}

// --- Who may use a snapshot or an image: lists of {Group} or {UserId}, changed by Add and Remove.

void change_permissions(Json& list, const Json& changes) {
  for (const Json& gone : base::member(changes, "Remove")) {
    Json kept = Json::array();
    for (const Json& entry : list) {
      if (entry != gone) kept.push_back(entry);
    }
    list = kept;
  }
  for (const Json& added : base::member(changes, "Add")) {
    if (std::find(list.begin(), list.end(), added) == list.end()) list.push_back(added);
  }
  std::sort(list.begin(), list.end());
}

// The old form: OperationType with GroupNames and UserIds.
Json changes_of(const Request& request, const char* modern, const char* groups) {
  if (request.has(modern)) return request.parameter(modern);
  Json entries = Json::array();
  for (const Json& group : request.parameter(groups)) entries.push_back({{"Group", group}});
  for (const Json& user : request.parameter("UserIds")) entries.push_back({{"UserId", user}});
  return {{request.text("OperationType") == "remove" ? "Remove" : "Add", entries}};
}

Answer modify_snapshot_attribute(Request& request) {
  Answer snapshot = named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  change_permissions((*snapshot)["CreateVolumePermissions"],
                     changes_of(request, "CreateVolumePermission", "GroupNames"));
  request.put("AWS::EC2::Snapshot", request.text("SnapshotId"), *snapshot);
  return Json::object();
}

Answer reset_snapshot_attribute(Request& request) {
  Answer snapshot = named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  (*snapshot)["CreateVolumePermissions"] = Json::array();
  request.put("AWS::EC2::Snapshot", request.text("SnapshotId"), *snapshot);
  return Json::object();
}

Answer describe_snapshot_attribute(Request& request) {
  Answer snapshot = named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  if (request.text("Attribute") == "productCodes")
    return Json{{"SnapshotId", request.text("SnapshotId")}, {"ProductCodes", Json::array()}};
  return Json{{"SnapshotId", request.text("SnapshotId")},
              {"CreateVolumePermissions", (*snapshot)["CreateVolumePermissions"]}};
}

Answer modify_image_attribute(Request& request) {
  Answer image = named(request, "ImageId");
  if (!image) return image;
  Json& permissions = (*image)["LaunchPermissions"];
  change_permissions(permissions, changes_of(request, "LaunchPermission", "UserGroups"));
  (*image)["Public"] = std::find(permissions.begin(), permissions.end(), Json{{"Group", "all"}}) != permissions.end();
  if (request.has("Description")) (*image)["Description"] = base::member(request.parameter("Description"), "Value");
  request.put("AWS::EC2::Image", request.text("ImageId"), *image);
  return Json::object();
}

Answer describe_image_attribute(Request& request) {
  Answer image = named(request, "ImageId");
  if (!image) return image;
  return Json{{"ImageId", request.text("ImageId")}, {"LaunchPermissions", (*image)["LaunchPermissions"]}};
}

// --- The region's settings: one document

constexpr const char* kDefaults = "AWS::EC2::RegionSettings";

Json region_settings(Request& request) {
  const Json* stored = request.find(kDefaults, "settings");
  return stored ? *stored
                : Json{{"EbsEncryptionByDefault", false},
                       {"KmsKeyId", "alias/aws/ebs"},
                       {"SnapshotBlockPublicAccess", "unblocked"},
                       {"ImageBlockPublicAccess", "unblocked"}};
}

Answer set_region_setting(Request& request, const char* name, Json value, const char* answer) {
  Json settings = region_settings(request);
  settings[name] = value;
  request.put(kDefaults, "settings", settings);
  return Json{{answer, value}};
}

Answer get_ebs_encryption(Request& request) {
  return Json{{"EbsEncryptionByDefault", region_settings(request)["EbsEncryptionByDefault"]}};
}
Answer enable_ebs_encryption(Request& request) {
  return set_region_setting(request, "EbsEncryptionByDefault", true, "EbsEncryptionByDefault");
}
Answer disable_ebs_encryption(Request& request) {
  return set_region_setting(request, "EbsEncryptionByDefault", false, "EbsEncryptionByDefault");
}
Answer get_ebs_key(Request& request) { return Json{{"KmsKeyId", region_settings(request)["KmsKeyId"]}}; }
Answer modify_ebs_key(Request& request) {
  return set_region_setting(request, "KmsKeyId", request.text("KmsKeyId"), "KmsKeyId");
}
Answer reset_ebs_key(Request& request) { return set_region_setting(request, "KmsKeyId", "alias/aws/ebs", "KmsKeyId"); }
Answer get_snapshot_block(Request& request) {
  return Json{{"State", region_settings(request)["SnapshotBlockPublicAccess"]}};
}
Answer enable_snapshot_block(Request& request) {
  return set_region_setting(request, "SnapshotBlockPublicAccess", request.text("State"), "State");
}
Answer disable_snapshot_block(Request& request) {
  return set_region_setting(request, "SnapshotBlockPublicAccess", "unblocked", "State");
}
Answer get_image_block(Request& request) {
  return Json{{"ImageBlockPublicAccessState", region_settings(request)["ImageBlockPublicAccess"]}};
}
Answer enable_image_block(Request& request) {
  return set_region_setting(request, "ImageBlockPublicAccess", "block-new-sharing", "ImageBlockPublicAccessState");
}
Answer disable_image_block(Request& request) {
  return set_region_setting(request, "ImageBlockPublicAccess", "unblocked", "ImageBlockPublicAccessState");
}

// --- Places

constexpr const char* kRegions[] = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1",   "eu-central-1",   "eu-north-1",     "eu-west-1",  "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",      "us-east-2",      "us-west-1",  "us-west-2"};

Answer describe_regions(Request& request) {
  std::vector<Json> regions;
  const Json& wanted = request.parameter("RegionNames");
  for (const char* name : kRegions) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Json(name)) == wanted.end()) continue;
    regions.push_back({{"RegionName", name},
                       {"Endpoint", fmt::format("ec2.{}.amazonaws.com", name)},
                       {"OptInStatus", "opt-in-not-required"}});
  }
  if (regions.size() < wanted.size()) return error("InvalidParameterValue", "Invalid region names");
  static const std::vector<FilterField> kFilters = {
      {"region-name", "RegionName"}, {"endpoint", "Endpoint"}, {"opt-in-status", "OptInStatus"}};
  if (Check wrong = keep_matching(regions, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return Json{{"Regions", regions}};
}

Answer describe_availability_zones(Request& request) {
  std::vector<Json> zones;
  for (const char* letter : {"a", "b", "c"}) {
    zones.push_back({{"ZoneName", request.region() + letter},
                     {"State", "available"},
                     {"RegionName", request.region()},
                     {"ZoneType", "availability-zone"},
                     {"OptInStatus", "opt-in-not-required"},
                     {"GroupName", request.region()},
                     {"Messages", Json::array()},
                     {"NetworkBorderGroup", request.region()}});
  }
  static const std::vector<FilterField> kFilters = {
      {"zone-name", "ZoneName"}, {"state", "State"}, {"region-name", "RegionName"}, {"zone-type", "ZoneType"}};
  if (Check wrong = keep_matching(zones, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return Json{{"AvailabilityZones", zones}};
}

Answer describe_account_attributes(Request& request) {
  std::string vpc = "none";
  request.each("AWS::EC2::VPC", [&](const std::string& id, const Json& document) {
    if (document.value("IsDefault", false)) vpc = id;
  });
  Json out = Json::array();
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"supported-platforms", "VPC"},
                                    {"default-vpc", vpc},
                                    {"vpc-max-security-groups-per-interface", "5"},
                                    {"max-elastic-ips", "5"}}) {
    const Json& wanted = request.parameter("AttributeNames");
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Json(name)) == wanted.end()) continue;
    out.push_back({{"AttributeName", name}, {"AttributeValues", Json::array({{{"AttributeValue", value}}})}});
  }
  return Json{{"AccountAttributes", out}};
}

}  // namespace

std::vector<Operation> ec2_compute_operations() {
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
      {"ec2", "DescribeVolumes", Effect::read, describe<kVolumes>},
      {"ec2", "DeleteVolume", Effect::write, delete_volume},
      {"ec2", "DescribeSnapshots", Effect::read, describe<kSnapshots>},
      {"ec2", "CreateSnapshot", Effect::write, create_snapshot},
      {"ec2", "DeleteSnapshot", Effect::write, delete_snapshot},
      {"ec2", "DescribeSnapshotAttribute", Effect::read, describe_snapshot_attribute},
      {"ec2", "ModifySnapshotAttribute", Effect::write, modify_snapshot_attribute},
      {"ec2", "ResetSnapshotAttribute", Effect::write, reset_snapshot_attribute},
      {"ec2", "DescribeImages", Effect::read, describe<kImages>},
      {"ec2", "DescribeImageAttribute", Effect::read, describe_image_attribute},
      {"ec2", "ModifyImageAttribute", Effect::write, modify_image_attribute},
      {"ec2", "GetEbsEncryptionByDefault", Effect::read, get_ebs_encryption},
      {"ec2", "EnableEbsEncryptionByDefault", Effect::write, enable_ebs_encryption},
      {"ec2", "DisableEbsEncryptionByDefault", Effect::write, disable_ebs_encryption},
      {"ec2", "GetEbsDefaultKmsKeyId", Effect::read, get_ebs_key},
      {"ec2", "ModifyEbsDefaultKmsKeyId", Effect::write, modify_ebs_key},
      {"ec2", "ResetEbsDefaultKmsKeyId", Effect::write, reset_ebs_key},
      {"ec2", "GetSnapshotBlockPublicAccessState", Effect::read, get_snapshot_block},
      {"ec2", "EnableSnapshotBlockPublicAccess", Effect::write, enable_snapshot_block},
      {"ec2", "DisableSnapshotBlockPublicAccess", Effect::write, disable_snapshot_block},
      {"ec2", "GetImageBlockPublicAccessState", Effect::read, get_image_block},
      {"ec2", "EnableImageBlockPublicAccess", Effect::write, enable_image_block},
      {"ec2", "DisableImageBlockPublicAccess", Effect::write, disable_image_block},
      {"ec2", "DescribeRegions", Effect::read, describe_regions},
      {"ec2", "DescribeAvailabilityZones", Effect::read, describe_availability_zones},
      {"ec2", "DescribeAccountAttributes", Effect::read, describe_account_attributes},
  };
}

}  // namespace setpoint::twin::services
