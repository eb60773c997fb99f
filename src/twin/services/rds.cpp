// RDS instances, clusters, snapshots and who may restore them. Source: RDS API reference.
//
// A change is not at once: the status is "modifying" for kModifyingMs on the cloud's clock, then "available". A change
// that needs ApplyImmediately waits in PendingModifiedValues, where it is not given, as it would for the maintenance
// window.
#include <algorithm>

#include "twin/resource_types.h"
#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kModifyingMs = 5'000;
constexpr PageNames kPages{.limit = "MaxRecords",
                           .token_in = "Marker",
                           .token_out = "Marker",
                           .bad_token_code = "InvalidParameterValue",
                           .limit_default = 100,
                           .limit_max = 100};

struct Kind {
  const char* type;
  const char* id;      // parameter and member
  const char* answer;  // member of an answer for one
  const char* status;  // member
  const char* missing;
  const char* what;  // "DBInstance"
};
constexpr Kind kInstance{"AWS::RDS::DBInstance", "DBInstanceIdentifier", "DBInstance",
                         "DBInstanceStatus",     "DBInstanceNotFound",   "DBInstance"};
constexpr Kind kCluster{
    "AWS::RDS::DBCluster", "DBClusterIdentifier", "DBCluster", "Status", "DBClusterNotFoundFault", "DBCluster"};
constexpr Kind kSnapshot{
    "AWS::RDS::DBSnapshot", "DBSnapshotIdentifier", "DBSnapshot", "Status", "DBSnapshotNotFound", "DBSnapshot"};
constexpr Kind kClusterSnapshot{"AWS::RDS::DBClusterSnapshot",
                                "DBClusterSnapshotIdentifier",
                                "DBClusterSnapshot",
                                "Status",
                                "DBClusterSnapshotNotFoundFault",
                                "DBClusterSnapshot"};

Json view(const Json& document, const Kind& kind, std::int64_t now) {
  Json out = without(document, {"ModifyingUntil", "Attributes"});
  if (document.value("ModifyingUntil", std::int64_t{0}) > now) out[kind.status] = "modifying";
  if (out.contains("Tags")) {
    out["TagList"] = out["Tags"];
    out.erase("Tags");
  }
  return out;
}

AwsError missing(const Kind& kind, const std::string& id) {
  return {kind.missing, fmt::format("{} {} not found.", kind.what, id), 404, Json::object()};
}

// Identifiers may be given as ARNs, whose last part they are, and in any letter case.
std::string identifier(const Request& request, const Kind& kind) {
  std::string id = request.text(kind.id);
  if (id.starts_with("arn:")) id = id.substr(id.rfind(':') + 1);
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return id;
}

Answer one(Request& request, const Kind& kind) {
  for (const std::string& id : {request.text(kind.id), identifier(request, kind)}) {
    if (const Json* found = request.find(kind.type, id)) return *found;
  }
  return tl::unexpected(missing(kind, request.text(kind.id)));
}

template <const Kind& kKind>
Answer list(Request& request) {
  std::int64_t most = request.integer("MaxRecords", 100);
  if (most < 20 || most > 100)
    return error("InvalidParameterValue",
                 fmt::format("Invalid value {} for MaxRecords. Must be between 20 and 100", most));
  std::vector<Json> found;
  if (request.has(kKind.id)) {
    Answer named = one(request, kKind);
    if (!named) return named;
    found.push_back(*named);
  } else {
    found = request.all(kKind.type);
  }
  for (Json& document : found) document = view(document, kKind, request.clock().now().ms);
  static const std::vector<FilterField> kFilters = {{"db-instance-id", "DBInstanceIdentifier"},
                                                    {"db-cluster-id", "DBClusterIdentifier"},
                                                    {"engine", "Engine"},
                                                    {"dbi-resource-id", "DbiResourceId"},
                                                    {"snapshot-type", "SnapshotType"},
                                                    {"db-snapshot-id", "DBSnapshotIdentifier"},
                                                    {"db-cluster-snapshot-id", "DBClusterSnapshotIdentifier"},
                                                    {"db-cluster-resource-id", "DbClusterResourceId"}};
  if (Check wrong = keep_matching(found, request.parameter("Filters"), kFilters)) return tl::unexpected(*wrong);
  return page(request, std::move(found), (std::string(kKind.answer) + "s").c_str(), kPages);
}

