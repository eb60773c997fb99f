// Secrets Manager: secrets with their versions, rotation, policies, deletion and its window. Source: Secrets Manager
// API reference.
#include <algorithm>

#include "twin/resource_types.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kSecret = "AWS::SecretsManager::Secret";

Answer secret_of(Request& request) {
  std::string id = request.text("SecretId");
  const Json* found = request.find(kSecret, id);
  Answer out = error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  if (found) return *found;
  request.each(kSecret, [&](const std::string&, const Json& secret) {
    if (secret.value("ARN", "") == id) out = secret;
  });
  return out;
}

// --- What a secret holds: {version: {SecretString, SecretBinary, Stages, CreatedDate}}

Json versions_of(const Json& secret) {
  Json versions = base::member(secret, "Versions");
  return versions.is_object() ? versions : Json::object();
}

void take_stage(Json& versions, const std::string& stage) {
  for (Json& version : versions) {
    Json kept = Json::array();
    for (const Json& held : base::member(version, "Stages")) {
      if (held != Json(stage)) kept.push_back(held);
    }
    version["Stages"] = kept;
  }
}

// The new version is current, the one before it AWSPREVIOUS.
std::string add_version(Request& request, Json& secret) {
  Json versions = versions_of(secret);
  std::string token = request.text("ClientRequestToken");
  if (token.empty()) token = request.state().next_id("", 32);
  take_stage(versions, "AWSPREVIOUS");
  for (Json& version : versions) {
    if (version["Stages"] == Json::array({"AWSCURRENT"})) version["Stages"] = Json::array({"AWSPREVIOUS"});
  }
  versions[token] = pick(request, {"SecretString", "SecretBinary"});
  versions[token].update({{"Stages", Json::array({"AWSCURRENT"})}, {"CreatedDate", request.now()}});
  secret["Versions"] = versions;
  return token;
}

Json stages_by_version(const Json& secret) {
  Json out = Json::object(), versions = versions_of(secret);
  for (const auto& [id, version] : versions.items()) {
    if (!base::member(version, "Stages").empty()) out[id] = version["Stages"];
  }
  return out;
}

Json secret_view(const Json& secret) { return without(secret, {"Versions", "SecretString", "Policy"}); }

Json secret_names(const Json& secret) { return pick(secret, {"ARN", "Name"}); }
// By name, description or tag; a value is matched from its beginning, "!" turns it round.
bool passes(const Json& secret, const Json& filter) {
  std::string key = base::string_member(filter, "Key");
  const char* path = key == "name"          ? "Name"
                     : key == "description" ? "Description"
                     : key == "tag-key"     ? "Tags.Key"
                     : key == "tag-value"   ? "Tags.Value"
                                            : "";
  std::vector<std::string> held = values_at(secret, key == "all" ? "Name" : path);
  const Json& wanted = base::member(filter, "Values");
  return std::any_of(wanted.begin(), wanted.end(), [&](const Json& each) {
    std::string text = each.get<std::string>();
    bool not_so = text.starts_with("!");
    if (not_so) text.erase(0, 1);
    return not_so !=
           std::any_of(held.begin(), held.end(), [&](const std::string& value) { return value.starts_with(text); });
  });
}

// A secret that is to be deleted is shown on demand.
Answer list_secrets(Request& request) {
  std::vector<Json> found = request.all(kSecret);
  std::erase_if(found, [&](const Json& secret) {
    if (secret.contains("DeletedDate") && !request.flag("IncludePlannedDeletion")) return true;
    const Json& filters = request.parameter("Filters");
    return !std::all_of(filters.begin(), filters.end(), [&](const Json& filter) { return passes(secret, filter); });
  });
  for (Json& secret : found) secret = secret_view(secret);
  return page(request, std::move(found), "SecretList", {.limit_default = 100, .limit_max = 100});
}

void keep_secret(Request& request, const Json& secret) { request.put(kSecret, secret.value("Name", ""), secret); }

Answer describe_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  Json out = secret_view(*secret);
  out["VersionIdsToStages"] = stages_by_version(*secret);
  return out;
}

