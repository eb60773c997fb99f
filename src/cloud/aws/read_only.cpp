#include "cloud/aws/read_only.h"

#include <algorithm>
#include <utility>

namespace setpoint::cloud::aws {

namespace {

constexpr std::string_view kPrefixes[] = {"Describe", "Get",    "List",     "Head",     "BatchGet", "Search",
                                          "Lookup",   "Query",  "Scan",     "Select",   "Count",    "Estimate",
                                          "Preview",  "Filter", "Simulate", "Discover", "Is"};

// Named like a read, and hands out a credential, a session or a message, or changes something.
constexpr std::pair<std::string_view, std::string_view> kNotReads[] = {
    {"sts", "GetFederationToken"},
    {"sts", "GetSessionToken"},
    {"sso", "GetRoleCredentials"},
    {"ecr", "GetAuthorizationToken"},
    {"ecr-public", "GetAuthorizationToken"},
    {"codeartifact", "GetAuthorizationToken"},
    {"redshift", "GetClusterCredentials"},
    {"redshift", "GetClusterCredentialsWithIAM"},
    {"redshift-serverless", "GetCredentials"},
    {"cognito-identity", "GetId"},
    {"cognito-identity", "GetCredentialsForIdentity"},
    {"cognito-identity", "GetOpenIdToken"},
    {"cognito-identity", "GetOpenIdTokenForDeveloperIdentity"},
    {"cognito-idp", "GetUserAttributeVerificationCode"},
    {"ec2", "GetPasswordData"},
    {"lightsail", "GetInstanceAccessDetails"},
    {"iot", "GetRegistrationCode"},
    {"ssm", "GetDeployablePatchSnapshotForInstance"},
    {"ssm", "GetAccessToken"},
};

// A read that is not named like one.
constexpr std::pair<std::string_view, std::string_view> kReads[] = {
    {"iam", "GenerateCredentialReport"},  // makes a report, changes nothing; its reading needs it
    {"cloudformation", "DetectStackDrift"},
    {"accessanalyzer", "ValidatePolicy"},
    {"sts", "DecodeAuthorizationMessage"},
    {"accessanalyzer", "CheckNoNewAccess"},
    {"accessanalyzer", "CheckAccessNotGranted"},
    {"accessanalyzer", "CheckNoPublicAccess"},
    {"wafv2", "CheckCapacity"},
    {"sns", "CheckIfPhoneNumberIsOptedOut"},
};

template <class Pairs>
bool listed(const Pairs& pairs, std::string_view service, std::string_view operation) {
  return std::find(std::begin(pairs), std::end(pairs), std::pair(service, operation)) != std::end(pairs);
}

bool begins_a_word(std::string_view operation, std::string_view prefix) {
  if (!operation.starts_with(prefix)) return false;
  return operation.size() == prefix.size() || (operation[prefix.size()] >= 'A' && operation[prefix.size()] <= 'Z');
}

}  // namespace

bool is_read_only(std::string_view service, std::string_view operation) {
  if (listed(kReads, service, operation)) return true;
  if (listed(kNotReads, service, operation)) return false;
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](std::string_view prefix) { return begins_a_word(operation, prefix); });
}

}  // namespace setpoint::cloud::aws
