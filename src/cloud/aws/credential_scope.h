// The credential of a signed request, read without checking the signature: which key, day, region and service it
// claims. From the Authorization header or from a presigned query.
#pragma once

#include <string>
#include <string_view>

#include "cloud/http.h"

namespace setpoint::cloud::aws {

struct CredentialScope {
  std::string access_key;
  std::string date;  // 20261121
  std::string region;
  std::string service;
  bool present() const { return !access_key.empty(); }
};

// Empty where the request carries none, or one that does not read.
CredentialScope credential_scope_of(const HttpRequest& request);
// "AKID/20261121/eu-west-1/ec2/aws4_request"
CredentialScope parse_credential(std::string_view text);

}  // namespace setpoint::cloud::aws
