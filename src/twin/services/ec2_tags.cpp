// EC2's tags, and what the other EC2 tables share.
#include <algorithm>

#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::size_t kTagsPerResourceMax = 50;
constexpr std::size_t kTagKeyMax = 127;
constexpr std::size_t kTagValueMax = 255;

constexpr Ec2Type kTypes[] = {
    {"sg-", "AWS::EC2::SecurityGroup", "security-group", "GroupId", "InvalidGroup.NotFound",
     "InvalidGroupId.Malformed"},
    {"vpc-", "AWS::EC2::VPC", "vpc", "VpcId", "InvalidVpcID.NotFound"},
    {"subnet-", "AWS::EC2::Subnet", "subnet", "SubnetId", "InvalidSubnetID.NotFound"},
    {"i-", "AWS::EC2::Instance", "instance", "InstanceId", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"},
    {"eni-", "AWS::EC2::NetworkInterface", "network-interface", "NetworkInterfaceId",
     "InvalidNetworkInterfaceID.NotFound"},
    {"vol-", "AWS::EC2::Volume", "volume", "VolumeId", "InvalidVolume.NotFound", "InvalidParameterValue"},
    {"snap-", "AWS::EC2::Snapshot", "snapshot", "SnapshotId", "InvalidSnapshot.NotFound", "InvalidParameterValue"},
    {"ami-", "AWS::EC2::Image", "image", "ImageId", "InvalidAMIID.NotFound", "InvalidAMIID.Malformed"},
    {"fl-", "AWS::EC2::FlowLog", "vpc-flow-log", "FlowLogId", "InvalidFlowLogId.NotFound"},
    {"eipalloc-", "AWS::EC2::EIP", "elastic-ip", "AllocationId", "InvalidAllocationID.NotFound"},
    {"acl-", "AWS::EC2::NetworkAcl", "network-acl", "NetworkAclId", "InvalidNetworkAclID.NotFound"},
    {"rtb-", "AWS::EC2::RouteTable", "route-table", "RouteTableId", "InvalidRouteTableID.NotFound"},
    {"igw-", "AWS::EC2::InternetGateway", "internet-gateway", "InternetGatewayId", "InvalidInternetGatewayID.NotFound"},
};

Check check_tags(const Json& tags) {
  for (const Json& tag : tags) {
    std::string key = base::string_member(tag, "Key");
    if (key.empty()) return AwsError{"InvalidParameterValue", "Tag key cannot be empty", 400, {}};
    if (key.starts_with("aws:")) {
      return AwsError{"InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use", 400, {}};
    }
    if (key.size() > kTagKeyMax || base::string_member(tag, "Value").size() > kTagValueMax) {
      return AwsError{"InvalidParameterValue",
                      fmt::format("Tag key or value of '{}' is longer than {}/{} characters", key.substr(0, 40),
                                  kTagKeyMax, kTagValueMax),
                      400,
                      {}};
    }
  }
  return {};
}

// The documents that the request names, each changed by `change`; none is changed where one is missing.
Answer change_tags(Request& request, const std::function<Check(Json&)>& change) {
  if (request.parameter("Resources").empty())
    return error("MissingParameter", "The request must contain the parameter resourceIdSet");
  for (const Json& id : request.parameter("Resources")) {
    std::string name = id.get<std::string>();
    const Ec2Type* type = ec2_type_of(name);
    const Json* found = type ? request.find(type->type, name) : nullptr;
    if (!found) return tl::unexpected(ec2_missing(name));
    Json document = *found;
    if (Check wrong = change(document)) return tl::unexpected(*wrong);
    request.put(type->type, name, std::move(document));
  }
  return Json::object();
}

Answer create_tags(Request& request) {
  const Json& tags = request.parameter("Tags");
  if (Check wrong = check_tags(tags)) return tl::unexpected(*wrong);
  return change_tags(request, [&](Json& document) -> Check {
    merge_tags(document, tags);
    if (document["Tags"].size() <= kTagsPerResourceMax) return {};
    return AwsError{"TagLimitExceeded", "The maximum number of Tags for a resource has been reached.", 400, {}};
  });
}

bool names_tag(const Json& wanted, const Json& tag) {
  if (base::string_member(wanted, "Key") != base::string_member(tag, "Key")) return false;
  return base::member(wanted, "Value").is_null() ||
         base::string_member(wanted, "Value") == base::string_member(tag, "Value");
}

// Without Tags all of them go; a Value must match where it is given.
Answer delete_tags(Request& request) {
  const Json& wanted = request.parameter("Tags");
  return change_tags(request, [&](Json& document) -> Check {
    Json kept = Json::array();
    for (const Json& tag : base::member(document, "Tags")) {
      bool goes = wanted.empty() ||
                  std::any_of(wanted.begin(), wanted.end(), [&](const Json& entry) { return names_tag(entry, tag); });
      if (!goes) kept.push_back(tag);
    }
    document["Tags"] = kept;
    return {};
  });
}

Answer describe_tags(Request& request) {
  std::vector<Json> found;
  for (const Ec2Type& type : kTypes) {
    request.each(type.type, [&](const std::string& id, const Json& document) {
      for (const Json& tag : base::member(document, "Tags")) {
        Json entry = tag;
        entry["ResourceId"] = id;
        entry["ResourceType"] = type.tag_name;
        found.push_back(std::move(entry));
      }
    });
  }
  static const std::vector<FilterField> kFilters = {
      {"key", "Key"}, {"value", "Value"}, {"resource-id", "ResourceId"}, {"resource-type", "ResourceType"}};
  if (Check wrong = keep_matching(found, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return ec2_page(request, std::move(found), "Tags", 5);
}

}  // namespace

Answer ec2_page(const Request& request, std::vector<Json> items, const char* list_member, std::int64_t least) {
  std::int64_t wanted = request.integer("MaxResults", least);
  if (wanted < least || wanted > 1000) {
    return error("InvalidParameterValue",
                 fmt::format("Value ( {} ) for parameter maxResults is invalid. Expecting a value between {} and 1000.",
                             wanted, least));
  }
  return page(request, std::move(items), list_member, {.bad_token_code = "InvalidNextToken"});
}

Json tags_to_give(const Request& request, std::string_view resource_type) {
  Json given = Json::object();
  for (const Json& specification : request.parameter("TagSpecifications")) {
    if (base::string_member(specification, "ResourceType") != resource_type) continue;
    given.update(tags_as_map(base::member(specification, "Tags")));
  }
  return sorted_tags(given);
}

const Ec2Type* ec2_type_of(std::string_view id) {
  for (const Ec2Type& type : kTypes) {
    if (id.starts_with(type.prefix)) return &type;
  }
  return nullptr;
}

AwsError ec2_missing(std::string_view id) {
  const Ec2Type* type = ec2_type_of(id);
  if (!type) return {"InvalidID", fmt::format("The ID '{}' is not valid", id), 400, Json::object()};
  return {type->missing, fmt::format("The {} ID '{}' does not exist", type->tag_name, id), 400, Json::object()};
}

AwsError ec2_missing(std::string_view id, std::string_view type) {
  auto known =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Ec2Type& each) { return type == each.type; });
  if (known == std::end(kTypes) || id.starts_with(known->prefix)) return ec2_missing(id);
  if (!known->malformed)
    return {known->missing, fmt::format("The {} ID '{}' does not exist", known->tag_name, id), 400, Json::object()};
  return {known->malformed, fmt::format("Invalid id: \"{}\" (expecting \"{}...\")", id, known->prefix), 400,
          Json::object()};
}

Answer ec2_named(Request& request, const char* parameter) {
  std::string id = request.text(parameter);
  const Ec2Type* type = ec2_type_of(id);
  const Json* found = type ? request.find(type->type, id) : nullptr;
  if (!found) return tl::unexpected(ec2_missing(id));
  return *found;
}

std::vector<Operation> ec2_tag_operations() {
  return {
      {"ec2", "CreateTags", Effect::write, create_tags},
      {"ec2", "DeleteTags", Effect::write, delete_tags},
      {"ec2", "DescribeTags", Effect::read, describe_tags},
  };
}

}  // namespace setpoint::twin::services
