// A region's own settings, and its places. Source: EC2 API reference.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kDefaults = "AWS::EC2::RegionSettings";

Json default_settings() {
  return {{"EbsEncryptionByDefault", false},
          {"KmsKeyId", "alias/aws/ebs"},
          {"SnapshotBlockPublicAccess", "unblocked"},
          {"ImageBlockPublicAccess", "unblocked"}};
}

Json region_settings(Request& request) {
  const Json* stored = request.find(kDefaults, "settings");
  return stored ? *stored : default_settings();
}

Answer set_region_setting(Request& request, const char* name, Json value, const char* answer) {
  Json settings = region_settings(request);
  settings[name] = value;
  // A region that was set back is one that was never set.
  if (settings == default_settings())
    request.state().erase(request.key(kDefaults, "settings"));
  else
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

std::vector<Operation> ec2_setting_operations() {
  return {
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
