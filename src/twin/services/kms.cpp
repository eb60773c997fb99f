// KMS keys: rotation, policies, deletion, aliases. Source: KMS API reference.
#include <algorithm>

#include "twin/services/listing.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kKey = "AWS::KMS::Key";
constexpr const char* kAlias = "AWS::KMS::Alias";
constexpr PageNames kPages{.limit = "Limit",
                           .token_in = "Marker",
                           .token_out = "NextMarker",
                           .bad_token_code = "InvalidMarkerException",
                           .limit_default = 100};

AwsError not_found(const std::string& what) { return {"NotFoundException", what, 400, Json::object()}; }

// A key id, an alias, or the ARN of either.
Answer key_of(Request& request, const char* parameter = "KeyId") {
  std::string written = request.text(parameter), id = written;
  if (std::size_t at = id.find(":key/"); at != std::string::npos) id = id.substr(at + 5);
  if (std::size_t at = id.find(":alias/"); at != std::string::npos) id = id.substr(at + 1);
  if (id.starts_with("alias/")) {
    const Json* alias = request.find(kAlias, id);
    if (!alias) return tl::unexpected(not_found(fmt::format("Alias {} is not found.", request.arn("kms", id))));
    id = alias->value("TargetKeyId", "");
  }
  const Json* key = request.find(kKey, id);
  if (!key)
    return tl::unexpected(not_found(
        fmt::format("Key '{}' does not exist", id.starts_with("arn:") ? id : request.arn("kms", "key/" + id))));
  return *key;
}

void store(Request& request, Json key) {
  std::string id = key.value("KeyId", "");
  request.put(kKey, id, std::move(key));
}

Json metadata(const Json& key) {
  return without(key, {"Policy", "KeyRotationEnabled", "RotationPeriodInDays", "Tags"});
}

AwsError bad_state(const Json& key) {
  return {"KMSInvalidStateException",
          fmt::format("{} is {}.", key.value("Arn", ""),
                      key.value("KeyState", "") == "PendingDeletion" ? "pending deletion" : "disabled"),
          400, Json::object()};
}

Answer list_keys(Request& request) {
  std::vector<Json> keys;
  request.each(kKey, [&](const std::string& id, const Json& key) {
    keys.push_back({{"KeyId", id}, {"KeyArn", key.value("Arn", "")}});
  });
  Answer out = page(request, std::move(keys), "Keys", kPages);
  if (out) (*out)["Truncated"] = out->contains("NextMarker");
  return out;
}

Answer describe_key(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  return Json{{"KeyMetadata", metadata(*key)}};
}

Json default_policy(const Request& request) {
  return {{"Version", "2012-10-17"},
          {"Id", "key-default-1"},
          {"Statement", Json::array({{{"Sid", "Enable IAM User Permissions"},
                                      {"Effect", "Allow"},
                                      {"Principal", {{"AWS", request.global_arn("iam", "root")}}},
                                      {"Action", "kms:*"},
                                      {"Resource", "*"}}})}};
}

