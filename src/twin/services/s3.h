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
// Does this policy document let everyone in?
bool policy_is_public(const Json& policy);
// The bucket's and the account's settings together: BlockPublicAcls and so on.
bool public_access_blocked(Request& request, const Bucket& bucket, const char* flag);

}  // namespace setpoint::twin::services
