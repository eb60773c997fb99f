// Describing, as a table: services list what they hold in much the same way. One Listing a kind of list; the function
// is made from it at compile time, so an operation's line in a table stays one line.
//
//   constexpr FilterField kVpcFilters[] = {{"vpc-id", "VpcId"}, ...};
//   constexpr Listing kVpcs{.type = "AWS::EC2::VPC", .list = "Vpcs", .ids = "VpcIds",
//                           .missing = "InvalidVpcID.NotFound", .filters = kVpcFilters};
//   {"ec2", "DescribeVpcs", Effect::read, describe<kVpcs>},
#pragma once

#include <span>

#include "twin/services/listing.h"

namespace setpoint::twin::services {

struct Listing {
  const char* type;           // of the documents
  const char* list;           // member of the answer
  const char* ids = nullptr;  // parameter that names documents: a list or one text; nullptr = there is none
  const char* missing = "ResourceNotFoundException";  // error code where a named one does not exist
  int missing_status = 400;
  std::span<const FilterField> filters = {};
  const char* filters_parameter = "Filters";
  Json (*view)(const Json& document) = nullptr;  // what goes on the wire; nullptr = the document
  PageNames pages = {};
  bool global = false;
};

Answer describe_listing(Request& request, const Listing& listing);

template <const Listing& kListing>
Answer describe(Request& request) {
  return describe_listing(request, kListing);
}

}  // namespace setpoint::twin::services
