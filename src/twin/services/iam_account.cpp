// IAM's managed policies, access keys, login profiles, MFA devices and the account's own settings. Source: IAM API
// reference.
#include <algorithm>

#include "base/digest.h"
#include "twin/api_shapes.h"
#include "twin/services/iam.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kKey = "AWS::IAM::AccessKey";
constexpr const char* kPolicy = "AWS::IAM::Policy";
constexpr std::size_t kKeysPerUserMax = 2;
constexpr std::size_t kPolicyVersionsMax = 5;

// --- Access keys

std::vector<Json> keys_of(Request& request, const std::string& user) {
  std::vector<Json> keys;
  request.each_global(kKey, [&](const std::string&, const Json& key) {
    if (key.value("UserName", "") == user) keys.push_back(key);
  });
  return keys;
}

Answer list_access_keys(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  std::vector<Json> keys = keys_of(request, user->value("UserName", ""));
  for (Json& key : keys) key = pick(key, {"UserName", "AccessKeyId", "Status", "CreateDate"});
  return iam_page(request, std::move(keys), "AccessKeyMetadata");
}

Answer create_access_key(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  std::string name = user->value("UserName", "");
  if (keys_of(request, name).size() >= kKeysPerUserMax)
    return error("LimitExceeded", fmt::format("Cannot exceed quota for AccessKeysPerUser: {}", kKeysPerUserMax), 409);
  std::string id = iam_id(request, "AKIA").substr(0, 20);
  Json key = {
      {"UserName", name},
      {"AccessKeyId", id},
      {"Status", "Active"},
      {"CreateDate", request.now()},
      {"SecretAccessKey", base::to_base64(base::sha256(request.state().next_id("secret", 64)).view()).substr(0, 40)}};
  request.put_global(kKey, id, key);
  return Json{{"AccessKey", key}};
}

Answer key_of(Request& request) {
  const Json* key = request.find_global(kKey, request.text("AccessKeyId"));
  bool anothers = key && request.has("UserName") && key->value("UserName", "") != request.text("UserName");
  if (!key || anothers)
    return tl::unexpected(
        no_such_entity(fmt::format("The Access Key with id {} cannot be found.", request.text("AccessKeyId"))));
  return *key;
}

Answer update_access_key(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  std::string status = request.text("Status");
  if (status != "Active" && status != "Inactive")
    return error(
        "ValidationError",
        "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]");
  (*key)["Status"] = status;
  request.put_global(kKey, request.text("AccessKeyId"), *key);
  return Json::object();
}

Answer delete_access_key(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  request.state().erase(request.global_key(kKey, request.text("AccessKeyId")));
  return Json::object();
}

Answer access_key_last_used(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  const Json& used = base::member(*key, "LastUsed");
  return Json{{"UserName", key->value("UserName", "")},
              {"AccessKeyLastUsed", used.is_null() ? Json{{"ServiceName", "N/A"}, {"Region", "N/A"}} : used}};
}

// --- Login profiles and MFA

Answer user_with_profile(Request& request) {
  Answer user = principal_of(request, kUser);
  if (user && !user->contains("LoginProfile"))
    return tl::unexpected(
        no_such_entity(fmt::format("Login Profile for User {} cannot be found.", request.text("UserName"))));
  return user;
}

Json profile_view(const Json& user) {
  Json profile = user["LoginProfile"];
  profile["UserName"] = user.value("UserName", "");
  return profile;
}

Answer get_login_profile(Request& request) {
  Answer user = user_with_profile(request);
  if (!user) return user;
  return Json{{"LoginProfile", profile_view(*user)}};
}

constexpr const char* kPasswordPolicy = "AWS::IAM::AccountPasswordPolicy";

