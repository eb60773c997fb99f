// What AWS Config has recorded: the twin's own documents as configuration items. A history is one item long, what is
// there now, and everything is recorded, whether a recorder runs or not. Source: AWS Config API reference.
#include <algorithm>

#include "cloud/aws/config_item.h"
#include "twin/inventory.h"
#include "twin/resource_types.h"
#include "twin/services/listing.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr PageNames kResourcePages{.limit = "limit",
                                   .token_in = "nextToken",
                                   .token_out = "nextToken",
                                   .bad_token_code = "InvalidNextTokenException",
                                   .limit_default = 100,
                                   .limit_max = 100};

AwsError not_discovered(const std::string& type, const std::string& id) {
  return {"ResourceNotDiscoveredException",
          fmt::format("Resource {} of resourceType:{} is unknown or has not been discovered", id, type), 400,
          Json::object()};
}

Check check_type(const std::string& type) {
  if (type.starts_with("AWS::") && type.find("::", 5) != std::string::npos) return {};
  return AwsError{"ValidationException",
                  fmt::format("1 validation error detected: Value '{}' at 'resourceType' failed to satisfy constraint: "
                              "Member must satisfy enum value set",
                              type),
                  400,
                  {}};
}

// The caller's own of this type, in this region or without one; none of a type that is not rendered.
std::vector<Json> recorded(Request& request, const std::string& type) {
  std::vector<std::string_view> rendered = cloud::aws::configuration_item_types();
  if (std::find(rendered.begin(), rendered.end(), type) == rendered.end()) return {};
  const ResourceType* known = find_resource_type(type);
  std::string region = known && known->global ? "global" : request.region();
  std::vector<Json> items;
  request.state().each(request.account(), region, type, [&](const std::string& id, const Json&) {
    StateKey key{request.account(), region, type, id};
    items.push_back(render(request.state(), key, request.clock().now()).item);
  });
  return items;
}

bool stands_in(const Json& names, const Json& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Answer list_discovered(Request& request) {
  std::string type = request.text("resourceType");
  if (Check wrong = check_type(type)) return tl::unexpected(*wrong);
  const Json& ids = request.parameter("resourceIds");
  if (!ids.empty() && request.has("resourceName"))
    return error("ValidationException", "You can specify either resourceIds or resourceName, but not both.");
  std::vector<Json> found = recorded(request, type);
  std::erase_if(found, [&](const Json& item) {
    if (!ids.empty() && !stands_in(ids, base::member(item, "resourceId"))) return true;
    return request.has("resourceName") && base::member(item, "resourceName") != request.parameter("resourceName");
  });
  for (Json& item : found) item = pick(item, {"resourceType", "resourceId", "resourceName"});
  return page(request, std::move(found), "resourceIdentifiers", kResourcePages);
}

// The API carries the configuration as text, and each supplementary one as well.
Json api_item(const Json& item) {
  Json out = item;
  out["configuration"] = base::canonical(base::member(item, "configuration"));
  out["configurationStateId"] = "1";
  Json texts = Json::object();
  for (const auto& [name, value] : base::member(item, "supplementaryConfiguration").items())
    texts[name] = value.is_string() ? value.get<std::string>() : base::canonical(value);
  out["supplementaryConfiguration"] = texts;
  return out;
}

std::optional<Json> recorded_item(Request& request, const std::string& type, const Json& id) {
  for (const Json& item : recorded(request, type)) {
    if (base::member(item, "resourceId") == id) return item;
  }
  return {};
}

Answer resource_history(Request& request) {
  std::string type = request.text("resourceType");
  if (Check wrong = check_type(type)) return tl::unexpected(*wrong);
  std::optional<Json> item = recorded_item(request, type, request.parameter("resourceId"));
  if (!item) return tl::unexpected(not_discovered(type, request.text("resourceId")));
  return page(request, {api_item(*item)}, "configurationItems", kResourcePages);
}

Answer batch_get(Request& request) {
  Json found = Json::array(), unprocessed = Json::array();
  for (const Json& key : request.parameter("resourceKeys")) {
    std::string type = base::string_member(key, "resourceType");
    if (Check wrong = check_type(type)) return tl::unexpected(*wrong);
    std::optional<Json> item = recorded_item(request, type, base::member(key, "resourceId"));
    if (item)
      found.push_back(without(api_item(*item), {"relationships"}));
    else
      unprocessed.push_back(key);
  }
  return Json{{"baseConfigurationItems", found}, {"unprocessedResourceKeys", unprocessed}};
}

}  // namespace

std::vector<Operation> config_resource_operations() {
  return {
      {"config", "ListDiscoveredResources", Effect::read, list_discovered},
      {"config", "GetResourceConfigHistory", Effect::read, resource_history},
      {"config", "BatchGetResourceConfig", Effect::read, batch_get},
  };
}

}  // namespace setpoint::twin::services
