// What EC2 lists, as rows: documents of a type, the parameter that names some of them, the filters that it knows.
// Source: EC2 API reference. Security groups and instances have more to say and stand in files of their own.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Listing ec2_list(const char* type, const char* list, const char* ids, const char* missing,
                           std::span<const FilterField> filters, Json (*view)(const Json&) = nullptr,
                           const char* filters_parameter = "Filters") {
  return {.type = type,
          .list = list,
          .ids = ids,
          .missing = missing,
          .filters = filters,
          .filters_parameter = filters_parameter,
          .view = view};
}

// The one type of EC2 whose tags have another name; the filters go by "Tags".
Json interface_view(const Json& document) {
  Json out = document;
  out["TagSet"] = base::member(document, "Tags");
  return out;
}

Json public_view(const Json& document) { return without(document, {"Attributes"}); }

constexpr FilterField kVpcFilters[] = {{"vpc-id", "VpcId"},         {"cidr", "CidrBlock"},
                                       {"cidr-block", "CidrBlock"}, {"state", "State"},
                                       {"is-default", "IsDefault"}, {"isDefault", "IsDefault"},
                                       {"owner-id", "OwnerId"},     {"dhcp-options-id", "DhcpOptionsId"}};
constexpr Listing kVpcs =
    ec2_list("AWS::EC2::VPC", "Vpcs", "VpcIds", "InvalidVpcID.NotFound", kVpcFilters, public_view);