// The password itself is kept nowhere.
Check check_password(Request& request) {
  std::string password = request.text("Password");
  const Json* policy = request.find_global(kPasswordPolicy, request.account());
  struct Class {
    const char* setting;
    int (*is)(int);
    const char* one;
  };
  constexpr Class kClasses[] = {{"RequireUppercaseCharacters", std::isupper, "uppercase letter"},
                                {"RequireLowercaseCharacters", std::islower, "lowercase letter"},
                                {"RequireNumbers", std::isdigit, "number"},
                                {"RequireSymbols", std::ispunct, "symbol"}};
  auto violation = [](const std::string& what) {
    return AwsError{"PasswordPolicyViolation", "Password should have " + what, 400, {}};
  };
  std::int64_t least = policy ? policy->value("MinimumPasswordLength", std::int64_t{6}) : 8;
  if (static_cast<std::int64_t>(password.size()) < least)
    return violation(fmt::format("a minimum length of {}", least));
  for (const Class& each : kClasses) {
    bool asked = policy && policy->value(each.setting, false);
    if (asked && std::none_of(password.begin(), password.end(), [&](unsigned char c) { return each.is(c) != 0; }))
      return violation(fmt::format("at least one {}", each.one));
  }
  return {};
}

Answer create_login_profile(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  if (user->contains("LoginProfile"))
    return error("EntityAlreadyExists",
                 fmt::format("Login Profile for user {} already exists.", request.text("UserName")), 409);
  if (Check wrong = check_password(request)) return tl::unexpected(*wrong);
  (*user)["LoginProfile"] = {{"CreateDate", request.now()},
                             {"PasswordResetRequired", request.flag("PasswordResetRequired")}};
  request.put_global(kUser.type, request.text("UserName"), *user);
  return Json{{"LoginProfile", profile_view(*user)}};
}

Answer update_login_profile(Request& request) {
  Answer user = user_with_profile(request);
  if (!user) return user;
  if (request.has("Password")) {
    if (Check wrong = check_password(request)) return tl::unexpected(*wrong);
  }
  overlay((*user)["LoginProfile"], request, {"PasswordResetRequired"});
  request.put_global(kUser.type, request.text("UserName"), *user);
  return Json::object();
}

Answer delete_login_profile(Request& request) {
  Answer user = user_with_profile(request);
  if (!user) return user;
  user->erase("LoginProfile");
  request.put_global(kUser.type, request.text("UserName"), *user);
  return Json::object();
}

Answer list_mfa_devices(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  const Json& devices = base::member(*user, "MFADevices");
  return iam_page(request, {devices.begin(), devices.end()}, "MFADevices");
}

Answer deactivate_mfa_device(Request& request) {
  Answer user = principal_of(request, kUser);
  if (!user) return user;
  Json kept = Json::array();
  for (const Json& device : base::member(*user, "MFADevices")) {
    if (device.value("SerialNumber", "") != request.text("SerialNumber")) kept.push_back(device);
  }
  if (kept.size() == base::member(*user, "MFADevices").size())
    return tl::unexpected(
        no_such_entity(fmt::format("MFA Device with serial number {} does not exist.", request.text("SerialNumber"))));
  (*user)["MFADevices"] = kept;
  request.put_global(kUser.type, request.text("UserName"), *user);
  return Json::object();
}

// --- Managed policies: Versions by id, Document = that of the default version (what the evaluator reads)

Json versions_of(const Json& policy) {
  const Json& versions = base::member(policy, "Versions");
  if (!versions.is_null()) return versions;
  return {{policy.value("DefaultVersionId", "v1"),
           {{"Document", base::member(policy, "Document")}, {"CreateDate", policy.value("CreateDate", "")}}}};
}

std::int64_t attachments(Request& request, const std::string& arn) {
  std::int64_t count = 0;
  for (const Principal* principal : {&kUser, &kRole, &kGroup}) {
    request.each_global(principal->type, [&](const std::string&, const Json& document) {
      for (const Json& entry : base::member(document, "AttachedPolicies")) count += entry.value("PolicyArn", "") == arn;
    });
  }
  return count;
}

Json policy_view(Request& request, const Json& policy) {
  Json view = without(policy, {"Document", "Versions"});
  std::string arn = policy.value("Arn", "");
  view["AttachmentCount"] = attachments(request, arn);
  if (!view.contains("PolicyName")) view["PolicyName"] = arn.substr(arn.rfind('/') + 1);
  return view;
}

