// Snapshots, tables, warehouses and image repositories, where AWS Config's form is more than other names.
#include <nlohmann/json.hpp>

#include "cloud/aws/config_item_types.h"

namespace setpoint::cloud::aws {

using base::Json;
using base::member;
using base::string_member;

namespace {

// The API object holds what the attributes' own call answers, or {"restore": ["444455556666"]} as the twin keeps it.
Json attribute_list(const Json& attributes) {
  if (attributes.is_array()) return to_item_names(attributes, {});
  Json list = Json::array();
  for (auto& [name, values] : attributes.items())
    list.push_back({{"attributeName", name}, {"attributeValues", values}});
  return list;
}

Json attribute_map(const Json& list) {
  Json map = Json::object();
  for (const Json& one : list) {
    const std::string name = string_member(one, "attributeName");
    if (!name.empty()) map[name] = member(one, "attributeValues");
  }
  return map;
}

void finish_sharing(Json& item, const Json& api, const char* name) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("Attributes");
  if (api.contains("Attributes")) supplementary[name] = attribute_list(api["Attributes"]);
}

void restore_sharing(Json& api, const Json& item, const char* name) {
  const Json& list = member(member(item, "supplementaryConfiguration"), name);
  if (list.is_array()) api["Attributes"] = attribute_map(list);
}

}  // namespace

void finish_database_snapshot(Json& item, const Json& api) { finish_sharing(item, api, "DBSnapshotAttributes"); }
void restore_database_snapshot(Json& api, const Json& item) { restore_sharing(api, item, "DBSnapshotAttributes"); }
void finish_cluster_snapshot(Json& item, const Json& api) { finish_sharing(item, api, "DBClusterSnapshotAttributes"); }
void restore_cluster_snapshot(Json& api, const Json& item) {
  restore_sharing(api, item, "DBClusterSnapshotAttributes");
}

// A load balancer's attributes, as they are described: [{key, value}]. The twin keeps them as a map.
void finish_balancer(Json& item, const Json& api) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("Attributes");
  if (api.contains("Attributes")) supplementary["LoadBalancerAttributes"] = to_item_names(api["Attributes"], {});
}

void restore_balancer(Json& api, const Json& item) {
  const Json& list = member(member(item, "supplementaryConfiguration"), "LoadBalancerAttributes");
  if (!list.is_array()) return;
  api["Attributes"] = Json::object();
  for (const Json& one : list) api["Attributes"][string_member(one, "key")] = member(one, "value");
}

// Of the summary only what is a setting: counts of users change by themselves. Without a password policy the item says
// so: null, which is not the same as not having looked.
void finish_account(Json& item, const Json& api) {
  item["configuration"] = Json::object();
  Json& supplementary = item["supplementaryConfiguration"];
  Json summary = Json::object();
  for (const char* name : {"AccountMFAEnabled", "AccountAccessKeysPresent"}) {
    if (const Json& value = member(member(api, "AccountSummary"), name); !value.is_null()) summary[name] = value;
  }
  supplementary["AccountSummary"] = std::move(summary);
  if (!api.contains("PasswordPolicy")) supplementary["PasswordPolicy"] = nullptr;
}

void finish_warehouse(Json& item, const Json& api) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("Logging");
  if (api.contains("Logging")) supplementary["LoggingStatus"] = to_item_names(api["Logging"], {});
}

void restore_warehouse(Json& api, const Json& item) {
  const Json& status = member(member(item, "supplementaryConfiguration"), "LoggingStatus");
  if (status.is_object()) api["Logging"] = to_api_names(status, {});
}

// "PointInTime" is whether the table can be restored to any moment: the API's word for it, or as the twin keeps it.
void finish_table(Json& item, const Json& api) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("PointInTime");
  const Json& kept = member(api, "PointInTime");
  if (!kept.is_boolean() && !kept.is_string()) return;
  const bool on = kept == true || kept == "ENABLED";
  const Json recovery = {{"pointInTimeRecoveryStatus", on ? "ENABLED" : "DISABLED"}};
  supplementary["ContinuousBackupsDescription"] = {{"continuousBackupsStatus", "ENABLED"},
                                                   {"pointInTimeRecoveryDescription", recovery}};
}

void restore_table(Json& api, const Json& item) {
  const Json& backups = member(member(item, "supplementaryConfiguration"), "ContinuousBackupsDescription");
  const std::string status =
      string_member(member(backups, "pointInTimeRecoveryDescription"), "pointInTimeRecoveryStatus");
  if (!status.empty()) api["PointInTime"] = status == "ENABLED";
}

namespace {

void move_member(Json& object, const char* from, const char* to) {
  if (!object.contains(from)) return;
  object[to] = object[from];
  object.erase(from);
}

}  // namespace

// CloudFormation's registry has other words for some of the API's.
void finish_container_cluster(Json& item, const Json&) {
  move_member(item["configuration"], "Settings", "ClusterSettings");
}
void restore_container_cluster(Json& api, const Json&) { move_member(api, "clusterSettings", "settings"); }

void finish_state_machine(Json& item, const Json&) {
  Json& configuration = item["configuration"];
  for (const auto& [from, to] :
       {std::pair{"StateMachineArn", "Arn"}, {"Type", "StateMachineType"}, {"Name", "StateMachineName"}})
    move_member(configuration, from, to);
}

void restore_state_machine(Json& api, const Json&) {
  for (const auto& [from, to] :
       {std::pair{"arn", "stateMachineArn"}, {"stateMachineType", "type"}, {"stateMachineName", "name"}})
    move_member(api, from, to);
}

// The repository follows the CloudFormation schema: Pascal case, "Arn", and an empty map for what is not set.
void finish_repository(Json& item, const Json& api) {
  Json configuration = to_api_names(item["configuration"], {});
  configuration["Arn"] = string_member(api, "repositoryArn");
  configuration.erase("RepositoryArn");
  Json lifecycle = Json::object();
  if (configuration.contains("LifecyclePolicyText"))
    lifecycle["LifecyclePolicyText"] = configuration["LifecyclePolicyText"];
  configuration.erase("LifecyclePolicyText");
  configuration["LifecyclePolicy"] = std::move(lifecycle);
  item["configuration"] = std::move(configuration);
}

void restore_repository(Json& api, const Json& item) {
  api = to_item_names(member(item, "configuration"), {});
  move_member(api, "arn", "repositoryArn");
  const std::string lifecycle = string_member(member(api, "lifecyclePolicy"), "lifecyclePolicyText");
  api.erase("lifecyclePolicy");
  if (!lifecycle.empty()) api["lifecyclePolicyText"] = lifecycle;
}

}  // namespace setpoint::cloud::aws
