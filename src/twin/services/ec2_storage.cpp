// EC2's volumes, snapshots and images, and who may use them. Source: EC2 API reference.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

Answer delete_volume(Request& request) {
  Answer volume = ec2_named(request, "VolumeId");
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
  Answer volume = ec2_named(request, "VolumeId");
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
  return without(std::move(snapshot), {"CreateVolumePermissions"});
}

Answer delete_snapshot(Request& request) {
  Answer snapshot = ec2_named(request, "SnapshotId");
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

// Product codes are the marketplace's alone.
Check check_snapshot_attribute(const Request& request) {
  std::string attribute = request.text("Attribute");
  if (attribute == "createVolumePermission" || (attribute.empty() && request.has("CreateVolumePermission"))) return {};
  return AwsError{"InvalidParameterValue",
                  fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", attribute),
                  400,
                  {}};
}

Answer modify_snapshot_attribute(Request& request) {
  Answer snapshot = ec2_named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  if (Check wrong = check_snapshot_attribute(request)) return tl::unexpected(*wrong);
  change_permissions((*snapshot)["CreateVolumePermissions"],
                     changes_of(request, "CreateVolumePermission", "GroupNames"));
  request.put("AWS::EC2::Snapshot", request.text("SnapshotId"), *snapshot);
  return Json::object();
}

Answer reset_snapshot_attribute(Request& request) {
  Answer snapshot = ec2_named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  if (Check wrong = check_snapshot_attribute(request)) return tl::unexpected(*wrong);
  (*snapshot)["CreateVolumePermissions"] = Json::array();
  request.put("AWS::EC2::Snapshot", request.text("SnapshotId"), *snapshot);
  return Json::object();
}

Answer describe_snapshot_attribute(Request& request) {
  Answer snapshot = ec2_named(request, "SnapshotId");
  if (!snapshot) return snapshot;
  if (request.text("Attribute") == "productCodes")
    return Json{{"SnapshotId", request.text("SnapshotId")}, {"ProductCodes", Json::array()}};
  if (request.text("Attribute") != "createVolumePermission") {
    return error(
        "InvalidParameterValue",
        fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", request.text("Attribute")));
  }
  return Json{{"SnapshotId", request.text("SnapshotId")},
              {"CreateVolumePermissions", (*snapshot)["CreateVolumePermissions"]}};
}

Answer modify_image_attribute(Request& request) {
  Answer image = ec2_named(request, "ImageId");
  if (!image) return image;
  Json& permissions = (*image)["LaunchPermissions"];
  change_permissions(permissions, changes_of(request, "LaunchPermission", "UserGroups"));
  (*image)["Public"] = std::find(permissions.begin(), permissions.end(), Json{{"Group", "all"}}) != permissions.end();
  if (request.has("Description")) (*image)["Description"] = base::member(request.parameter("Description"), "Value");
  request.put("AWS::EC2::Image", request.text("ImageId"), *image);
  return Json::object();
}

Answer describe_image_attribute(Request& request) {
  Answer image = ec2_named(request, "ImageId");
  if (!image) return image;
  std::string attribute = request.text("Attribute");
  Json out = {{"ImageId", request.text("ImageId")}};
  if (attribute == "launchPermission")
    out["LaunchPermissions"] = (*image)["LaunchPermissions"];
  else if (attribute == "description")
    out["Description"] = {{"Value", base::string_member(*image, "Description")}};
  else if (attribute == "productCodes")
    out["ProductCodes"] = Json::array();
  else if (attribute == "blockDeviceMapping")
    out["BlockDeviceMappings"] = base::member(*image, "BlockDeviceMappings");
  else
    request.note_unmodelled("DescribeImageAttribute: " + attribute);
  return out;
}

}  // namespace

std::vector<Operation> ec2_storage_operations() {
  return {
      {"ec2", "DeleteVolume", Effect::write, delete_volume},
      {"ec2", "CreateSnapshot", Effect::write, create_snapshot},
      {"ec2", "DeleteSnapshot", Effect::write, delete_snapshot},
      {"ec2", "DescribeSnapshotAttribute", Effect::read, describe_snapshot_attribute},
      {"ec2", "ModifySnapshotAttribute", Effect::write, modify_snapshot_attribute},
      {"ec2", "ResetSnapshotAttribute", Effect::write, reset_snapshot_attribute},
      {"ec2", "DescribeImageAttribute", Effect::read, describe_image_attribute},
      {"ec2", "ModifyImageAttribute", Effect::write, modify_image_attribute},
  };
}

}  // namespace setpoint::twin::services
