// Inside of SigV4: what signer and verifier share. Not for other folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "cloud/http.h"

namespace setpoint::cloud::aws {

constexpr std::string_view kSigV4Algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

struct CanonicalInput {
  const HttpRequest& request;
  const std::vector<std::string>& signed_headers;  // lower case, sorted
  std::string_view payload_hash;
  bool s3 = false;
  bool skip_signature = false;  // a presigned query is signed without its X-Amz-Signature
};
std::string canonical_request(const CanonicalInput& input);
std::string join_headers(const std::vector<std::string>& names);
std::string credential_scope_text(std::string_view date, std::string_view region, std::string_view service);
std::string string_to_sign(std::string_view amz_date, std::string_view scope, std::string_view canonical);
// hex
std::string signature_of(std::string_view secret, std::string_view date, std::string_view region,
                         std::string_view service, std::string_view to_sign);

}  // namespace setpoint::cloud::aws