Check check_available(Request& request, const Kind& kind, const Json& document) {
  std::string status = view(document, kind, request.clock().now().ms).value(kind.status, "");
  if (status == "available" || status == "modifying") return {};
  return AwsError{std::string("Invalid") + kind.what + "State" + (kind.what == kCluster.what ? "Fault" : ""),
                  fmt::format("{} {} is not in available state.", kind.what, request.text(kind.id)),
                  400,
                  {}};
}

Json security_groups(const Json& ids) {
  Json out = Json::array();
  for (const Json& id : ids) out.push_back({{"VpcSecurityGroupId", id}, {"Status", "active"}});
  return out;
}

Json merged_exports(const Json& present, const Json& change) {
  std::vector<std::string> kept = values_at(present, "");
  for (const std::string& gone : values_at(change, "DisableLogTypes")) std::erase(kept, gone);
  for (const std::string& added : values_at(change, "EnableLogTypes")) {
    if (std::find(kept.begin(), kept.end(), added) == kept.end()) kept.push_back(added);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

// Those that AWS applies at once in any case.
void apply_at_once(const Request& request, Json& document, bool instance) {
  overlay(
      document, request,
      {"DeletionProtection", "CopyTagsToSnapshot", "PreferredBackupWindow", "PreferredMaintenanceWindow",
       "AutoMinorVersionUpgrade", "PubliclyAccessible", "MonitoringInterval", "MonitoringRoleArn", "BacktrackWindow",
       "MaxAllocatedStorage", "PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod", "PromotionTier"});
  if (request.has("DBParameterGroupName"))
    document["DBParameterGroups"] = Json::array({{{"DBParameterGroupName", request.parameter("DBParameterGroupName")},
                                                  {"ParameterApplyStatus", "pending-reboot"}}});
  if (request.has("DBClusterParameterGroupName"))
    document["DBClusterParameterGroup"] = request.parameter("DBClusterParameterGroupName");
  if (instance) overlay(document, request, {"BackupRetentionPeriod"});
  if (request.has("VpcSecurityGroupIds"))
    document["VpcSecurityGroups"] = security_groups(request.parameter("VpcSecurityGroupIds"));
  if (request.has("EnablePerformanceInsights"))
    document["PerformanceInsightsEnabled"] = request.flag("EnablePerformanceInsights");
  if (request.has("EnableIAMDatabaseAuthentication"))
    document["IAMDatabaseAuthenticationEnabled"] = request.flag("EnableIAMDatabaseAuthentication");
  if (request.has("CloudwatchLogsExportConfiguration")) {
    document["EnabledCloudwatchLogsExports"] = merged_exports(base::member(document, "EnabledCloudwatchLogsExports"),
                                                              request.parameter("CloudwatchLogsExportConfiguration"));
  }
}

Check check_settings(const Request& request, const Json& document) {
  std::int64_t retention = request.integer("BackupRetentionPeriod", 1);
  if (retention < 0 || retention > 35)
    return AwsError{
        "InvalidParameterValue",
        fmt::format("Invalid backup retention period: {}. Retention period must be between 0 and 35.", retention),
        400,
        {}};
  static constexpr std::int64_t kIntervals[] = {0, 1, 5, 10, 15, 30, 60};
  std::int64_t interval = request.integer("MonitoringInterval", 0);
  if (std::find(std::begin(kIntervals), std::end(kIntervals), interval) == std::end(kIntervals))
    return AwsError{
        "InvalidParameterValue", fmt::format("Invalid value for parameter MonitoringInterval: {}", interval), 400, {}};
  std::string role = request.text("MonitoringRoleArn");
  if (interval != 0 && role.empty() && base::string_member(document, "MonitoringRoleArn").empty())
    return AwsError{"InvalidParameterCombination",
                    "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
                    400,
                    {}};
  return {};
}

// Taken, though no reading shows them.
void accept_unseen(const Request& request) {
  for (const char* unseen : {"MasterUserPassword", "AllowMajorVersionUpgrade"}) request.parameter(unseen);
}

Answer modify(Request& request, const Kind& kind) {
  Answer document = one(request, kind);
  if (!document) return document;
  if (Check wrong = check_available(request, kind, *document)) return tl::unexpected(*wrong);
  if (Check wrong = check_settings(request, *document)) return tl::unexpected(*wrong);
  bool instance = kind.what == kInstance.what;
  accept_unseen(request);
  apply_at_once(request, *document, instance);
  Json later = pick(request, {"MultiAZ", "LicenseModel", "DBInstanceClass", "AllocatedStorage", "EngineVersion",
                              "StorageThroughput", "CACertificateIdentifier", "StorageType", "Iops"});
  if (request.has("DBPortNumber")) later["Port"] = request.parameter("DBPortNumber");
  if (!instance) overlay(later, request, {"BackupRetentionPeriod", "Port"});
  if (request.flag("ApplyImmediately"))
    document->update(later);
  else if (!later.empty())
    (*document)["PendingModifiedValues"].update(later);
  (*document)["ModifyingUntil"] = request.clock().now().ms + kModifyingMs;
  request.put(kind.type, document->value(kind.id, ""), *document);
  // The answer of the call itself still says what was.
  Json shown = view(*document, kind, INT64_MAX);
  return Json{{kind.answer, shown}};
}

Answer modify_instance(Request& request) { return modify(request, kInstance); }
Answer modify_cluster(Request& request) { return modify(request, kCluster); }

Answer remove(Request& request, const Kind& kind, const Kind& snapshot) {
  Answer document = one(request, kind);
  if (!document) return document;
  if (document->value("DeletionProtection", false))
    return error(
        "InvalidParameterCombination",
        fmt::format("Cannot delete protected {}, please disable deletion protection and try again.", kind.what));
  std::string final_id = request.text("FinalDBSnapshotIdentifier");
  if (!request.flag("SkipFinalSnapshot") && final_id.empty())
    return error("InvalidParameterCombination",
                 "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  if (!final_id.empty()) {
    request.put(
        snapshot.type, final_id,
        {{snapshot.id, final_id},
         {kind.id, document->value(kind.id, "")},
         {"Status", "available"},
         {"SnapshotType", "manual"},
         {"Attributes", {{"restore", Json::array()}}},
         {"SnapshotCreateTime", request.now()},
         {"Tags", Json::array()},
         {std::string(snapshot.what) + "Arn",
          request.arn("rds", (snapshot.what == kSnapshot.what ? "snapshot:" : "cluster-snapshot:") + final_id)}});
  }
  request.state().erase(request.key(kind.type, document->value(kind.id, "")));
  Json shown = view(*document, kind, INT64_MAX);
  shown[kind.status] = "deleting";
  return Json{{kind.answer, shown}};
}

Answer delete_instance(Request& request) { return remove(request, kInstance, kSnapshot); }
Answer delete_cluster(Request& request) { return remove(request, kCluster, kClusterSnapshot); }

Answer create_snapshot(Request& request) {
  Answer instance = one(request, kInstance);
  if (!instance) return instance;
  std::string id = request.text("DBSnapshotIdentifier");
  if (request.find(kSnapshot.type, id))
    return error(
        "DBSnapshotAlreadyExists",
        fmt::format("Cannot create the snapshot because a snapshot with the identifier {} already exists.", id));
  Json snapshot = {{"DBSnapshotIdentifier", id},
                   {"DBInstanceIdentifier", instance->value("DBInstanceIdentifier", "")},
                   {"Status", "available"},
                   {"SnapshotType", "manual"},
                   {"Encrypted", instance->value("StorageEncrypted", false)},
                   {"SnapshotCreateTime", request.now()},
                   {"DBSnapshotArn", request.arn("rds", "snapshot:" + id)},
                   {"Attributes", {{"restore", Json::array()}}},
                   {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(snapshot, *instance, {"Engine", "EngineVersion", "MasterUsername", "AllocatedStorage", "KmsKeyId"});
  request.put(kSnapshot.type, id, snapshot);
  return Json{{"DBSnapshot", view(snapshot, kSnapshot, 0)}};
}

template <const Kind& kKind>
Answer delete_snapshot(Request& request) {
  Answer snapshot = one(request, kKind);
  if (!snapshot) return snapshot;
  request.state().erase(request.key(kKind.type, snapshot->value(kKind.id, "")));
  return Json{{kKind.answer, view(*snapshot, kKind, 0)}};
}

Json attributes_answer(const Json& snapshot, const Kind& kind) {
  Json list = Json::array();
  for (const auto& [name, values] : base::member(snapshot, "Attributes").items())
    list.push_back({{"AttributeName", name}, {"AttributeValues", values}});
  std::string prefix = kind.what;
  return {{prefix + "AttributesResult", {{kind.id, base::member(snapshot, kind.id)}, {prefix + "Attributes", list}}}};
}

template <const Kind& kKind>
Answer describe_attributes(Request& request) {
  Answer snapshot = one(request, kKind);
  if (!snapshot) return snapshot;
  return attributes_answer(*snapshot, kKind);
}

template <const Kind& kKind>
Answer modify_attribute(Request& request) {
  Answer snapshot = one(request, kKind);
  if (!snapshot) return snapshot;
  std::vector<std::string> values = values_at(base::member(*snapshot, "Attributes"), request.text("AttributeName"));
  for (const std::string& gone : values_at(request.parameter("ValuesToRemove"), "")) std::erase(values, gone);
  for (const std::string& added : values_at(request.parameter("ValuesToAdd"), "")) {
    if (std::find(values.begin(), values.end(), added) == values.end()) values.push_back(added);
  }
  bool encrypted = snapshot->value("Encrypted", false) || snapshot->value("StorageEncrypted", false);
  if (encrypted && std::find(values.begin(), values.end(), "all") != values.end())
    return error(std::string("Invalid") + kKind.what + "State" + (kKind.what == kClusterSnapshot.what ? "Fault" : ""),
                 "Cannot make an encrypted snapshot public.");
  std::sort(values.begin(), values.end());
  (*snapshot)["Attributes"][request.text("AttributeName")] = values;
  request.put(kKind.type, snapshot->value(kKind.id, ""), *snapshot);
  return attributes_answer(*snapshot, kKind);
}

// --- Making: there at once, as "available"; only the answer says "creating".

bool is_identifier(const std::string& text) {
  auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  return !text.empty() && text.size() <= 63 && letter(text[0]) && std::all_of(text.begin(), text.end(), allowed) &&
         !text.ends_with("-") && text.find("--") == std::string::npos;
}

Check check_new(Request& request, const Kind& kind, const std::string& id, const char* exists) {
  if (!is_identifier(id))
    return AwsError{"InvalidParameterValue",
                    fmt::format("The parameter {} is not a valid identifier. Identifiers must begin with a letter; "
                                "must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen "
                                "or contain two consecutive hyphens.",
                                kind.id),
                    400,
                    {}};
  if (request.find(kind.type, id)) return AwsError{exists, fmt::format("{} already exists", kind.what), 400, {}};
  return {};
}

Answer make(Request& request, const Kind& kind, Json members) {
  auto document = document_from_api(request.account(), request.region(), kind.type, std::move(members));
  if (!document) return error("InvalidParameterValue", document.error().message);
  request.put(kind.type, document->first.id, document->second);
  Json shown = view(document->second, kind, INT64_MAX);
  shown[kind.status] = "creating";
  return Json{{kind.answer, shown}};
}

std::string resource_id(Request& request, const char* prefix) {
  std::string id = request.state().next_id(prefix, 26);
  std::transform(id.begin() + static_cast<std::ptrdiff_t>(std::string_view(prefix).size()), id.end(),
                 id.begin() + static_cast<std::ptrdiff_t>(std::string_view(prefix).size()),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return id;
}

Json new_database(const Request& request) {
  accept_unseen(request);
  Json members = {{"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(members, request,
          {"Engine",
           "EngineVersion",
           "MasterUsername",
           "BackupRetentionPeriod",
           "StorageEncrypted",
           "KmsKeyId",
           "DeletionProtection",
           "MultiAZ",
           "AutoMinorVersionUpgrade",
           "CopyTagsToSnapshot",
           "PubliclyAccessible",
           "MonitoringInterval",
           "MonitoringRoleArn",
           "AllocatedStorage",
           "StorageType",
           "DBInstanceClass",
           "Port",
           "DBName",
           "DatabaseName",
           "Iops",
           "StorageThroughput",
           "LicenseModel",
           "MaxAllocatedStorage",
           "AvailabilityZone",
           "AvailabilityZones",
           "PreferredBackupWindow",
           "PreferredMaintenanceWindow",
           "PerformanceInsightsKMSKeyId",
           "PerformanceInsightsRetentionPeriod",
           "EngineMode"});
  if (request.has("VpcSecurityGroupIds"))
    members["VpcSecurityGroups"] = security_groups(request.parameter("VpcSecurityGroupIds"));
  if (request.has("EnableIAMDatabaseAuthentication"))
    members["IAMDatabaseAuthenticationEnabled"] = request.flag("EnableIAMDatabaseAuthentication");
  if (request.has("EnablePerformanceInsights"))
    members["PerformanceInsightsEnabled"] = request.flag("EnablePerformanceInsights");
  if (request.has("EnableCloudwatchLogsExports"))
    members["EnabledCloudwatchLogsExports"] = request.parameter("EnableCloudwatchLogsExports");
  return members;
}

Answer create_instance(Request& request) {
  std::string id = identifier(request, kInstance), cluster = identifier(request, kCluster);
  if (Check wrong = check_new(request, kInstance, id, "DBInstanceAlreadyExists")) return tl::unexpected(*wrong);
  Json members = new_database(request);
  members.update({{"DBInstanceIdentifier", id},
                  {"DbiResourceId", resource_id(request, "db-")},
                  {"InstanceCreateTime", request.now()}});
  if (!cluster.empty()) {
    const Json* found = request.find(kCluster.type, cluster);
    if (!found) return tl::unexpected(missing(kCluster, cluster));
    Json joined = *found;
    joined["DBClusterMembers"].push_back({{"DBInstanceIdentifier", id},
                                          {"IsClusterWriter", joined["DBClusterMembers"].empty()},
                                          {"DBClusterParameterGroupStatus", "in-sync"},
                                          {"PromotionTier", 1}});
    request.put(kCluster.type, cluster, std::move(joined));
    members["DBClusterIdentifier"] = cluster;
  }
  return make(request, kInstance, std::move(members));
}

Answer create_cluster(Request& request) {
  std::string id = identifier(request, kCluster);
  if (Check wrong = check_new(request, kCluster, id, "DBClusterAlreadyExistsFault")) return tl::unexpected(*wrong);
  Json members = new_database(request);
  members.update({{"DBClusterIdentifier", id},
                  {"DbClusterResourceId", resource_id(request, "cluster-")},
                  {"ClusterCreateTime", request.now()}});
  return make(request, kCluster, std::move(members));
}

// --- Giving back: what the snapshot held, with the settings that the call names; its encryption goes along.

Answer restore(Request& request, const Kind& kind, const Kind& snapshot_kind, const char* source) {
  std::string id = identifier(request, kind), from = request.text(source);
  if (std::size_t at = from.rfind(':'); from.starts_with("arn:")) from = from.substr(at + 1);
  const Json* snapshot = request.find(snapshot_kind.type, from);
  if (!snapshot) return tl::unexpected(missing(snapshot_kind, from));
  bool instance = kind.what == kInstance.what;
  if (Check wrong = check_new(request, kind, id, instance ? "DBInstanceAlreadyExists" : "DBClusterAlreadyExistsFault"))
    return tl::unexpected(*wrong);
  bool encrypted = snapshot->value("Encrypted", false) || snapshot->value("StorageEncrypted", false);
  Json members = pick(*snapshot, {"Engine", "EngineVersion", "MasterUsername", "AllocatedStorage", "KmsKeyId"});
  members.update(new_database(request));
  members.update({{kind.id, id}, {"StorageEncrypted", encrypted || request.has("KmsKeyId")}});
  members[instance ? "InstanceCreateTime" : "ClusterCreateTime"] = request.now();
  return make(request, kind, std::move(members));
}

Answer restore_instance(Request& request) { return restore(request, kInstance, kSnapshot, "DBSnapshotIdentifier"); }
Answer restore_cluster(Request& request) { return restore(request, kCluster, kClusterSnapshot, "SnapshotIdentifier"); }

Answer create_cluster_snapshot(Request& request) {
  Answer cluster = one(request, kCluster);
  if (!cluster) return cluster;
  std::string id = request.text("DBClusterSnapshotIdentifier");
  if (Check wrong = check_new(request, kClusterSnapshot, id, "DBClusterSnapshotAlreadyExistsFault"))
    return tl::unexpected(*wrong);
  Json members = pick(*cluster, {"DBClusterIdentifier", "Engine", "EngineVersion", "StorageEncrypted", "KmsKeyId"});
  members.update({{"DBClusterSnapshotIdentifier", id},
                  {"SnapshotCreateTime", request.now()},
                  {"Tags", sorted_tags(request.parameter("Tags"))}});
  return make(request, kClusterSnapshot, std::move(members));
}

struct SnapshotCopy {
  const Kind& kind;
  const char* source;
  const char* target;
  const char* exists;
  const char* encrypted;  // member
  const char* arn;        // member
  const char* arn_prefix;
};

// A key encrypts the copy; an encrypted source stays encrypted.
Answer copy_snapshot_as(Request& request, const SnapshotCopy& copy) {
  std::string from = request.text(copy.source), id = request.text(copy.target);
  if (std::size_t at = from.find(copy.arn_prefix); from.starts_with("arn:") && at != std::string::npos)
    from = from.substr(at + std::string_view(copy.arn_prefix).size());
  const Json* source = request.find(copy.kind.type, from);
  if (!source) return tl::unexpected(missing(copy.kind, from));
  if (Check wrong = check_new(request, copy.kind, id, copy.exists)) return tl::unexpected(*wrong);
  Json tags = request.has("Tags") ? sorted_tags(request.parameter("Tags")) : Json::array();
  Json members = without(*source, {"Tags", "Attributes"});
  if (request.flag("CopyTags")) tags = base::member(*source, "Tags");
  members.update({{copy.kind.id, id},
                  {"SnapshotType", "manual"},
                  {"SnapshotCreateTime", request.now()},
                  {copy.arn, request.arn("rds", copy.arn_prefix + id)},
                  {"Tags", tags}});
  if (!request.text("KmsKeyId").empty())
    members.update({{copy.encrypted, true}, {"KmsKeyId", request.text("KmsKeyId")}});
  return make(request, copy.kind, std::move(members));
}

Answer copy_snapshot(Request& request) {
  return copy_snapshot_as(request, {kSnapshot, "SourceDBSnapshotIdentifier", "TargetDBSnapshotIdentifier",
                                    "DBSnapshotAlreadyExists", "Encrypted", "DBSnapshotArn", "snapshot:"});
}

Answer copy_cluster_snapshot(Request& request) {
  return copy_snapshot_as(request, {kClusterSnapshot, "SourceDBClusterSnapshotIdentifier",
                                    "TargetDBClusterSnapshotIdentifier", "DBClusterSnapshotAlreadyExistsFault",
                                    "StorageEncrypted", "DBClusterSnapshotArn", "cluster-snapshot:"});
}

// --- Stopping and starting

struct Switch {
  const Kind& kind;
  const char* from;
  const char* to;
  const char* answered;
};

Answer switch_state(Request& request, const Switch& change) {
  Answer document = one(request, change.kind);
  if (!document) return document;
  std::string status = view(*document, change.kind, request.clock().now().ms).value(change.kind.status, "");
  if (status != change.from)
    return error(
        std::string("Invalid") + change.kind.what + "State" + (change.kind.what == kCluster.what ? "Fault" : ""),
        fmt::format("{} {} is not in {} state.", change.kind.what, request.text(change.kind.id), change.from));
  (*document)[change.kind.status] = change.to;
  request.put(change.kind.type, document->value(change.kind.id, ""), *document);
  Json shown = view(*document, change.kind, INT64_MAX);
  shown[change.kind.status] = change.answered;
  return Json{{change.kind.answer, shown}};
}

Answer stop_instance(Request& request) {
  return switch_state(request, {kInstance, "available", "stopped", "stopping"});
}
Answer start_instance(Request& request) {
  return switch_state(request, {kInstance, "stopped", "available", "starting"});
}
Answer reboot_instance(Request& request) {
  return switch_state(request, {kInstance, "available", "available", "rebooting"});
}
Answer stop_cluster(Request& request) { return switch_state(request, {kCluster, "available", "stopped", "stopping"}); }
Answer start_cluster(Request& request) { return switch_state(request, {kCluster, "stopped", "available", "starting"}); }

constexpr TagForm kTags{.resource = "ResourceName", .missing = "DBInstanceNotFound", .missing_status = 404};

Answer list_tags_for_resource(Request& request) {
  Answer tags = list_resource_tags(request, kTags);
  if (!tags) return tags;
  return Json{{"TagList", (*tags)["Tags"]}};
}

}  // namespace

std::vector<Operation> rds_operations() {
  return {
      {"rds", "DescribeDBInstances", Effect::read, list<kInstance>},
      {"rds", "ModifyDBInstance", Effect::write, modify_instance},
      {"rds", "DeleteDBInstance", Effect::write, delete_instance},
      {"rds", "DescribeDBClusters", Effect::read, list<kCluster>},
      {"rds", "ModifyDBCluster", Effect::write, modify_cluster},
      {"rds", "DeleteDBCluster", Effect::write, delete_cluster},
      {"rds", "DescribeDBSnapshots", Effect::read, list<kSnapshot>},
      {"rds", "CreateDBSnapshot", Effect::write, create_snapshot},
      {"rds", "DeleteDBSnapshot", Effect::write, delete_snapshot<kSnapshot>},
      {"rds", "DescribeDBSnapshotAttributes", Effect::read, describe_attributes<kSnapshot>},
      {"rds", "ModifyDBSnapshotAttribute", Effect::write, modify_attribute<kSnapshot>},
      {"rds", "DescribeDBClusterSnapshots", Effect::read, list<kClusterSnapshot>},
      {"rds", "DeleteDBClusterSnapshot", Effect::write, delete_snapshot<kClusterSnapshot>},
      {"rds", "DescribeDBClusterSnapshotAttributes", Effect::read, describe_attributes<kClusterSnapshot>},
      {"rds", "ModifyDBClusterSnapshotAttribute", Effect::write, modify_attribute<kClusterSnapshot>},
      {"rds", "CreateDBInstance", Effect::write, create_instance},
      {"rds", "CreateDBCluster", Effect::write, create_cluster},
      {"rds", "CreateDBClusterSnapshot", Effect::write, create_cluster_snapshot},
      {"rds", "RestoreDBInstanceFromDBSnapshot", Effect::write, restore_instance},
      {"rds", "RestoreDBClusterFromSnapshot", Effect::write, restore_cluster},
      {"rds", "CopyDBSnapshot", Effect::write, copy_snapshot},
      {"rds", "CopyDBClusterSnapshot", Effect::write, copy_cluster_snapshot},
      {"rds", "StopDBInstance", Effect::write, stop_instance},
      {"rds", "StartDBInstance", Effect::write, start_instance},
      {"rds", "RebootDBInstance", Effect::write, reboot_instance},
      {"rds", "StopDBCluster", Effect::write, stop_cluster},
      {"rds", "StartDBCluster", Effect::write, start_cluster},
      {"rds", "AddTagsToResource", Effect::write, tag<kTags>},
      {"rds", "RemoveTagsFromResource", Effect::write, untag<kTags>},
      {"rds", "ListTagsForResource", Effect::read, list_tags_for_resource},
  };
}

}  // namespace setpoint::twin::services