Check check_policy(const std::string& text) {
  auto policy = base::parse_json(text, {32'768, 32});
  if (policy && base::member(*policy, "Statement").is_structured()) return {};
  return AwsError{"MalformedPolicyDocumentException", "The new key policy is not valid JSON", 400, {}};
}

Answer create_key(Request& request) {
  if (request.has("Policy")) {
    if (Check wrong = check_policy(request.text("Policy"))) return tl::unexpected(*wrong);
  }
  std::string hex = request.state().next_id("", 32);
  std::string id = fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                               hex.substr(16, 4), hex.substr(20));
  Json key = {{"KeyId", id},
              {"AWSAccountId", request.account()},
              {"Arn", request.arn("kms", "key/" + id)},
              {"CreationDate", request.now()},
              {"Enabled", true},
              {"Description", request.text("Description")},
              {"KeyUsage", "ENCRYPT_DECRYPT"},
              {"KeyState", "Enabled"},
              {"Origin", "AWS_KMS"},
              {"KeyManager", "CUSTOMER"},
              {"KeySpec", "SYMMETRIC_DEFAULT"},
              {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
              {"EncryptionAlgorithms", Json::array({"SYMMETRIC_DEFAULT"})},
              {"MultiRegion", request.flag("MultiRegion")},
              {"KeyRotationEnabled", false},
              {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(key, request, {"KeyUsage", "KeySpec", "Origin", "Policy"});
  store(request, key);
  return Json{{"KeyMetadata", metadata(key)}};
}

Answer set_rotation(Request& request, bool enabled) {
  Answer key = key_of(request);
  if (!key) return key;
  if (key->value("KeyState", "") == "PendingDeletion") return tl::unexpected(bad_state(*key));
  if (key->value("KeyState", "") == "Disabled")
    return error("DisabledException", fmt::format("{} is disabled.", key->value("Arn", "")));
  if (key->value("KeySpec", "") != "SYMMETRIC_DEFAULT")
    return error("UnsupportedOperationException", "You cannot perform this operation on a key of this type.");
  (*key)["KeyRotationEnabled"] = enabled;
  overlay(*key, request, {"RotationPeriodInDays"});
  store(request, *key);
  return Json::object();
}

Answer enable_rotation(Request& request) { return set_rotation(request, true); }
Answer disable_rotation(Request& request) { return set_rotation(request, false); }

Answer rotation_status(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  Json out = {{"KeyId", key->value("KeyId", "")}, {"KeyRotationEnabled", key->value("KeyRotationEnabled", false)}};
  if (key->value("KeyRotationEnabled", false)) out["RotationPeriodInDays"] = key->value("RotationPeriodInDays", 365);
  return out;
}

// Every key has one, of this name.
Check check_policy_name(const Request& request) {
  if (!request.has("PolicyName") || request.text("PolicyName") == "default") return {};
  return AwsError{"NotFoundException", "No such policy exists", 400, {}};
}

Answer get_policy(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  if (Check wrong = check_policy_name(request)) return tl::unexpected(*wrong);
  const Json& policy = base::member(*key, "Policy");
  Json shown = policy.is_null() ? default_policy(request) : policy;
  return Json{{"Policy", shown.is_string() ? shown : Json(base::canonical(shown))}, {"PolicyName", "default"}};
}

Answer put_policy(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  if (Check wrong = check_policy_name(request)) return tl::unexpected(*wrong);
  if (Check wrong = check_policy(request.text("Policy"))) return tl::unexpected(*wrong);
  (*key)["Policy"] = request.text("Policy");
  store(request, *key);
  return Json::object();
}

Answer list_policies(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  return Json{{"PolicyNames", Json::array({"default"})}, {"Truncated", false}};
}

Answer set_enabled(Request& request, bool enabled) {
  Answer key = key_of(request);
  if (!key) return key;
  if (key->value("KeyState", "") == "PendingDeletion") return tl::unexpected(bad_state(*key));
  (*key)["Enabled"] = enabled;
  (*key)["KeyState"] = enabled ? "Enabled" : "Disabled";
  store(request, *key);
  return Json::object();
}

Answer enable_key(Request& request) { return set_enabled(request, true); }
Answer disable_key(Request& request) { return set_enabled(request, false); }

Answer schedule_deletion(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  std::int64_t days = request.integer("PendingWindowInDays", 30);
  if (days < 7 || days > 30) return error("ValidationException", "PendingWindowInDays must be between 7 and 30");
  if (key->value("KeyState", "") == "PendingDeletion") return tl::unexpected(bad_state(*key));
  std::string date = base::to_iso8601(request.clock().now() + base::Milliseconds(days * 86'400'000));
  key->update({{"KeyState", "PendingDeletion"}, {"Enabled", false}, {"DeletionDate", date}});
  store(request, *key);
  return Json{{"KeyId", key->value("Arn", "")},
              {"DeletionDate", date},
              {"KeyState", "PendingDeletion"},
              {"PendingWindowInDays", days}};
}

Answer cancel_deletion(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  if (key->value("KeyState", "") != "PendingDeletion") {
    return error("KMSInvalidStateException", fmt::format("{} is not pending deletion.", key->value("Arn", "")));
  }
  key->erase("DeletionDate");
  (*key)["KeyState"] = "Disabled";
  store(request, *key);
  return Json{{"KeyId", key->value("Arn", "")}};
}

// --- Aliases

Answer list_aliases(Request& request) {
  std::vector<Json> aliases;
  std::string only;
  if (request.has("KeyId")) {
    Answer key = key_of(request);
    if (!key) return key;
    only = key->value("KeyId", "");
  }
  request.each(kAlias, [&](const std::string&, const Json& alias) {
    if (only.empty() || alias.value("TargetKeyId", "") == only) aliases.push_back(alias);
  });
  Answer out = page(request, std::move(aliases), "Aliases", kPages);
  if (out) (*out)["Truncated"] = out->contains("NextMarker");
  return out;
}

Answer create_alias(Request& request) {
  std::string name = request.text("AliasName");
  if (!name.starts_with("alias/"))
    return error("ValidationException",
                 "Alias must start with the prefix \"alias/\". Please see "
                 "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  if (name.starts_with("alias/aws/")) return error("NotAuthorizedException", "");
  if (request.find(kAlias, name))
    return error("AlreadyExistsException",
                 fmt::format("An alias with the name {} already exists", request.arn("kms", name)));
  Answer key = key_of(request, "TargetKeyId");
  if (!key) return key;
  request.put(kAlias, name,
              {{"AliasName", name},
               {"AliasArn", request.arn("kms", name)},
               {"TargetKeyId", key->value("KeyId", "")},
               {"CreationDate", request.now()}});
  return Json::object();
}

Answer delete_alias(Request& request) {
  if (request.state().erase(request.key(kAlias, request.text("AliasName")))) return Json::object();
  return tl::unexpected(
      not_found(fmt::format("Alias {} is not found.", request.arn("kms", request.text("AliasName")))));
}

// --- Tags, by key id

Answer tag(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  merge_tags(*key, request.parameter("Tags"));
  store(request, *key);
  return Json::object();
}

Answer untag(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  remove_tags(*key, request.parameter("TagKeys"));
  store(request, *key);
  return Json::object();
}

Answer list_tags(Request& request) {
  Answer key = key_of(request);
  if (!key) return key;
  Json tags = Json::array();
  for (const Json& entry : base::member(*key, "Tags"))
    tags.push_back({{"TagKey", entry["Key"]}, {"TagValue", entry["Value"]}});
  return Json{{"Tags", tags}, {"Truncated", false}};
}

}  // namespace

std::vector<Operation> kms_operations() {
  return {
      {"kms", "ListKeys", Effect::read, list_keys},
      {"kms", "DescribeKey", Effect::read, describe_key},
      {"kms", "CreateKey", Effect::write, create_key},
      {"kms", "EnableKeyRotation", Effect::write, enable_rotation},
      {"kms", "DisableKeyRotation", Effect::write, disable_rotation},
      {"kms", "GetKeyRotationStatus", Effect::read, rotation_status},
      {"kms", "GetKeyPolicy", Effect::read, get_policy},
      {"kms", "PutKeyPolicy", Effect::write, put_policy},
      {"kms", "ListKeyPolicies", Effect::read, list_policies},
      {"kms", "EnableKey", Effect::write, enable_key},
      {"kms", "DisableKey", Effect::write, disable_key},
      {"kms", "ScheduleKeyDeletion", Effect::write, schedule_deletion},
      {"kms", "CancelKeyDeletion", Effect::write, cancel_deletion},
      {"kms", "ListAliases", Effect::read, list_aliases},
      {"kms", "CreateAlias", Effect::write, create_alias},
      {"kms", "DeleteAlias", Effect::write, delete_alias},
      {"kms", "TagResource", Effect::write, tag},
      {"kms", "UntagResource", Effect::write, untag},
      {"kms", "ListResourceTags", Effect::read, list_tags},
  };
}

}  // namespace setpoint::twin::services
