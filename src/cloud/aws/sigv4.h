// AWS Signature Version 4, both ends. Our own because libcurl 7.88's is wrong for unsorted queries, for flag queries
// such as ?policy and for percent-encoded paths.
//
//   sign(request, {.credentials = credentials, .region = "eu-west-1", .service = "ec2", .now = clock.now()});
//
//   auto caller = verify(request, lookup, clock.now(), *route.service, route.protocol);   // a server
//   if (!caller) return encode_error(*route.service, route.protocol, caller.error(), id);
//
// S3's rules (service "s3"): the path is encoded once and not normalised, x-amz-content-sha256 is always sent.
// Elsewhere the path is normalised and encoded twice. The verifier takes the Authorization header and presigned
// queries, computes over what arrived, and compares in constant time. Its refusals are AWS's own codes, which differ by
// protocol (InvalidClientTokenId, UnrecognizedClientException, InvalidAccessKeyId, EC2's AuthFailure).
//
// Threads: functions of values. The signing keys of the last few (key, day, region, service) are kept per thread.
// Source: AWS General Reference, "Signature Version 4 signing process".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/clock.h"
#include "cloud/aws/codec.h"
#include "cloud/aws/credential_scope.h"
#include "cloud/aws/credentials.h"
#include "cloud/http.h"

namespace setpoint::cloud::aws {

struct SigningContext {
  const Credentials& credentials;
  std::string_view region;
  std::string_view service;  // the signing name
  base::Timestamp now;
  bool unsigned_payload = false;  // S3 over TLS, or an operation with an unsigned body
};
// Adds X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-SHA256 (S3, or unsigned) and Authorization. The host must be
// final.
void sign(HttpRequest& request, const SigningContext& context);

struct KeyEntry {
  Secret secret_key;
  Secret session_token;     // must be presented where it is set
  base::Timestamp expires;  // not known() = never
};
using KeyLookup = std::function<std::optional<KeyEntry>(const std::string& access_key)>;

struct VerifiedCaller {
  CredentialScope scope;
  base::Timestamp signed_at;
  bool presigned = false;
};
tl::expected<VerifiedCaller, ServiceError> verify(const HttpRequest& request, const KeyLookup& lookup,
                                                  base::Timestamp now, const ServiceMetadata& service,
                                                  Protocol protocol);

}  // namespace setpoint::cloud::aws
