// Snapshots, tables, warehouses and image repositories, where AWS Config's form is more than other names.
#include <nlohmann/json.hpp>

#include "cloud/aws/config_item_types.h"

namespace setpoint::cloud::aws {

using base::Json;
using base::member;
using base::string_member;

// The API object holds {"restore": ["444455556666"]}, the item the list that DescribeDBSnapshotAttributes answers.
void finish_database_snapshot(Json& item, const Json& api) {
  Json list = Json::array();
  for (auto& [name, values] : member(api, "Attributes").items())
    list.push_back({{"attributeName", name}, {"attributeValues", values}});
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("Attributes");
  if (api.contains("Attributes")) supplementary["DBSnapshotAttributes"] = std::move(list);
}

void restore_database_snapshot(Json& api, const Json& item) {
  const Json& list = member(member(item, "supplementaryConfiguration"), "DBSnapshotAttributes");
  if (!list.is_array()) return;
  api["Attributes"] = Json::object();
  for (const Json& one : list) {
    const std::string name = string_member(one, "attributeName");
    if (!name.empty()) api["Attributes"][name] = member(one, "attributeValues");
  }
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

// "PointInTime" is whether the table can be restored to any moment.
void finish_table(Json& item, const Json& api) {
  Json& supplementary = item["supplementaryConfiguration"];
  supplementary.erase("PointInTime");
  if (!member(api, "PointInTime").is_boolean()) return;
  const Json recovery = {{"pointInTimeRecoveryStatus", api["PointInTime"].get<bool>() ? "ENABLED" : "DISABLED"}};
  supplementary["ContinuousBackupsDescription"] = {{"continuousBackupsStatus", "ENABLED"},
                                                   {"pointInTimeRecoveryDescription", recovery}};
}

void restore_table(Json& api, const Json& item) {
  const Json& backups = member(member(item, "supplementaryConfiguration"), "ContinuousBackupsDescription");
  const std::string status =
      string_member(member(backups, "pointInTimeRecoveryDescription"), "pointInTimeRecoveryStatus");
  if (!status.empty()) api["PointInTime"] = status == "ENABLED";
}

// The repository follows the CloudFormation schema: Pascal case, "Arn", and an empty map for what is not set.
void finish_repository(Json& item, const Json& api) {
  Json configuration = to_api_names(item["configuration"], {});
  configuration["Arn"] = string_member(api, "repositoryArn");
  configuration.erase("RepositoryArn");
  if (!configuration.contains("LifecyclePolicy")) configuration["LifecyclePolicy"] = Json::object();
  item["configuration"] = std::move(configuration);
}

void restore_repository(Json& api, const Json& item) {
  api = to_item_names(member(item, "configuration"), {});
  if (api.contains("arn")) api["repositoryArn"] = api["arn"];
  api.erase("arn");
  if (member(api, "lifecyclePolicy").empty()) api.erase("lifecyclePolicy");
}

}  // namespace setpoint::cloud::aws