Answer create_secret(Request& request) {
  std::string name = request.text("Name");
  if (request.find(kSecret, name))
    return error("ResourceExistsException",
                 fmt::format("The operation failed because the secret {} already exists.", name));
  Json members = {{"Name", name},
                  {"ARN", request.arn("secretsmanager", "secret:" + name + request.state().next_id("-", 6))},
                  {"CreatedDate", request.now()},
                  {"LastChangedDate", request.now()},
                  {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(members, request, {"Description", "KmsKeyId"});
  std::string version;
  if (request.has("SecretString") || request.has("SecretBinary")) version = add_version(request, members);
  auto document = document_from_api(request.account(), request.region(), kSecret, std::move(members));
  if (!document) return error("InvalidParameterException", document.error().message);
  request.put(kSecret, name, document->second);
  Json out = secret_names(document->second);
  if (!version.empty()) out["VersionId"] = version;
  return out;
}

Check check_not_deleted(const Json& secret) {
  if (!secret.contains("DeletedDate")) return {};
  return AwsError{"InvalidRequestException",
                  "You can't perform this operation on the secret because it was marked for deletion.",
                  400,
                  {}};
}

Answer put_secret_value(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  if (Check wrong = check_not_deleted(*secret)) return tl::unexpected(*wrong);
  std::string version = add_version(request, *secret);
  (*secret)["LastChangedDate"] = request.now();
  keep_secret(request, *secret);
  Json out = pick(*secret, {"ARN", "Name"});
  out.update({{"VersionId", version}, {"VersionStages", Json::array({"AWSCURRENT"})}});
  return out;
}

Answer get_secret_value(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  if (Check wrong = check_not_deleted(*secret)) return tl::unexpected(*wrong);
  std::string wanted = request.text("VersionId");
  std::string stage = request.has("VersionStage") ? request.text("VersionStage") : "AWSCURRENT";
  Json versions = versions_of(*secret);
  for (const auto& [id, version] : versions.items()) {
    const Json& stages = base::member(version, "Stages");
    bool right = wanted.empty() ? std::find(stages.begin(), stages.end(), Json(stage)) != stages.end() : id == wanted;
    if (!right) continue;
    Json out = pick(*secret, {"ARN", "Name"});
    overlay(out, version, {"SecretString", "SecretBinary", "CreatedDate"});
    out.update({{"VersionId", id}, {"VersionStages", stages}});
    return out;
  }
  return error("ResourceNotFoundException",
               fmt::format("Secrets Manager can't find the specified secret value for staging label: {}", stage));
}

Answer tag_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  merge_tags(*secret, request.parameter("Tags"));
  keep_secret(request, *secret);
  return Json::object();
}

Answer untag_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  remove_tags(*secret, request.parameter("TagKeys"));
  keep_secret(request, *secret);
  return Json::object();
}

Answer rotate_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  if (!request.has("RotationLambdaARN") && !secret->contains("RotationLambdaARN"))
    return error("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.");
  overlay(*secret, request, {"RotationLambdaARN", "RotationRules"});
  (*secret)["RotationEnabled"] = true;
  (*secret)["LastRotatedDate"] = request.now();
  keep_secret(request, *secret);
  return secret_names(*secret);
}

Answer cancel_rotation(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  (*secret)["RotationEnabled"] = false;
  keep_secret(request, *secret);
  return secret_names(*secret);
}

Answer update_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  if (Check wrong = check_not_deleted(*secret)) return tl::unexpected(*wrong);
  overlay(*secret, request, {"Description", "KmsKeyId"});
  (*secret)["LastChangedDate"] = request.now();
  Json out = secret_names(*secret);
  if (request.has("SecretString") || request.has("SecretBinary")) out["VersionId"] = add_version(request, *secret);
  keep_secret(request, *secret);
  return out;
}

Answer delete_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  Json out = secret_names(*secret);
  std::int64_t days = request.flag("ForceDeleteWithoutRecovery") ? 0 : request.integer("RecoveryWindowInDays", 30);
  out["DeletionDate"] = base::to_iso8601(request.clock().now() + base::Milliseconds(days * 86'400'000));
  if (days == 0) {
    request.state().erase(request.key(kSecret, secret->value("Name", "")));
    return out;
  }
  if (days < 7 || days > 30) return error("InvalidParameterException", "RecoveryWindowInDays must be between 7 and 30");
  (*secret)["DeletedDate"] = out["DeletionDate"];
  keep_secret(request, *secret);
  return out;
}

Answer restore_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  secret->erase("DeletedDate");
  keep_secret(request, *secret);
  return secret_names(*secret);
}

Answer get_secret_policy(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  Json out = secret_names(*secret);
  if (secret->contains("Policy")) out["ResourcePolicy"] = (*secret)["Policy"];
  return out;
}

Answer put_secret_policy(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  auto policy = base::parse_json(request.text("ResourcePolicy"), {20'480, 32});
  if (!policy || !base::member(*policy, "Statement").is_structured())
    return error("MalformedPolicyDocumentException", "The resource policy is not valid.");
  (*secret)["Policy"] = request.text("ResourcePolicy");
  keep_secret(request, *secret);
  return secret_names(*secret);
}

Answer delete_secret_policy(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  secret->erase("Policy");
  keep_secret(request, *secret);
  return secret_names(*secret);
}

}  // namespace

std::vector<Operation> secret_operations() {
  return {
      {"secretsmanager", "ListSecrets", Effect::read, list_secrets},
      {"secretsmanager", "DescribeSecret", Effect::read, describe_secret},
      {"secretsmanager", "CreateSecret", Effect::write, create_secret},
      {"secretsmanager", "PutSecretValue", Effect::write, put_secret_value},
      {"secretsmanager", "GetSecretValue", Effect::read, get_secret_value},
      {"secretsmanager", "TagResource", Effect::write, tag_secret},
      {"secretsmanager", "UntagResource", Effect::write, untag_secret},
      {"secretsmanager", "RotateSecret", Effect::write, rotate_secret},
      {"secretsmanager", "CancelRotateSecret", Effect::write, cancel_rotation},
      {"secretsmanager", "UpdateSecret", Effect::write, update_secret},
      {"secretsmanager", "DeleteSecret", Effect::write, delete_secret},
      {"secretsmanager", "RestoreSecret", Effect::write, restore_secret},
      {"secretsmanager", "GetResourcePolicy", Effect::read, get_secret_policy},
      {"secretsmanager", "PutResourcePolicy", Effect::write, put_secret_policy},
      {"secretsmanager", "DeleteResourcePolicy", Effect::write, delete_secret_policy},
  };
}

}  // namespace setpoint::twin::services
