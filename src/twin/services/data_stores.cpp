// DynamoDB, Secrets Manager, ECR and Redshift, as far as their settings go. Source: their API references.
#include <algorithm>

#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

// --- DynamoDB

constexpr const char* kTable = "AWS::DynamoDB::Table";

Answer table_of(Request& request) {
  std::string name = request.text("TableName");
  if (std::size_t at = name.find(":table/"); at != std::string::npos) name = name.substr(at + 7);
  const Json* found = request.find(kTable, name);
  if (!found)
    return error("ResourceNotFoundException", fmt::format("Requested resource not found: Table: {} not found", name));
  return *found;
}

void keep_table(Request& request, const Json& table) { request.put(kTable, table.value("TableName", ""), table); }
Json table_view(const Json& table) { return without(table, {"Tags", "PointInTime", "TimeToLive"}); }

Answer list_tables(Request& request) {
  Json names = Json::array();
  std::size_t limit = static_cast<std::size_t>(std::clamp<std::int64_t>(request.integer("Limit", 100), 1, 100));
  std::string after = request.text("ExclusiveStartTableName");
  bool more = false;
  request.each(kTable, [&](const std::string& name, const Json&) {
    if (name <= after && !after.empty()) return;
    if (names.size() < limit)
      names.push_back(name);
    else
      more = true;
  });
  Json out = {{"TableNames", names}};
  if (more) out["LastEvaluatedTableName"] = names.back();
  return out;
}

Answer describe_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  return Json{{"Table", table_view(*table)}};
}

Answer update_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  overlay(*table, request.call().parameters, {"DeletionProtectionEnabled", "ProvisionedThroughput"});
  if (request.has("BillingMode")) (*table)["BillingModeSummary"] = {{"BillingMode", request.text("BillingMode")}};
  const Json& encryption = request.parameter("SSESpecification");
  if (base::member(encryption, "Enabled") == Json(true)) {
    (*table)["SSEDescription"] = {
        {"Status", "ENABLED"},
        {"SSEType", "KMS"},
        {"KMSMasterKeyArn", encryption.contains("KMSMasterKeyId") ? encryption["KMSMasterKeyId"]
                                                                  : Json(request.arn("kms", "alias/aws/dynamodb"))}};
  } else if (!encryption.is_null()) {
    table->erase("SSEDescription");
  }
  keep_table(request, *table);
  return Json{{"TableDescription", table_view(*table)}};
}

Answer delete_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  if (table->value("DeletionProtectionEnabled", false)) {
    return error(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  }
  request.state().erase(request.key(kTable, table->value("TableName", "")));
  (*table)["TableStatus"] = "DELETING";
  return Json{{"TableDescription", table_view(*table)}};
}

Json backups_view(Request& request, const Json& table) {
  bool on = table.value("PointInTime", false);
  Json recovery = {{"PointInTimeRecoveryStatus", on ? "ENABLED" : "DISABLED"}};
  if (on) recovery["LatestRestorableDateTime"] = request.now();
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", "ENABLED"}, {"PointInTimeRecoveryDescription", recovery}}}};
}

Answer describe_backups(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  return backups_view(request, *table);
}

Answer update_backups(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  (*table)["PointInTime"] =
      base::member(request.parameter("PointInTimeRecoverySpecification"), "PointInTimeRecoveryEnabled") == Json(true);
  keep_table(request, *table);
  return backups_view(request, *table);
}

constexpr TagForm kTableTags{.resource = "ResourceArn"};

// --- Secrets Manager

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

Json secret_view(const Json& secret) { return without(secret, {"Versions", "SecretString", "Policy"}); }
constexpr Listing kSecrets{
    .type = kSecret, .list = "SecretList", .view = secret_view, .pages = {.limit_default = 100, .limit_max = 100}};

void keep_secret(Request& request, const Json& secret) { request.put(kSecret, secret.value("Name", ""), secret); }

Answer describe_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  return secret_view(*secret);
}

Json secret_names(const Json& secret) { return pick(secret, {"ARN", "Name"}); }

