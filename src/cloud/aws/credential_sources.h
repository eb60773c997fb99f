// Inside of the credential chain: the single sources. Not for other folders.
#pragma once

#include "base/file.h"
#include "cloud/aws/credential_chain.h"

namespace setpoint::cloud::aws {

base::Result<Credentials> from_environment(const Environment& environment);
base::Result<ProfileSections> load_profiles(const Environment& environment);
// not_found where the profile holds no credentials (a region, say). `depth` counts source_profile.
base::Result<Credentials> from_profile(const CredentialParts& parts, const ProfileSections& profiles,
                                       const std::string& name, int depth);
base::Result<Credentials> assume_with_web_identity(const CredentialParts& parts, const std::string& role_arn,
                                                   const std::string& token_file, const std::string& session_name);
bool has_container_source(const Environment& environment);
base::Result<Credentials> from_container(const CredentialParts& parts);
base::Result<Credentials> from_instance(const CredentialParts& parts);

}  // namespace setpoint::cloud::aws