Answer policy_of(Request& request) {
  const Json* policy = request.find_global(kPolicy, request.text("PolicyArn"));
  if (!policy)
    return tl::unexpected(no_such_entity(fmt::format("Policy {} was not found.", request.text("PolicyArn"))));
  return *policy;
}

Answer get_policy(Request& request) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  return Json{{"Policy", policy_view(request, *policy)}};
}

Answer list_policies(Request& request) {
  std::vector<Json> found;
  if (request.text("Scope") != "AWS") found = request.all_global(kPolicy);
  for (Json& policy : found) policy = policy_view(request, policy);
  if (request.flag("OnlyAttached"))
    std::erase_if(found, [](const Json& policy) { return policy.value("AttachmentCount", 0) == 0; });
  return iam_page(request, std::move(found), "Policies");
}

Answer create_policy(Request& request) {
  std::string path = request.has("Path") ? request.text("Path") : "/";
  std::string arn = request.global_arn("iam", "policy" + path + request.text("PolicyName"));
  if (request.find_global(kPolicy, arn))
    return error(
        "EntityAlreadyExists",
        fmt::format("A policy called {} already exists. Duplicate names are not allowed.", request.text("PolicyName")),
        409);
  if (Check wrong = check_policy_document(request.text("PolicyDocument"))) return tl::unexpected(*wrong);
  Json policy = {{"PolicyName", request.text("PolicyName")},
                 {"PolicyId", iam_id(request, "ANPA")},
                 {"Arn", arn},
                 {"Path", path},
                 {"DefaultVersionId", "v1"},
                 {"IsAttachable", true},
                 {"CreateDate", request.now()},
                 {"UpdateDate", request.now()},
                 {"Description", request.text("Description")},
                 {"Tags", sorted_tags(request.parameter("Tags"))},
                 {"Document", request.text("PolicyDocument")},
                 {"Versions", {{"v1", {{"Document", request.text("PolicyDocument")}, {"CreateDate", request.now()}}}}}};
  request.put_global(kPolicy, arn, policy);
  return Json{{"Policy", policy_view(request, policy)}};
}

Answer delete_policy(Request& request) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  if (attachments(request, request.text("PolicyArn")) > 0)
    return error("DeleteConflict", "Cannot delete a policy attached to entities.", 409);
  if (versions_of(*policy).size() > 1)
    return error("DeleteConflict",
                 "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                 "versions. The default version is deleted with the policy.",
                 409);
  request.state().erase(request.global_key(kPolicy, request.text("PolicyArn")));
  return Json::object();
}

Json version_view(const Json& policy, const std::string& id, const Json& version, bool with_document) {
  Json view = {{"VersionId", id},
               {"IsDefaultVersion", policy.value("DefaultVersionId", "") == id},
               {"CreateDate", version.value("CreateDate", "")}};
  if (with_document) view["Document"] = encoded_policy(base::member(version, "Document"));
  return view;
}

Answer list_policy_versions(Request& request) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  std::vector<Json> views;
  Json versions = versions_of(*policy);
  for (const auto& [id, version] : versions.items()) views.push_back(version_view(*policy, id, version, false));
  return iam_page(request, std::move(views), "Versions");
}

Answer get_policy_version(Request& request) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  Json versions = versions_of(*policy);
  std::string id = request.text("VersionId");
  if (!versions.contains(id))
    return tl::unexpected(no_such_entity(
        fmt::format("Policy {} version {} does not exist or is not attachable.", request.text("PolicyArn"), id)));
  return Json{{"PolicyVersion", version_view(*policy, id, versions[id], true)}};
}

void make_default(Json& policy, const std::string& id) {
  policy["DefaultVersionId"] = id;
  policy["Document"] = policy["Versions"][id]["Document"];
}

