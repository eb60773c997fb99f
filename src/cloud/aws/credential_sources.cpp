#include "cloud/aws/credential_sources.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cloud/aws/limits.h"
#include "cloud/aws/uri.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;
using base::string_member;

namespace {

std::string value_of(const std::map<std::string, std::string>& section, const char* key) {
  auto found = section.find(key);
  return found == section.end() ? std::string() : found->second;
}

// The JSON that credential_process, containers and instances answer with; they spell the token's name differently.
base::Result<Credentials> from_document(const std::string& text, const std::string& source) {
  auto document = base::parse_json(text);
  if (!document) return base::fail(ErrorCode::unauthenticated, "{} did not answer with JSON", source);
  Credentials credentials;
  credentials.access_key = string_member(*document, "AccessKeyId");
  credentials.secret_key = Secret(string_member(*document, "SecretAccessKey"));
  std::string token = string_member(*document, "SessionToken");
  credentials.session_token = Secret(token.empty() ? string_member(*document, "Token") : token);
  if (auto expires = parse_wire_time(string_member(*document, "Expiration"))) credentials.expires = *expires;
  credentials.source = source;
  if (credentials.access_key.empty() || credentials.secret_key.empty())
    return base::fail(ErrorCode::unauthenticated, "{} gave no credentials", source);
  return credentials;
}

// Reads until the end or the deadline; false where the child did not finish in time.
bool read_all(int pipe, std::string& out) {
  char buffer[4096];
  for (int left = kCredentialProcessSeconds * 10; left > 0;) {
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, 100) == 0) {
      --left;
      continue;
    }
    const ssize_t length = ::read(pipe, buffer, sizeof buffer);
    if (length <= 0) return length == 0;
    out.append(buffer, static_cast<std::size_t>(length));
    if (out.size() > kCredentialFileBytesMax) return false;
  }
  return false;
}

// The command is the user's own configuration; a shell reads it, as in the SDKs.
base::Result<Credentials> from_process(const std::string& command) {
  int pipes[2];
  if (::pipe2(pipes, O_CLOEXEC) != 0) return base::fail(ErrorCode::unavailable, "cannot start a credential_process");
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipes[1], STDOUT_FILENO);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipes[1]);
  std::string output;
  const bool finished = child > 0 && read_all(pipes[0], output);
  ::close(pipes[0]);
  if (child <= 0) return base::fail(ErrorCode::unavailable, "cannot start a credential_process");
  if (!finished) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!finished || status != 0)
    return base::fail(ErrorCode::unauthenticated, "the credential_process failed, or took more than {} s",
                      kCredentialProcessSeconds);
  return from_document(output, "credential_process");
}

