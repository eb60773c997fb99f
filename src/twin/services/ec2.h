// What the EC2 tables share: pages with EC2's limits, tags of new resources, resource types by the prefix of an id.
#pragma once

#include <string>
#include <vector>

#include "twin/services/listing.h"

namespace setpoint::twin::services {

// A page of MaxResults between `least` and 1000; EC2's own errors.
Answer ec2_page(const Request& request, std::vector<Json> items, const char* list_member, std::int64_t least);

// From TagSpecifications, those for this resource type ("security-group").
Json tags_to_give(const Request& request, std::string_view resource_type);

// "sg-0123" -> AWS::EC2::SecurityGroup; nullptr where the prefix is none that the twin models.
struct Ec2Type {
  const char* prefix;
  const char* type;      // of AWS Config
  const char* tag_name;  // "security-group": in TagSpecifications and ARNs
  const char* id_member;
  const char* missing;              // the error code for an id that does not exist
  const char* malformed = nullptr;  // for an id of another form; nullptr = as one that does not exist
};
const Ec2Type* ec2_type_of(std::string_view id);
AwsError ec2_missing(std::string_view id);
// Where a resource of this type is asked for: an id of another form is malformed, for those types that say so.
AwsError ec2_missing(std::string_view id, std::string_view type);
// The document that `parameter` names by its id, or EC2's error for it.
Answer ec2_named(Request& request, const char* parameter);

// [{GroupId, GroupName}] of these groups.
Json group_identifiers(Request& request, const Json& ids);

}  // namespace setpoint::twin::services
