// What the S3 tables share: finding a bucket wherever it lies (names are global), its document, its errors.
//
// A bucket's document: Name, CreationDate, Tags, and each setting under a name of its own (Policy as JSON text,
// PublicAccessBlock, Encryption, ...) with the value that its Get operation answers.
#pragma once

#include <optional>
#include <string>

#include "twin/service.h"

namespace setpoint::twin::services {

struct Bucket {
  StateKey key;
  Json document;
};
tl::expected<Bucket, AwsError> bucket_of(Request& request);  // of the parameter Bucket; NoSuchBucket, AccessDenied
std::optional<StateKey> find_bucket(const State& state, const std::string& name);
Json bucket_owner(const std::string& account);  // {ID, DisplayName}
Json canned_acl(const std::string& account, const std::string& canned);
// From ACL, AccessControlPolicy or the Grant headers.
Answer acl_from_request(const Request& request, const std::string& account);
// May the bucket, or an object in it, have this ACL?
Check check_acl(Request& request, const Bucket& bucket, const Json& acl);
bool holds_objects(Request& request, const Bucket& bucket);  // versions among them
std::vector<Operation> s3_object_operations();               // the objects' own table
// Does this policy document let everyone in?
bool policy_is_public(const Json& policy);
// The bucket's and the account's settings together: BlockPublicAcls and so on.
bool public_access_blocked(const State& state, const Bucket& bucket, const char* flag);

}  // namespace setpoint::twin::services
