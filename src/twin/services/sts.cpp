// STS: who am I, and becoming somebody else. AssumeRole selects the account: the role's. Source: STS API reference.
#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "twin/iam_evaluator.h"
#include "twin/services/tables.h"
#include "twin/sessions.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kDurationSecondsMin = 900;

struct RoleName {
  std::string account;
  std::string name;
};

std::optional<RoleName> role_from_arn(const std::string& arn) {
  static constexpr std::string_view kMark = ":role/";
  std::size_t mark = arn.find(kMark);
  std::size_t iam = arn.find(":iam::");
  if (!arn.starts_with("arn:") || mark == std::string::npos || iam == std::string::npos || iam + 6 + 12 != mark)
    return {};
  return RoleName{arn.substr(iam + 6, 12), arn.substr(arn.rfind('/') + 1)};
}

Check check_session_name(const std::string& name) {
  static constexpr std::string_view kAllowed = "_+=,.@-";
  bool fine = name.size() >= 2 && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
                return std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != std::string_view::npos;
              });
  if (fine) return {};
  return AwsError{"ValidationError",
                  fmt::format("1 validation error detected: Value '{}' at 'roleSessionName' failed to satisfy "
                              "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
                              name),
                  400,
                  {}};
}

AwsError may_not_assume(const Request& request, const std::string& arn) {
  return {
      "AccessDenied",
      fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", request.caller().arn, arn),
      403, Json::object()};
}

// Temporary credentials that repeat with the state's ids.
Json issue(Request& request, Caller caller, std::int64_t seconds) {
  State& state = request.state();
  std::string key = state.next_id("ASIA", 16);
  std::transform(key.begin(), key.end(), key.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  Session session;
  caller.access_key_id = key;
  session.caller = std::move(caller);
  session.secret_access_key = base::to_base64(base::sha256(state.next_id("secret", 64)).view()).substr(0, 40);
  session.session_token = base::to_base64(base::sha256(state.next_id("token", 64)).view());
  session.expires = request.clock().now() + base::Milliseconds(seconds * 1000);
  Json out = {{"AccessKeyId", key},
              {"SecretAccessKey", session.secret_access_key},
              {"SessionToken", session.session_token},
              {"Expiration", base::to_iso8601(session.expires)}};
  request.sessions().add(key, std::move(session));
  return out;
}

// A policy of the request itself, and managed ones that it names.
tl::expected<std::vector<Json>, AwsError> session_policies(Request& request, const std::string& account) {
  std::vector<Json> policies;
  if (std::string text = request.text("Policy"); !text.empty()) {
    base::Result<Json> policy = base::parse_json(text);
    if (!policy) return error("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
    policies.push_back(std::move(*policy));
  }
  for (const Json& entry : request.parameter("PolicyArns")) {
    const Json* stored =
        request.state().find({account, "global", "AWS::IAM::Policy", base::string_member(entry, "arn")});
    policies.push_back(stored ? base::member(*stored, "Document") : Json::object());
  }
  return policies;
}

std::int64_t duration_max(const Json& role) {
  const Json& told = base::member(role, "MaxSessionDuration");
  if (told.is_number()) return told.get<std::int64_t>();
  std::int64_t seconds = 3'600;
  // An item may have it as text: AWS's older models do not know it.
  if (told.is_string()) {
    const std::string& text = told.get_ref<const std::string&>();
    std::from_chars(text.data(), text.data() + text.size(), seconds);
  }
  return seconds;
}

Answer assume_role(Request& request) {
  std::string arn = request.text("RoleArn"), session_name = request.text("RoleSessionName");
  std::optional<RoleName> name = role_from_arn(arn);
  if (!name) return error("ValidationError", fmt::format("{} is invalid", arn));
  if (Check wrong = check_session_name(session_name)) return tl::unexpected(*wrong);
  const Json* role = request.state().find({name->account, "global", "AWS::IAM::Role", name->name});
  if (!role || !trusts(base::member(*role, "AssumeRolePolicyDocument"), request.caller(), request.text("ExternalId"))) {
    return tl::unexpected(may_not_assume(request, arn));
  }
  std::int64_t seconds = request.integer("DurationSeconds", 3600);
  if (seconds < kDurationSecondsMin || seconds > duration_max(*role)) {
    return error("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  auto policies = session_policies(request, name->account);
  if (!policies) return tl::unexpected(policies.error());
  Caller caller;
  caller.account = name->account;
  caller.role_name = name->name;
  caller.arn =
      fmt::format("arn:{}:sts::{}:assumed-role/{}/{}", request.partition(), name->account, name->name, session_name);
  caller.user_id = role->value("RoleId", "") + ":" + session_name;
  caller.session_policies = std::move(*policies);
  Json user = {{"AssumedRoleId", caller.user_id}, {"Arn", caller.arn}};
  Json credentials = issue(request, std::move(caller), seconds);
  return Json{{"Credentials", credentials}, {"AssumedRoleUser", user}, {"PackedPolicySize", 0}};
}

Answer get_session_token(Request& request) {
  if (!request.caller().role_name.empty()) {
    return error("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  }
  return Json{{"Credentials", issue(request, request.caller(), request.integer("DurationSeconds", 43'200))}};
}

Answer get_caller_identity(Request& request) {
  const Caller& caller = request.caller();
  return Json{{"UserId", caller.user_id}, {"Account", caller.account}, {"Arn", caller.arn}};
}

}  // namespace

std::vector<Operation> sts_operations() {
  return {
      {"sts", "GetCallerIdentity", Effect::read, get_caller_identity},
      {"sts", "AssumeRole", Effect::write, assume_role},
      {"sts", "GetSessionToken", Effect::write, get_session_token},
  };
}

}  // namespace setpoint::twin::services