Answer rotate_secret(Request& request) {
  Answer secret = secret_of(request);
  if (!secret) return secret;
  if (!request.has("RotationLambdaARN") && !secret->contains("RotationLambdaARN"))
    return error("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.");
  overlay(*secret, request.call().parameters, {"RotationLambdaARN", "RotationRules"});
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
  overlay(*secret, request.call().parameters, {"Description", "KmsKeyId", "SecretString"});
  (*secret)["LastChangedDate"] = request.now();
  keep_secret(request, *secret);
  return secret_names(*secret);
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

// --- ECR

constexpr const char* kRepository = "AWS::ECR::Repository";

Json repository_view(const Json& repository) { return without(repository, {"Tags", "Policy", "Lifecycle"}); }
constexpr Listing kRepositories{
    .type = kRepository,
    .list = "repositories",
    .ids = "repositoryNames",
    .missing = "RepositoryNotFoundException",
    .view = repository_view,
    .pages = {.limit = "maxResults", .token_in = "nextToken", .token_out = "nextToken", .limit_default = 100}};

Answer repository_of(Request& request) {
  const Json* found = request.find(kRepository, request.text("repositoryName"));
  if (!found)
    return error("RepositoryNotFoundException",
                 fmt::format("The repository with name '{}' does not exist in the registry with id '{}'",
                             request.text("repositoryName"), request.account()));
  return *found;
}

Json repository_answer(Request& request, const Json& repository) {
  request.put(kRepository, request.text("repositoryName"), repository);
  return {{"registryId", request.account()}, {"repositoryName", request.text("repositoryName")}};
}

Answer put_scanning(Request& request) {
  Answer repository = repository_of(request);
  if (!repository) return repository;
  (*repository)["imageScanningConfiguration"] = request.parameter("imageScanningConfiguration");
  Json out = repository_answer(request, *repository);
  out["imageScanningConfiguration"] = request.parameter("imageScanningConfiguration");
  return out;
}

Answer put_mutability(Request& request) {
  Answer repository = repository_of(request);
  if (!repository) return repository;
  std::string value = request.text("imageTagMutability");
  if (value != "MUTABLE" && value != "IMMUTABLE")
    return error("InvalidParameterException", "Invalid parameter at 'imageTagMutability' failed to satisfy constraint");
  (*repository)["imageTagMutability"] = value;
  Json out = repository_answer(request, *repository);
  out["imageTagMutability"] = value;
  return out;
}

struct PolicyKind {
  const char* stored;
  const char* text;  // parameter and member
  const char* missing;
  const char* message;
};
constexpr PolicyKind kAccess{"Policy", "policyText", "RepositoryPolicyNotFoundException",
                             "Repository policy does not exist"};
constexpr PolicyKind kLifecycle{"Lifecycle", "lifecyclePolicyText", "LifecyclePolicyNotFoundException",
                                "Lifecycle policy does not exist"};

template <const PolicyKind& kKind>
Answer get_policy(Request& request) {
  Answer repository = repository_of(request);
  if (!repository) return repository;
  if (!repository->contains(kKind.stored)) return error(kKind.missing, kKind.message);
  return Json{{"registryId", request.account()},
              {"repositoryName", request.text("repositoryName")},
              {kKind.text, (*repository)[kKind.stored]}};
}

template <const PolicyKind& kKind>
Answer put_policy(Request& request) {
  Answer repository = repository_of(request);
  if (!repository) return repository;
  if (!base::parse_json(request.text(kKind.text), {30'720, 32}))
    return error("InvalidParameterException", "Invalid parameter: the policy is not valid JSON");
  (*repository)[kKind.stored] = request.text(kKind.text);
  Json out = repository_answer(request, *repository);
  out[kKind.text] = request.text(kKind.text);
  return out;
}

template <const PolicyKind& kKind>
Answer delete_policy(Request& request) {
  Answer out = get_policy<kKind>(request);
  if (!out) return out;
  Answer repository = repository_of(request);
  repository->erase(kKind.stored);
  repository_answer(request, *repository);
  return out;
}

constexpr TagForm kRepositoryTags{
    .resource = "resourceArn", .tags = "tags", .keys = "tagKeys", .missing = "RepositoryNotFoundException"};

// --- Redshift

constexpr const char* kCluster = "AWS::Redshift::Cluster";

Json cluster_view(const Json& cluster) { return without(cluster, {"Logging"}); }

Answer cluster_of(Request& request) {
  const Json* found = request.find(kCluster, request.text("ClusterIdentifier"));
  if (!found)
    return error("ClusterNotFound", fmt::format("Cluster {} not found.", request.text("ClusterIdentifier")), 404);
  return *found;
}

constexpr Listing kClusters{
    .type = kCluster,
    .list = "Clusters",
    .ids = "ClusterIdentifier",
    .missing = "ClusterNotFound",
    .missing_status = 404,
    .view = cluster_view,
    .pages = {
        .limit = "MaxRecords", .token_in = "Marker", .token_out = "Marker", .limit_default = 100, .limit_max = 100}};

Answer modify_cluster(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  overlay(*cluster, request.call().parameters,
          {"PubliclyAccessible", "EnhancedVpcRouting", "Encrypted", "KmsKeyId", "AutomatedSnapshotRetentionPeriod",
           "AllowVersionUpgrade", "PreferredMaintenanceWindow"});
  if (request.has("VpcSecurityGroupIds")) {
    (*cluster)["VpcSecurityGroups"] = Json::array();
    for (const Json& id : request.parameter("VpcSecurityGroupIds"))
      (*cluster)["VpcSecurityGroups"].push_back({{"VpcSecurityGroupId", id}, {"Status", "active"}});
  }
  request.put(kCluster, request.text("ClusterIdentifier"), *cluster);
  return Json{{"Cluster", cluster_view(*cluster)}};
}

Answer logging_status(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  return (*cluster)["Logging"];
}

Answer set_logging(Request& request, bool on) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  Json logging = {{"LoggingEnabled", on}};
  if (on)
    overlay(logging, request.call().parameters, {"BucketName", "S3KeyPrefix", "LogDestinationType", "LogExports"});
  (*cluster)["Logging"] = logging;
  request.put(kCluster, request.text("ClusterIdentifier"), *cluster);
  return logging;
}

Answer enable_logging(Request& request) { return set_logging(request, true); }
Answer disable_logging(Request& request) { return set_logging(request, false); }

}  // namespace

std::vector<Operation> data_store_operations() {
  return {
      {"dynamodb", "ListTables", Effect::read, list_tables},
      {"dynamodb", "DescribeTable", Effect::read, describe_table},
      {"dynamodb", "UpdateTable", Effect::write, update_table},
      {"dynamodb", "DeleteTable", Effect::write, delete_table},
      {"dynamodb", "DescribeContinuousBackups", Effect::read, describe_backups},
      {"dynamodb", "UpdateContinuousBackups", Effect::write, update_backups},
      {"dynamodb", "TagResource", Effect::write, tag<kTableTags>},
      {"dynamodb", "UntagResource", Effect::write, untag<kTableTags>},
      {"dynamodb", "ListTagsOfResource", Effect::read, list_tags<kTableTags>},
      {"secretsmanager", "ListSecrets", Effect::read, describe<kSecrets>},
      {"secretsmanager", "DescribeSecret", Effect::read, describe_secret},
      {"secretsmanager", "RotateSecret", Effect::write, rotate_secret},
      {"secretsmanager", "CancelRotateSecret", Effect::write, cancel_rotation},
      {"secretsmanager", "UpdateSecret", Effect::write, update_secret},
      {"secretsmanager", "DeleteSecret", Effect::write, delete_secret},
      {"secretsmanager", "RestoreSecret", Effect::write, restore_secret},
      {"secretsmanager", "GetResourcePolicy", Effect::read, get_secret_policy},
      {"secretsmanager", "PutResourcePolicy", Effect::write, put_secret_policy},
      {"secretsmanager", "DeleteResourcePolicy", Effect::write, delete_secret_policy},
      {"ecr", "DescribeRepositories", Effect::read, describe<kRepositories>},
      {"ecr", "PutImageScanningConfiguration", Effect::write, put_scanning},
      {"ecr", "PutImageTagMutability", Effect::write, put_mutability},
      {"ecr", "GetRepositoryPolicy", Effect::read, get_policy<kAccess>},
      {"ecr", "SetRepositoryPolicy", Effect::write, put_policy<kAccess>},
      {"ecr", "DeleteRepositoryPolicy", Effect::write, delete_policy<kAccess>},
      {"ecr", "GetLifecyclePolicy", Effect::read, get_policy<kLifecycle>},
      {"ecr", "PutLifecyclePolicy", Effect::write, put_policy<kLifecycle>},
      {"ecr", "DeleteLifecyclePolicy", Effect::write, delete_policy<kLifecycle>},
      {"ecr", "TagResource", Effect::write, tag<kRepositoryTags>},
      {"ecr", "UntagResource", Effect::write, untag<kRepositoryTags>},
      {"ecr", "ListTagsForResource", Effect::read, list_tags<kRepositoryTags>},
      {"redshift", "DescribeClusters", Effect::read, describe<kClusters>},
      {"redshift", "ModifyCluster", Effect::write, modify_cluster},
      {"redshift", "DescribeLoggingStatus", Effect::read, logging_status},
      {"redshift", "EnableLogging", Effect::write, enable_logging},
      {"redshift", "DisableLogging", Effect::write, disable_logging},
  };
}

}  // namespace setpoint::twin::services
