#include "cloud/aws/credential_chain.h"

#include <nlohmann/json.hpp>

#include "cloud/aws/credential_sources.h"
#include "cloud/aws/limits.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;
using base::string_member;

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r");
  return start == std::string_view::npos ? std::string_view()
                                         : text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

std::string section_name(std::string_view header) {
  std::string_view name = trimmed(header.substr(1, header.find(']') - 1));
  if (name.starts_with("profile ")) name = trimmed(name.substr(8));
  return std::string(name);
}

Credentials from_sts(const Json& answer, const std::string& source) {
  const Json& keys = base::member(answer, "Credentials");
  Credentials credentials;
  credentials.access_key = string_member(keys, "AccessKeyId");
  credentials.secret_key = Secret(string_member(keys, "SecretAccessKey"));
  credentials.session_token = Secret(string_member(keys, "SessionToken"));
  if (auto expires = parse_wire_time(string_member(keys, "Expiration"))) credentials.expires = *expires;
  credentials.source = source;
  return credentials;
}

Client sts_client(const CredentialParts& parts, CredentialsLookup lookup) {
  ClientOptions options;
  options.catalog = parts.catalog;
  options.transport = parts.transport;
  options.clock = parts.clock;
  options.random = parts.random;
  options.endpoint = parts.endpoint;
  options.credentials = std::move(lookup);
  return Client(std::move(options));
}

model::ApiCall sts_call(const CredentialParts& parts, const char* operation, Json parameters) {
  model::ApiCall call;
  call.region = parts.region;
  call.service = "sts";
  call.operation = operation;
  call.parameters = std::move(parameters);
  return call;
}

}  // namespace

base::Result<Credentials> RenewingCredentials::get() {
  std::lock_guard lock(mutex_);
  const base::Timestamp now = clock_.now();
  const bool have = !kept_.access_key.empty();
  if (have && (!kept_.expires.known() || now + std::chrono::seconds(kRenewBeforeSeconds) < kept_.expires)) return kept_;
  auto fresh = fetch();
  if (fresh) return kept_ = *fresh;
  if (have && now < kept_.expires) return kept_;
  return fresh;
}

base::Result<ProfileSections> parse_profiles(std::string_view text, const std::string& file) {
  ProfileSections sections;
  std::map<std::string, std::string>* section = nullptr;
  int number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    const std::string_view content = trimmed(line);
    if (content.empty() || content.starts_with('#') || content.starts_with(';')) continue;
    const std::size_t equals = content.find('=');
    if (content.starts_with('[') && content.find(']') != std::string_view::npos) {
      section = &sections[section_name(content)];
    } else if (line.starts_with(' ') || line.starts_with('\t')) {
      continue;  // a nested setting ("s3 =" and its lines): none of ours
    } else if (!section || equals == std::string_view::npos) {
      return base::fail({ErrorCode::invalid_input,
                         "a line that is no [section] and no 'key = value'",
                         fmt::format("{}:{}", file, number),
                         {},
                         {}});
    } else {
      (*section)[std::string(trimmed(content.substr(0, equals)))] = trimmed(content.substr(equals + 1));
    }
  }
  return sections;
}

RoleCredentials::RoleCredentials(CredentialParts parts, std::shared_ptr<CredentialsProvider> source, RoleToAssume role)
    : RenewingCredentials(*parts.clock), parts_(std::move(parts)), source_(std::move(source)), role_(std::move(role)) {}

base::Result<Credentials> RoleCredentials::fetch() {
  Json parameters = {
      {"RoleArn", role_.arn}, {"RoleSessionName", role_.session_name}, {"DurationSeconds", role_.seconds}};
  if (!role_.external_id.empty()) parameters["ExternalId"] = role_.external_id;
  if (!role_.session_policy.is_null())
    parameters["Policy"] = role_.session_policy.is_string() ? role_.session_policy : Json(role_.session_policy.dump());
  Client client = sts_client(parts_, [this](const std::string&) { return source_->get(); });
  TRY(CallResult answer, client.call(sts_call(parts_, "AssumeRole", std::move(parameters))));
  Credentials credentials = from_sts(answer.output, "role " + role_.arn);
  // arn:aws:iam::222233334444:role/name
  const std::size_t account = role_.arn.find("::");
  if (account != std::string::npos) credentials.account = role_.arn.substr(account + 2, 12);
  return credentials;
}

base::Result<Credentials> assume_with_web_identity(const CredentialParts& parts, const std::string& role_arn,
                                                   const std::string& token_file, const std::string& session_name) {
  TRY(std::string token, base::read_file(token_file, kCredentialFileBytesMax));
  Client client = sts_client(parts, [](const std::string&) { return base::Result<Credentials>(Credentials{}); });
  const Json parameters = {{"RoleArn", role_arn},
                           {"WebIdentityToken", std::string(trimmed(token))},
                           {"RoleSessionName", session_name.empty() ? "setpoint" : session_name}};
  TRY(CallResult answer, client.call(sts_call(parts, "AssumeRoleWithWebIdentity", parameters)));
  return from_sts(answer.output, "web identity, role " + role_arn);
}

CredentialChain::CredentialChain(CredentialParts parts, std::string profile)
    : RenewingCredentials(*parts.clock), parts_(std::move(parts)), profile_(std::move(profile)) {}

base::Result<Credentials> CredentialChain::fetch() {
  const Environment& env = parts_.environment;
  const bool chosen = !profile_.empty();
  if (!chosen && !env.get("AWS_ACCESS_KEY_ID").empty()) return from_environment(env);
  if (!chosen && !env.get("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) {
    return assume_with_web_identity(parts_, env.get("AWS_ROLE_ARN"), env.get("AWS_WEB_IDENTITY_TOKEN_FILE"),
                                    env.get("AWS_ROLE_SESSION_NAME"));
  }
  const std::string named = chosen ? profile_ : env.get("AWS_PROFILE");
  TRY(ProfileSections profiles, load_profiles(env));
  const std::string profile = named.empty() ? "default" : named;
  if (profiles.count(profile)) {
    auto found = from_profile(parts_, profiles, profile, 0);
    if (found || found.error().code != ErrorCode::not_found || !named.empty()) return found;
  } else if (!named.empty()) {
    return base::fail(
        {ErrorCode::unauthenticated, fmt::format("there is no profile '{}'", named), {}, "see ~/.aws/config", {}});
  }
  if (has_container_source(env)) return from_container(parts_);
  if (env.get("AWS_EC2_METADATA_DISABLED") != "true") {
    if (auto instance = from_instance(parts_)) return instance;
  }
  return base::fail({ErrorCode::unauthenticated,
                     "no AWS credentials: environment, web identity, profile, container and instance have none",
                     {},
                     "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                     {}});
}

}  // namespace setpoint::cloud::aws