constexpr FilterField kSubnetFilters[] = {{"subnet-id", "SubnetId"},
                                          {"vpc-id", "VpcId"},
                                          {"cidr-block", "CidrBlock"},
                                          {"state", "State"},
                                          {"availability-zone", "AvailabilityZone"},
                                          {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
                                          {"owner-id", "OwnerId"},
                                          {"default-for-az", "DefaultForAz"}};
constexpr Listing kSubnets =
    ec2_list("AWS::EC2::Subnet", "Subnets", "SubnetIds", "InvalidSubnetID.NotFound", kSubnetFilters);

constexpr FilterField kInterfaceFilters[] = {{"network-interface-id", "NetworkInterfaceId"},
                                             {"group-id", "Groups.GroupId"},
                                             {"group-name", "Groups.GroupName"},
                                             {"vpc-id", "VpcId"},
                                             {"subnet-id", "SubnetId"},
                                             {"status", "Status"},
                                             {"attachment.instance-id", "Attachment.InstanceId"},
                                             {"private-ip-address", "PrivateIpAddress"},
                                             {"description", "Description"},
                                             {"interface-type", "InterfaceType"}};
constexpr Listing kInterfaces = ec2_list("AWS::EC2::NetworkInterface", "NetworkInterfaces", "NetworkInterfaceIds",
                                         "InvalidNetworkInterfaceID.NotFound", kInterfaceFilters, interface_view);

constexpr FilterField kAclFilters[] = {{"network-acl-id", "NetworkAclId"},
                                       {"vpc-id", "VpcId"},
                                       {"default", "IsDefault"},
                                       {"association.subnet-id", "Associations.SubnetId"},
                                       {"entry.cidr", "Entries.CidrBlock"}};
constexpr Listing kAcls =
    ec2_list("AWS::EC2::NetworkAcl", "NetworkAcls", "NetworkAclIds", "InvalidNetworkAclID.NotFound", kAclFilters);

constexpr FilterField kRouteFilters[] = {{"route-table-id", "RouteTableId"},
                                         {"vpc-id", "VpcId"},
                                         {"association.subnet-id", "Associations.SubnetId"},
                                         {"association.main", "Associations.Main"},
                                         {"route.gateway-id", "Routes.GatewayId"}};
constexpr Listing kRoutes =
    ec2_list("AWS::EC2::RouteTable", "RouteTables", "RouteTableIds", "InvalidRouteTableID.NotFound", kRouteFilters);

constexpr FilterField kGatewayFilters[] = {{"internet-gateway-id", "InternetGatewayId"},
                                           {"attachment.vpc-id", "Attachments.VpcId"}};
constexpr Listing kGateways = ec2_list("AWS::EC2::InternetGateway", "InternetGateways", "InternetGatewayIds",
                                       "InvalidInternetGatewayID.NotFound", kGatewayFilters);

constexpr FilterField kFlowLogFilters[] = {{"flow-log-id", "FlowLogId"},
                                           {"resource-id", "ResourceId"},
                                           {"traffic-type", "TrafficType"},
                                           {"log-group-name", "LogGroupName"},
                                           {"log-destination-type", "LogDestinationType"},
                                           {"deliver-log-status", "DeliverLogsStatus"}};
constexpr Listing kFlowLogs = ec2_list("AWS::EC2::FlowLog", "FlowLogs", "FlowLogIds", "InvalidFlowLogId.NotFound",
                                       kFlowLogFilters, nullptr, "Filter");

constexpr FilterField kAddressFilters[] = {{"allocation-id", "AllocationId"},
                                           {"association-id", "AssociationId"},
                                           {"instance-id", "InstanceId"},
                                           {"public-ip", "PublicIp"},
                                           {"domain", "Domain"},
                                           {"network-interface-id", "NetworkInterfaceId"}};
constexpr Listing kAddresses =
    ec2_list("AWS::EC2::EIP", "Addresses", "AllocationIds", "InvalidAllocationID.NotFound", kAddressFilters);

constexpr FilterField kVolumeFilters[] = {{"volume-id", "VolumeId"},
                                          {"status", "State"},
                                          {"encrypted", "Encrypted"},
                                          {"attachment.instance-id", "Attachments.InstanceId"},
                                          {"attachment.status", "Attachments.State"},
                                          {"availability-zone", "AvailabilityZone"},
                                          {"snapshot-id", "SnapshotId"},
                                          {"volume-type", "VolumeType"},
                                          {"size", "Size"}};
constexpr Listing kVolumes =
    ec2_list("AWS::EC2::Volume", "Volumes", "VolumeIds", "InvalidVolume.NotFound", kVolumeFilters);

Json snapshot_view(const Json& document) { return without(document, {"CreateVolumePermissions", "ProductCodes"}); }
constexpr FilterField kSnapshotFilters[] = {{"snapshot-id", "SnapshotId"}, {"status", "State"},
                                            {"encrypted", "Encrypted"},    {"volume-id", "VolumeId"},
                                            {"owner-id", "OwnerId"},       {"description", "Description"},
                                            {"volume-size", "VolumeSize"}};
constexpr Listing kSnapshots = ec2_list("AWS::EC2::Snapshot", "Snapshots", "SnapshotIds", "InvalidSnapshot.NotFound",
                                        kSnapshotFilters, snapshot_view);

// Whose: account numbers or "self". A name that stands for AWS or the marketplace owns nothing here.
void keep_owned(Request& request, std::vector<Json>& documents, const Json& owners) {
  if (owners.empty()) return;
  std::erase_if(documents, [&](const Json& document) {
    Json owner = base::member(document, "OwnerId");
    bool own =
        owner == Json(request.account()) && std::find(owners.begin(), owners.end(), Json("self")) != owners.end();
    return !own && std::find(owners.begin(), owners.end(), owner) == owners.end();
  });
}

// For whom: "all", "self" or account numbers, as the list of permissions names them; owners need none.
bool may_use(const Request& request, const Json& document, const Json& permissions, const Json& who) {
  return std::any_of(who.begin(), who.end(), [&](const Json& name) {
    if (name == Json("all"))
      return std::find(permissions.begin(), permissions.end(), Json{{"Group", "all"}}) != permissions.end();
    Json user = name == Json("self") ? Json(request.account()) : name;
    return base::member(document, "OwnerId") == user ||
           std::find(permissions.begin(), permissions.end(), Json{{"UserId", user}}) != permissions.end();
  });
}

struct Shared {
  const char* type;
  const char* list;
  const char* permissions;  // member
  const char* owners;       // parameter
  const char* users;        // parameter
  const char* id;
};

// A listing of what may be shared: owner and users narrow it before it is paged.
Answer list_shared(Request& request, const Listing& listing, const Shared& shared) {
  if (request.parameter(shared.owners).empty() && request.parameter(shared.users).empty())
    return describe_listing(request, listing);
  std::vector<Json> documents = request.all(shared.type);
  keep_owned(request, documents, request.parameter(shared.owners));
  const Json& users = request.parameter(shared.users);
  if (!users.empty())
    std::erase_if(documents, [&](const Json& document) {
      return !may_use(request, document, base::member(document, shared.permissions), users);
    });
  const Json& wanted = request.parameter(listing.ids);
  if (!wanted.empty())
    std::erase_if(documents, [&](const Json& document) {
      return std::find(wanted.begin(), wanted.end(), document.value(shared.id, "")) == wanted.end();
    });
  for (Json& document : documents) document = listing.view(document);
  std::vector<FilterField> fields(listing.filters.begin(), listing.filters.end());
  if (Check wrong = keep_matching(documents, request.parameter("Filters"), fields)) return tl::unexpected(*wrong);
  return page(request, std::move(documents), shared.list, listing.pages);
}

Answer describe_snapshots(Request& request) {
  return list_shared(
      request, kSnapshots,
      {"AWS::EC2::Snapshot", "Snapshots", "CreateVolumePermissions", "OwnerIds", "RestorableByUserIds", "SnapshotId"});
}

Json image_view(const Json& document) { return without(document, {"LaunchPermissions"}); }
constexpr FilterField kImageFilters[] = {{"image-id", "ImageId"}, {"name", "Name"},
                                         {"state", "State"},      {"is-public", "Public"},
                                         {"owner-id", "OwnerId"}, {"architecture", "Architecture"}};
constexpr Listing kImages =
    ec2_list("AWS::EC2::Image", "Images", "ImageIds", "InvalidAMIID.NotFound", kImageFilters, image_view);

Answer describe_images(Request& request) {
  return list_shared(request, kImages,
                     {"AWS::EC2::Image", "Images", "LaunchPermissions", "Owners", "ExecutableUsers", "ImageId"});
}

}  // namespace

std::vector<Operation> ec2_listing_operations() {
  return {
      {"ec2", "DescribeVpcs", Effect::read, describe<kVpcs>},
      {"ec2", "DescribeSubnets", Effect::read, describe<kSubnets>},
      {"ec2", "DescribeNetworkInterfaces", Effect::read, describe<kInterfaces>},
      {"ec2", "DescribeNetworkAcls", Effect::read, describe<kAcls>},
      {"ec2", "DescribeRouteTables", Effect::read, describe<kRoutes>},
      {"ec2", "DescribeInternetGateways", Effect::read, describe<kGateways>},
      {"ec2", "DescribeFlowLogs", Effect::read, describe<kFlowLogs>},
      {"ec2", "DescribeAddresses", Effect::read, describe<kAddresses>},
      {"ec2", "DescribeVolumes", Effect::read, describe<kVolumes>},
      {"ec2", "DescribeSnapshots", Effect::read, describe_snapshots},
      {"ec2", "DescribeImages", Effect::read, describe_images},
  };
}

}  // namespace setpoint::twin::services