Answer create_policy_version(Request& request) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  if (Check wrong = check_policy_document(request.text("PolicyDocument"))) return tl::unexpected(*wrong);
  Json versions = versions_of(*policy);
  if (versions.size() >= kPolicyVersionsMax)
    return error("LimitExceeded",
                 "A managed policy can have up to 5 versions. Before you create a new version, you must delete an "
                 "existing version.",
                 409);
  int number = 1;
  while (versions.contains("v" + std::to_string(number))) ++number;
  std::string id = "v" + std::to_string(number);
  versions[id] = {{"Document", request.text("PolicyDocument")}, {"CreateDate", request.now()}};
  (*policy)["Versions"] = versions;
  if (request.flag("SetAsDefault")) make_default(*policy, id);
  request.put_global(kPolicy, request.text("PolicyArn"), *policy);
  return Json{{"PolicyVersion", version_view(*policy, id, versions[id], false)}};
}

Answer change_version(Request& request, bool drop) {
  Answer policy = policy_of(request);
  if (!policy) return policy;
  std::string id = request.text("VersionId");
  (*policy)["Versions"] = versions_of(*policy);
  if (!(*policy)["Versions"].contains(id))
    return tl::unexpected(no_such_entity(
        fmt::format("Policy {} version {} does not exist or is not attachable.", request.text("PolicyArn"), id)));
  if (drop && policy->value("DefaultVersionId", "") == id)
    return error("DeleteConflict", "Cannot delete the default version of a policy.", 409);
  if (drop)
    (*policy)["Versions"].erase(id);
  else
    make_default(*policy, id);
  request.put_global(kPolicy, request.text("PolicyArn"), *policy);
  return Json::object();
}

Answer delete_policy_version(Request& request) { return change_version(request, true); }
Answer set_default_version(Request& request) { return change_version(request, false); }

Answer list_entities_for_policy(Request& request) {
  Json out = {{"PolicyUsers", Json::array()},
              {"PolicyRoles", Json::array()},
              {"PolicyGroups", Json::array()},
              {"IsTruncated", false}};
  for (const Principal* principal : {&kUser, &kRole, &kGroup}) {
    request.each_global(principal->type, [&](const std::string& name, const Json& document) {
      for (const Json& entry : base::member(document, "AttachedPolicies")) {
        if (entry.value("PolicyArn", "") != request.text("PolicyArn")) continue;
        std::string id = std::string(principal->answer) + "Id";
        out[std::string("Policy") + principal->list].push_back(
            {{principal->name, name}, {id, base::member(document, id)}});
      }
    });
  }
  return out;
}

// --- The account

Answer get_password_policy(Request& request) {
  const Json* policy = request.find_global(kPasswordPolicy, request.account());
  if (!policy)
    return tl::unexpected(
        no_such_entity(fmt::format("The Password Policy with domain name {} cannot be found.", request.account())));
  return Json{{"PasswordPolicy", *policy}};
}

