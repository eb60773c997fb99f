// Where credentials come from, in the SDKs' order. The first source that has any is used; one that is set up and fails
// is an error and does not fall through (a wrong profile must not end in another account).
//
//   1 environment    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   2 web identity   AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN
//   3 profile        AWS_PROFILE or "default" in ~/.aws/credentials and ~/.aws/config: keys, credential_process,
//   role_arn with
//                    source_profile or credential_source and external_id, web_identity_token_file
//   4 container      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI / _FULL_URI
//   5 instance       IMDSv2, unless AWS_EC2_METADATA_DISABLED=true
//
//   auto base = std::make_shared<CredentialChain>(parts, profile);
//   auto role = std::make_shared<RoleCredentials>(parts, base, RoleToAssume{.arn =
//   "arn:aws:iam::222233334444:role/setpoint", ...});
//
// Each provider caches what it got and renews it kRenewBeforeSeconds before it expires; where renewal fails and the old
// credentials are still good, those are given. Thread-safe: one caller renews, others wait for it. Nothing here is
// logged; errors name sources, never values.
//
// Limits: files kCredentialFileBytesMax, a credential_process kCredentialProcessSeconds, role chains kRoleChainMax.
// Sources: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cloud/aws/client.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/environment.h"

namespace setpoint::cloud::aws {

// What the providers work with. References outlive them.
struct CredentialParts {
  std::shared_ptr<const ModelCatalog> catalog;  // for sts
  Transport* transport = nullptr;
  base::Clock* clock = nullptr;
  base::Random* random = nullptr;
  Environment environment;
  EndpointSettings endpoint;
  std::string region = "us-east-1";  // whose sts is asked
};

// Caches and renews; what a source really does is fetch().
class RenewingCredentials : public CredentialsProvider {
 public:
  explicit RenewingCredentials(base::Clock& clock) : clock_(clock) {}
  base::Result<Credentials> get() final;

 protected:
  virtual base::Result<Credentials> fetch() = 0;

 private:
  base::Clock& clock_;
  std::mutex mutex_;
  Credentials kept_;
};

class CredentialChain final : public RenewingCredentials {
 public:
  // `profile` "" = AWS_PROFILE, else "default".
  explicit CredentialChain(CredentialParts parts, std::string profile = {});

 protected:
  base::Result<Credentials> fetch() override;

 private:
  CredentialParts parts_;
  std::string profile_;
};

struct RoleToAssume {
  std::string arn;
  std::string session_name = "setpoint";
  std::string external_id;
  base::Json session_policy;  // null = none: what the role may, less what this does not allow
  int seconds = 3600;
};

class RoleCredentials final : public RenewingCredentials {
 public:
  RoleCredentials(CredentialParts parts, std::shared_ptr<CredentialsProvider> source, RoleToAssume role);

 protected:
  base::Result<Credentials> fetch() override;

 private:
  CredentialParts parts_;
  std::shared_ptr<CredentialsProvider> source_;
  RoleToAssume role_;
};

// ~/.aws/config and ~/.aws/credentials: sections of "key = value". "[profile x]" and "[x]" are the same section "x";
// other kinds
// ("[sso-session y]") keep their whole name.
using ProfileSections = std::map<std::string, std::map<std::string, std::string>>;
base::Result<ProfileSections> parse_profiles(std::string_view text, const std::string& file);

}  // namespace setpoint::cloud::aws