base::Result<HttpResponse> get(const CredentialParts& parts, HttpRequest request) {
  SendOptions quick;
  quick.connect_timeout = base::Milliseconds(1'000);
  quick.total_timeout = base::Milliseconds(5'000);
  TRY(HttpResponse response, parts.transport->send(request, quick));
  if (response.status != 200)
    return base::fail(ErrorCode::unauthenticated, "{} answered {}", request.host, response.status);
  return response;
}

base::Result<Credentials> from_named_source(const CredentialParts& parts, const std::string& source) {
  if (source == "Environment") return from_environment(parts.environment);
  if (source == "EcsContainer") return from_container(parts);
  if (source == "Ec2InstanceMetadata") return from_instance(parts);
  return base::fail(ErrorCode::unauthenticated, "credential_source '{}' is not known", source);
}

base::Result<Credentials> with_role(const CredentialParts& parts, const ProfileSections& profiles,
                                    const std::string& name, int depth) {
  const auto& section = profiles.at(name);
  const std::string source = value_of(section, "source_profile");
  base::Result<Credentials> keys = base::fail(
      ErrorCode::unauthenticated, "profile '{}' has a role_arn and neither source_profile nor credential_source", name);
  if (!source.empty()) {
    // A profile may be its own source: then its keys are meant.
    keys = source == name && value_of(section, "aws_access_key_id").empty()
               ? keys
               : from_profile(parts, profiles, source, depth + (source == name ? kRoleChainMax : 1));
  } else if (std::string named = value_of(section, "credential_source"); !named.empty()) {
    keys = from_named_source(parts, named);
  }
  if (!keys) return keys;
  RoleToAssume role;
  role.arn = value_of(section, "role_arn");
  role.external_id = value_of(section, "external_id");
  if (std::string session = value_of(section, "role_session_name"); !session.empty()) role.session_name = session;
  return RoleCredentials(parts, std::make_shared<StaticCredentials>(*keys), role).get();
}

}  // namespace

base::Result<Credentials> from_environment(const Environment& environment) {
  Credentials credentials;
  credentials.access_key = environment.get("AWS_ACCESS_KEY_ID");
  credentials.secret_key = Secret(environment.get("AWS_SECRET_ACCESS_KEY"));
  credentials.session_token = Secret(environment.get("AWS_SESSION_TOKEN"));
  credentials.source = "environment";
  if (credentials.secret_key.empty())
    return base::fail(ErrorCode::unauthenticated, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not");
  return credentials;
}

base::Result<ProfileSections> load_profiles(const Environment& env) {
  ProfileSections all;
  const std::string home = env.get("HOME") + "/.aws/";
  auto path = [&](const char* variable, const char* file) {
    return env.get(variable).empty() ? home + file : env.get(variable);
  };
  // Keys of the credentials file win over those of the config file.
  for (const std::string& file :
       {path("AWS_CONFIG_FILE", "config"), path("AWS_SHARED_CREDENTIALS_FILE", "credentials")}) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    TRY(std::string text, base::read_file(file, kCredentialFileBytesMax));
    TRY(ProfileSections sections, parse_profiles(text, file));
    for (auto& [name, section] : sections) {
      for (auto& [key, value] : section) all[name][key] = value;
    }
  }
  return all;
}

base::Result<Credentials> from_profile(const CredentialParts& parts, const ProfileSections& profiles,
                                       const std::string& name, int depth) {
  auto found = profiles.find(name);
  if (found == profiles.end()) return base::fail(ErrorCode::unauthenticated, "there is no profile '{}'", name);
  if (depth > 2 * kRoleChainMax)
    return base::fail(ErrorCode::unauthenticated, "the source_profile of '{}' goes round in a circle", name);
  const auto& section = found->second;
  const bool own_keys_wanted = depth >= kRoleChainMax;  // reached as its own source
  if (!own_keys_wanted && !value_of(section, "role_arn").empty()) {
    const std::string token_file = value_of(section, "web_identity_token_file");
    if (!token_file.empty())
      return assume_with_web_identity(parts, value_of(section, "role_arn"), token_file,
                                      value_of(section, "role_session_name"));
    return with_role(parts, profiles, name, depth);
  }
  if (!value_of(section, "aws_access_key_id").empty()) {
    Credentials credentials;
    credentials.access_key = value_of(section, "aws_access_key_id");
    credentials.secret_key = Secret(value_of(section, "aws_secret_access_key"));
    credentials.session_token = Secret(value_of(section, "aws_session_token"));
    credentials.source = "profile " + name;
    if (!credentials.secret_key.empty()) return credentials;
    return base::fail(ErrorCode::unauthenticated, "profile '{}' has a key id and no secret", name);
  }
  if (std::string command = value_of(section, "credential_process"); !command.empty()) return from_process(command);
  if (depth > 0)
    return base::fail(ErrorCode::unauthenticated, "profile '{}', a source of others, holds no credentials of its own",
                      name);
  return base::fail(ErrorCode::not_found, "profile '{}' holds no credentials", name);
}

bool has_container_source(const Environment& env) {
  return !env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").empty() ||
         !env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI").empty();
}

base::Result<Credentials> from_container(const CredentialParts& parts) {
  const Environment& env = parts.environment;
  std::string uri = env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (uri.empty()) uri = "http://169.254.170.2" + env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::size_t host = uri.find("://");
  const std::size_t path = host == std::string::npos ? std::string::npos : uri.find('/', host + 3);
  if (path == std::string::npos)
    return base::fail(ErrorCode::unauthenticated, "the container's credential address is no URL");
  HttpRequest request;
  request.scheme = uri.substr(0, host);
  request.host = uri.substr(host + 3, path - host - 3);
  request.path = uri.substr(path);
  const std::string_view name = host_name(request.host);
  const bool local = name == "169.254.170.2" || name == "169.254.170.23" || name == "localhost" ||
                     name.starts_with("127.") || name == "[::1]" || name == "[fd00:ec2::23]";
  if (request.scheme != "https" && !local)
    return base::fail(ErrorCode::unauthenticated, "credentials are not asked for over plain HTTP from {}",
                      request.host);
  std::string token = env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (std::string file = env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    TRY(token, base::read_file(file, kCredentialFileBytesMax));
  }
  while (token.ends_with('\n')) token.pop_back();
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  TRY(HttpResponse response, get(parts, std::move(request)));
  return from_document(response.body, "container");
}

base::Result<Credentials> from_instance(const CredentialParts& parts) {
  HttpRequest request;
  request.scheme = "http";
  const std::string service = parts.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  request.host = service.starts_with("http://") ? service.substr(7, service.find('/', 7) - 7) : "169.254.169.254";
  HttpRequest token_request = request;
  token_request.method = "PUT";
  token_request.path = "/latest/api/token";
  token_request.headers.emplace_back("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  TRY(HttpResponse token, get(parts, std::move(token_request)));
  request.headers.emplace_back("X-aws-ec2-metadata-token", token.body);
  request.path = "/latest/meta-data/iam/security-credentials/";
  TRY(HttpResponse role, get(parts, request));
  request.path += percent_encode(role.body.substr(0, role.body.find('\n')));
  TRY(HttpResponse keys, get(parts, request));
  return from_document(keys.body, "instance");
}

}  // namespace setpoint::cloud::aws
