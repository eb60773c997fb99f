// Inside of config_item: the table of types. Not for other folders.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace setpoint::cloud::aws {

// How an item spells the API's members: with a small first letter, as the API does, or with a capital one (the types
// that AWS Config took over from CloudFormation's registry).
enum class Naming { lower_camel, as_is, pascal };

struct Rename {
  std::string_view api;
  std::string_view item;
};

struct RelationRule {
  std::string_view path;  // JMESPath into the API object
  std::string_view type;
  std::string_view name;
};

struct ItemType {
  std::string_view type;
  std::string_view id;       // API member
  std::string_view name;     // API member, or ""
  std::string_view arn;      // API member, or a pattern with $PARTITION $REGION $ACCOUNT $ID
  std::string_view created;  // API member, or ""
  Naming naming = Naming::lower_camel;
  bool global = false;
  std::span<const Rename> renames;  // where the first letter alone is not it
  std::span<const RelationRule> relations;
  std::span<const std::string_view>
      supplementary;  // API members that stand in supplementaryConfiguration under their own names
  // Particulars, after and before the general rules; may be null.
  void (*finish)(base::Json& item, const base::Json& api) = nullptr;
  void (*restore)(base::Json& api, const base::Json& item) = nullptr;
};

std::span<const ItemType> item_types();

// Particulars (config_item_shapes.cpp).
void finish_security_group(base::Json& item, const base::Json& api);
void restore_security_group(base::Json& api, const base::Json& item);
void finish_bucket(base::Json& item, const base::Json& api);
void restore_bucket(base::Json& api, const base::Json& item);
void finish_attributes(base::Json& item, const base::Json& api);  // topics and queues
void restore_attributes(base::Json& api, const base::Json& item);
void finish_recorder(base::Json& item, const base::Json& api);
void restore_recorder(base::Json& api, const base::Json& item);
void finish_detector(base::Json& item, const base::Json& api);
void restore_detector(base::Json& api, const base::Json& item);
void finish_account_block(base::Json& item, const base::Json& api);
void restore_account_block(base::Json& api, const base::Json& item);
void finish_key(base::Json& item, const base::Json& api);
void restore_key(base::Json& api, const base::Json& item);
void finish_database_snapshot(base::Json& item, const base::Json& api);
void restore_database_snapshot(base::Json& api, const base::Json& item);
void finish_warehouse(base::Json& item, const base::Json& api);
void restore_warehouse(base::Json& api, const base::Json& item);
void finish_table(base::Json& item, const base::Json& api);
void restore_table(base::Json& api, const base::Json& item);
void finish_account(base::Json& item, const base::Json& api);
void finish_balancer(base::Json& item, const base::Json& api);
void restore_balancer(base::Json& api, const base::Json& item);
void finish_cluster_snapshot(base::Json& item, const base::Json& api);
void restore_cluster_snapshot(base::Json& api, const base::Json& item);
void finish_container_cluster(base::Json& item, const base::Json& api);
void restore_container_cluster(base::Json& api, const base::Json& item);
void finish_state_machine(base::Json& item, const base::Json& api);
void restore_state_machine(base::Json& api, const base::Json& item);
void finish_repository(base::Json& item, const base::Json& api);
void restore_repository(base::Json& api, const base::Json& item);

// {"A": 1} <-> {"a": 1}, at every depth, with a type's renames.
base::Json to_item_names(const base::Json& value, std::span<const Rename> renames);
base::Json to_api_names(const base::Json& value, std::span<const Rename> renames);

}  // namespace setpoint::cloud::aws