// What a request leaves out goes back to its default.
Answer update_password_policy(Request& request) {
  std::int64_t length = request.integer("MinimumPasswordLength", 6);
  if (length < 6 || length > 128)
    return error("ValidationError",
                 "Value at 'minimumPasswordLength' failed to satisfy constraint: Member must be between 6 and 128");
  for (const auto& [name, most] : {std::pair{"MaxPasswordAge", 1'095}, {"PasswordReusePrevention", 24}}) {
    std::int64_t value = request.integer(name, 1);
    if (value < 1 || value > most)
      return error("ValidationError",
                   fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member "
                               "must be between 1 and {}",
                               value, name, most));
  }
  Json policy = {{"MinimumPasswordLength", length}, {"ExpirePasswords", request.integer("MaxPasswordAge", 0) > 0}};
  for (const char* flag : {"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
                           "RequireLowercaseCharacters", "AllowUsersToChangePassword"})
    policy[flag] = request.flag(flag);
  overlay(policy, request, {"MaxPasswordAge", "PasswordReusePrevention", "HardExpiry"});
  request.put_global(kPasswordPolicy, request.account(), policy);
  return Json::object();
}

Answer delete_password_policy(Request& request) {
  if (!request.state().erase(request.global_key(kPasswordPolicy, request.account()))) {
    return tl::unexpected(
        no_such_entity(fmt::format("The Password Policy with domain name {} cannot be found.", request.account())));
  }
  return Json::object();
}

Answer get_account_summary(Request& request) {
  std::int64_t with_mfa = 0;
  request.each_global(
      kUser.type, [&](const std::string&, const Json& user) { with_mfa += !base::member(user, "MFADevices").empty(); });
  const Json* root = request.find_global("AWS::Account", request.account());
  return Json{{"SummaryMap",
               {{"Users", request.all_global(kUser.type).size()},
                {"Roles", request.all_global(kRole.type).size()},
                {"Groups", request.all_global(kGroup.type).size()},
                {"Policies", request.all_global(kPolicy).size()},
                {"MFADevicesInUse", with_mfa},
                {"AccountMFAEnabled", root && root->value("RootMfa", false) ? 1 : 0},
                {"AccountAccessKeysPresent", root && root->value("RootAccessKeys", false) ? 1 : 0}}}};
}

// Everything in one answer: what inventories read. Without a page: the twin's accounts are small.
Answer authorization_details(Request& request) {
  const Json& wanted = request.parameter("Filter");
  Json out = {{"IsTruncated", false}};
  for (const auto& [filter, type, list] : {std::tuple{"User", kUser.type, "UserDetailList"},
                                           {"Role", kRole.type, "RoleDetailList"},
                                           {"Group", kGroup.type, "GroupDetailList"},
                                           {"LocalManagedPolicy", kPolicy, "Policies"}}) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), Json(filter)) == wanted.end()) continue;
    out[list] = Json::array();
    request.each_global(type, [&, kind = type, into = list](const std::string& id, const Json& document) {
      Json detail = to_api_shape(request.global_key(kind, id), document);
      if (std::string_view(kind) == kPolicy) detail["AttachmentCount"] = attachments(request, id);
      out[into].push_back(without(std::move(detail), {"MFADevices", "LoginProfile"}));
    });
  }
  return out;
}

}  // namespace

std::vector<Operation> iam_account_operations() {
  return {
      {"iam", "ListAccessKeys", Effect::read, list_access_keys},
      {"iam", "CreateAccessKey", Effect::write, create_access_key},
      {"iam", "UpdateAccessKey", Effect::write, update_access_key},
      {"iam", "DeleteAccessKey", Effect::write, delete_access_key},
      {"iam", "GetAccessKeyLastUsed", Effect::read, access_key_last_used},
      {"iam", "GetLoginProfile", Effect::read, get_login_profile},
      {"iam", "CreateLoginProfile", Effect::write, create_login_profile},
      {"iam", "UpdateLoginProfile", Effect::write, update_login_profile},
      {"iam", "DeleteLoginProfile", Effect::write, delete_login_profile},
      {"iam", "ListMFADevices", Effect::read, list_mfa_devices},
      {"iam", "DeactivateMFADevice", Effect::write, deactivate_mfa_device},
      {"iam", "GetPolicy", Effect::read, get_policy},
      {"iam", "ListPolicies", Effect::read, list_policies},
      {"iam", "CreatePolicy", Effect::write, create_policy},
      {"iam", "DeletePolicy", Effect::write, delete_policy},
      {"iam", "ListPolicyVersions", Effect::read, list_policy_versions},
      {"iam", "GetPolicyVersion", Effect::read, get_policy_version},
      {"iam", "CreatePolicyVersion", Effect::write, create_policy_version},
      {"iam", "DeletePolicyVersion", Effect::write, delete_policy_version},
      {"iam", "SetDefaultPolicyVersion", Effect::write, set_default_version},
      {"iam", "ListEntitiesForPolicy", Effect::read, list_entities_for_policy},
      {"iam", "GetAccountPasswordPolicy", Effect::read, get_password_policy},
      {"iam", "UpdateAccountPasswordPolicy", Effect::write, update_password_policy},
      {"iam", "DeleteAccountPasswordPolicy", Effect::write, delete_password_policy},
      {"iam", "GetAccountAuthorizationDetails", Effect::read, authorization_details},
      {"iam", "GetAccountSummary", Effect::read, get_account_summary},
  };
}

}  // namespace setpoint::twin::services
