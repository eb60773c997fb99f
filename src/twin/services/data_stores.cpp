// DynamoDB, ECR and Redshift, as far as their settings go. Source: their API references.
#include <algorithm>

#include "twin/resource_types.h"
#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

// A new document of this type, completed by its defaults, kept and answered.
Answer make(Request& request, const char* type, const char* bad_input, Json members) {
  auto document = document_from_api(request.account(), request.region(), type, std::move(members));
  if (!document) return error(bad_input, document.error().message);
  request.put(type, document->first.id, document->second);
  return document->second;
}

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

Answer create_table(Request& request) {
  std::string name = request.text("TableName");
  if (request.find(kTable, name)) return error("ResourceInUseException", fmt::format("Table already exists: {}", name));
  bool on_demand = request.text("BillingMode") == "PAY_PER_REQUEST";
  if (!on_demand && !request.has("ProvisionedThroughput"))
    return error("ValidationException", "No provisioned throughput specified for the table");
  Json members = {{"TableName", name},
                  {"TableId", request.state().next_id("", 32)},
                  {"CreationDateTime", request.now()},
                  {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(members, request,
          {"AttributeDefinitions", "KeySchema", "DeletionProtectionEnabled", "ProvisionedThroughput",
           "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "StreamSpecification"});
  if (on_demand) members["BillingModeSummary"] = {{"BillingMode", "PAY_PER_REQUEST"}};
  if (base::member(request.parameter("SSESpecification"), "Enabled") == Json(true))
    members["SSEDescription"] = {{"Status", "ENABLED"}, {"SSEType", "KMS"}};
  Answer table = make(request, kTable, "ValidationException", std::move(members));
  if (!table) return table;
  Json shown = table_view(*table);
  shown["TableStatus"] = "CREATING";
  return Json{{"TableDescription", shown}};
}

Answer describe_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  return Json{{"Table", table_view(*table)}};
}

Answer update_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return table;
  overlay(*table, request, {"DeletionProtectionEnabled", "ProvisionedThroughput"});
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

// The one pair of operations with a code of its own for a missing table.
Answer backed_up_table(Request& request) {
  Answer table = table_of(request);
  if (!table) return error("TableNotFoundException", fmt::format("Table not found: {}", request.text("TableName")));
  return table;
}

Answer describe_backups(Request& request) {
  Answer table = backed_up_table(request);
  if (!table) return table;
  return backups_view(request, *table);
}

Answer update_backups(Request& request) {
  Answer table = backed_up_table(request);
  if (!table) return table;
  (*table)["PointInTime"] =
      base::member(request.parameter("PointInTimeRecoverySpecification"), "PointInTimeRecoveryEnabled") == Json(true);
  keep_table(request, *table);
  return backups_view(request, *table);
}

constexpr TagForm kTableTags{.resource = "ResourceArn"};

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

Answer create_repository(Request& request) {
  std::string name = request.text("repositoryName");
  if (request.find(kRepository, name))
    return error("RepositoryAlreadyExistsException",
                 fmt::format("The repository with name '{}' already exists in the registry with id '{}'", name,
                             request.account()));
  Json members = {
      {"repositoryName", name}, {"createdAt", request.now()}, {"Tags", sorted_tags(request.parameter("tags"))}};
  overlay(members, request, {"imageTagMutability", "imageScanningConfiguration", "encryptionConfiguration"});
  Answer repository = make(request, kRepository, "InvalidParameterException", std::move(members));
  if (!repository) return repository;
  return Json{{"repository", repository_view(*repository)}};
}

Answer delete_repository(Request& request) {
  Answer repository = repository_of(request);
  if (!repository) return repository;
  request.state().erase(request.key(kRepository, request.text("repositoryName")));
  return Json{{"repository", repository_view(*repository)}};
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
  overlay(*cluster, request,
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

Answer create_cluster(Request& request) {
  std::string id = request.text("ClusterIdentifier");
  request.parameter("MasterUserPassword");  // taken, though no reading shows it
  if (request.find(kCluster, id)) return error("ClusterAlreadyExists", "Cluster already exists");
  Json members = {{"ClusterIdentifier", id},
                  {"ClusterCreateTime", request.now()},
                  {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(members, request,
          {"NodeType", "MasterUsername", "DBName", "PubliclyAccessible", "Encrypted", "KmsKeyId", "EnhancedVpcRouting",
           "AllowVersionUpgrade", "AutomatedSnapshotRetentionPeriod", "NumberOfNodes", "PreferredMaintenanceWindow"});
  Answer cluster = make(request, kCluster, "InvalidParameterValue", std::move(members));
  if (!cluster) return cluster;
  Json shown = cluster_view(*cluster);
  shown["ClusterStatus"] = "creating";
  return Json{{"Cluster", shown}};
}

Answer delete_cluster(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  if (!request.flag("SkipFinalClusterSnapshot") && request.text("FinalClusterSnapshotIdentifier").empty())
    return error("InvalidParameterCombination",
                 "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.");
  request.state().erase(request.key(kCluster, request.text("ClusterIdentifier")));
  Json shown = cluster_view(*cluster);
  shown["ClusterStatus"] = "deleting";
  return Json{{"Cluster", shown}};
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
  if (on) overlay(logging, request, {"BucketName", "S3KeyPrefix", "LogDestinationType", "LogExports"});
  std::string prefix = base::string_member(logging, "S3KeyPrefix");
  if (!prefix.empty() && !prefix.ends_with("/")) logging["S3KeyPrefix"] = prefix + "/";
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
      {"dynamodb", "CreateTable", Effect::write, create_table},
      {"dynamodb", "UpdateTable", Effect::write, update_table},
      {"dynamodb", "DeleteTable", Effect::write, delete_table},
      {"dynamodb", "DescribeContinuousBackups", Effect::read, describe_backups},
      {"dynamodb", "UpdateContinuousBackups", Effect::write, update_backups},
      {"dynamodb", "TagResource", Effect::write, tag<kTableTags>},
      {"dynamodb", "UntagResource", Effect::write, untag<kTableTags>},
      {"dynamodb", "ListTagsOfResource", Effect::read, list_tags<kTableTags>},
      {"ecr", "DescribeRepositories", Effect::read, describe<kRepositories>},
      {"ecr", "CreateRepository", Effect::write, create_repository},
      {"ecr", "DeleteRepository", Effect::write, delete_repository},
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
      {"redshift", "CreateCluster", Effect::write, create_cluster},
      {"redshift", "DeleteCluster", Effect::write, delete_cluster},
      {"redshift", "ModifyCluster", Effect::write, modify_cluster},
      {"redshift", "DescribeLoggingStatus", Effect::read, logging_status},
      {"redshift", "EnableLogging", Effect::write, enable_logging},
      {"redshift", "DisableLogging", Effect::write, disable_logging},
  };
}

}  // namespace setpoint::twin::services
