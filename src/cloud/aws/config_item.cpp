#include "cloud/aws/config_item.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cloud/aws/config_item_types.h"
#include "cloud/aws/endpoint.h"
#include "cloud/aws/jmespath.h"

namespace setpoint::cloud::aws {

using base::Json;
using base::string_member;

namespace {

const ItemType* find_type(std::string_view type) {
  auto types = item_types();
  auto found = std::find_if(types.begin(), types.end(), [&](const ItemType& row) { return row.type == type; });
  return found == types.end() ? nullptr : &*found;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string arn_of(const ItemType& row, const Json& api, const model::ResourceKey& key) {
  if (!row.arn.starts_with("arn:")) return string_member(api, row.arn);
  std::string arn(row.arn);
  replace_all(arn, "$PARTITION", to_string(partition_of(key.region)));
  replace_all(arn, "$REGION", key.region);
  replace_all(arn, "$ACCOUNT", key.account);
  replace_all(arn, "$ID", key.id);
  return arn;
}

// Tags come as [{Key, Value}], [{key, value}] or a map.
std::map<std::string, std::string> tags_of(const Json& api) {
  std::map<std::string, std::string> tags;
  for (const char* member : {"Tags", "tags", "TagSet", "TagList"}) {
    const Json& found = base::member(api, member);
    if (found.is_object()) {
      for (auto& [key, value] : found.items()) tags[key] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    if (!found.is_array()) continue;
    for (const Json& tag : found) {
      const char* key = tag.contains("Key") ? "Key" : tag.contains("key") ? "key" : "TagKey";
      const char* value = tag.contains("Value") ? "Value" : tag.contains("value") ? "value" : "TagValue";
      tags[string_member(tag, key)] = string_member(tag, value);
    }
  }
  return tags;
}

// The cloud lists tags in any order: it is no state, and must not make two reads differ.
void sort_tags(Json& configuration) {
  auto key_of = [](const Json& tag) { return string_member(tag, tag.contains("Key") ? "Key" : "key"); };
  for (const char* member : {"tags", "tagSet", "tagList"}) {
    auto found = configuration.find(member);
    if (found == configuration.end() || !found->is_array()) continue;
    std::sort(found->begin(), found->end(), [&](const Json& a, const Json& b) { return key_of(a) < key_of(b); });
  }
}

std::vector<model::Relation> relations_of(const ItemType& row, const Json& api) {
  std::vector<model::Relation> relations;
  for (const RelationRule& rule : row.relations) {
    const Json found = JmesPath::compile(rule.path)->search(api);
    for (const Json& id : found.is_array() ? found : Json::array({found})) {
      if (id.is_string() && !id.get_ref<const std::string&>().empty()) {
        relations.push_back({std::string(rule.name), std::string(rule.type), id.get<std::string>()});
      }
    }
  }
  return relations;
}

Json relationships_json(const std::vector<model::Relation>& relations) {
  Json list = Json::array();
  for (const model::Relation& r : relations) {
    list.push_back({{"resourceType", r.type}, {"resourceId", r.id}, {"relationshipName", r.name}});
  }
  return list;
}

bool is_supplementary(const ItemType& row, std::string_view member) {
  return std::find(row.supplementary.begin(), row.supplementary.end(), member) != row.supplementary.end();
}

Json item_names(const ItemType& row, const Json& api) {
  if (row.naming == Naming::as_is) return api;
  return row.naming == Naming::pascal ? to_api_names(api, row.renames) : to_item_names(api, row.renames);
}

Json api_names(const ItemType& row, const Json& configuration) {
  if (row.naming == Naming::as_is) return configuration;
  return row.naming == Naming::pascal ? to_item_names(configuration, row.renames)
                                      : to_api_names(configuration, row.renames);
}

// Absent members are left out of items: null and absent mean the same to AWS's describes.
void split(const ItemType& row, const Json& api, Json& item) {
  Json main = Json::object();
  Json supplementary = Json::object();
  for (auto& [name, value] : api.items()) {
    if (value.is_null()) continue;
    (is_supplementary(row, name) ? supplementary : main)[name] = value;
  }
  item["configuration"] = item_names(row, main);
  item["supplementaryConfiguration"] = std::move(supplementary);
}

constexpr ItemType kUnknownType{
    .type = {}, .id = {}, .name = {}, .arn = {}, .created = {}, .renames = {}, .relations = {}, .supplementary = {}};

}  // namespace

model::Resource to_configuration_item(std::string_view type, const Json& api, const ItemContext& context) {
  const ItemType* found = find_type(type);
  const ItemType& row = found ? *found : kUnknownType;
  model::Resource resource;
  resource.key = {.provider = "aws",
                  .account = context.account,
                  .region = row.global ? "global" : context.region,
                  .type = std::string(type),
                  .id = string_member(api, row.id)};
  if (resource.key.id.empty()) resource.key.id = string_member(api, row.name);
  resource.arn = arn_of(row, api, resource.key);
  resource.name = row.name.empty() ? std::string() : string_member(api, row.name);
  resource.captured_at = context.captured_at;
  resource.source = context.source;
  resource.tags = tags_of(api);
  resource.relations = relations_of(row, api);
  Json& item = resource.item;
  item = {{"version", "1.3"},
          {"accountId", context.account},
          {"configurationItemCaptureTime", base::to_iso8601(context.captured_at)},
          {"configurationItemStatus", "OK"},
          {"resourceType", type},
          {"resourceId", resource.key.id},
          {"awsRegion", resource.key.region},
          {"tags", resource.tags},
          {"relationships", relationships_json(resource.relations)}};
  if (!resource.arn.empty()) item["arn"] = resource.arn;
  if (!resource.name.empty()) item["resourceName"] = resource.name;
  if (std::string created = string_member(api, row.created); !created.empty()) item["resourceCreationTime"] = created;
  if (std::string zone = string_member(api, "AvailabilityZone"); !zone.empty()) item["availabilityZone"] = zone;
  split(row, api, item);
  if (row.finish) row.finish(item, api);
  sort_tags(item["configuration"]);
  return resource;
}

base::Result<Json> from_configuration_item(const Json& item) {
  const std::string type = string_member(item, "resourceType");
  const ItemType* row = find_type(type);
  if (!row)
    return base::fail(base::ErrorCode::unsupported, "there is no way back from a configuration item of {}", type);
  const Json& configuration = base::member(item, "configuration");
  if (!configuration.is_object())
    return base::fail(base::ErrorCode::invalid_input, "the configuration item of {} has no configuration", type);
  Json api = api_names(*row, configuration);
  const Json& supplementary = base::member(item, "supplementaryConfiguration");
  for (std::string_view name : row->supplementary) {
    if (const Json& value = base::member(supplementary, name); !value.is_null()) api[std::string(name)] = value;
  }
  if (row->restore) row->restore(api, item);
  // The root's tags are what a capture has of them where configuration holds none.
  const Json& tags = base::member(item, "tags");
  if (!api.contains("Tags") && !api.contains("tags") && tags.is_object() && !tags.empty()) {
    for (auto& [key, value] : tags.items()) api["Tags"].push_back({{"Key", key}, {"Value", value}});
  }
  return api;
}

std::vector<std::string_view> configuration_item_types() {
  std::vector<std::string_view> names;
  for (const ItemType& row : item_types()) names.push_back(row.type);
  return names;
}

}  // namespace setpoint::cloud::aws
