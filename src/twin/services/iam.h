// What the IAM tables share. Users, roles and groups are documents of the account ("global") that hold their inline
// policies
// ("Policies", by name), attached ones ("AttachedPolicies") and, for users, "Groups", "MFADevices" and "LoginProfile".
#pragma once

#include <string>

#include "twin/services/listing.h"

namespace setpoint::twin::services {

struct Principal {
  const char* type;    // AWS::IAM::User
  const char* name;    // UserName: the parameter and the member
  const char* kind;    // "user": in ARNs and messages
  const char* answer;  // User
  const char* list;    // Users
  const char* id_prefix;
};
inline constexpr Principal kUser{"AWS::IAM::User", "UserName", "user", "User", "Users", "AIDA"};
inline constexpr Principal kRole{"AWS::IAM::Role", "RoleName", "role", "Role", "Roles", "AROA"};
inline constexpr Principal kGroup{"AWS::IAM::Group", "GroupName", "group", "Group", "Groups", "AGPA"};

AwsError no_such_entity(const std::string& message);
Answer principal_of(Request& request, const Principal& principal);  // the one that the request names
Json principal_view(const Json& document);                          // as it goes on the wire
// MaxItems and Marker, with IsTruncated.
Answer iam_page(const Request& request, std::vector<Json> items, const char* list);
// A policy as IAM answers it: percent-encoded JSON text.
std::string encoded_policy(const Json& policy);
// MalformedPolicyDocument where it is none.
Check check_policy_document(const std::string& text);
std::string iam_id(Request& request, const char* prefix);

}  // namespace setpoint::twin::services
