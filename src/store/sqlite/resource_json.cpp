#include "store/sqlite/resource_json.h"

#include "store/limits.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;
using base::Json;
using inventory::Change;
using inventory::HistoryEntry;
using model::Knowledge;
using model::Resource;

namespace {

base::Error unreadable(std::string_view what) {
  return {ErrorCode::corrupted, fmt::format("a stored resource cannot be read: {}", what), {}, "restore a backup", {}};
}

base::Result<Json> parse(std::string_view text) {
  auto json = base::parse_json(text, {.bytes_max = kDocumentBytesMax, .depth_max = kDocumentDepthMax + 1});
  if (!json) return fail(unreadable(json.error().message));
  return json;
}

template <class Enum>
base::Status take_enum(const Json& json, const char* name, Enum last, Enum& out) {
  const Json& value = base::member(json, name);
  if (!value.is_number_integer() || value < 0 || value > static_cast<int>(last)) return fail(unreadable(name));
  out = static_cast<Enum>(value.get<int>());
  return {};
}

base::Status take_time(const Json& json, const char* name, base::Timestamp& out) {
  const Json& value = base::member(json, name);
  if (!value.is_number_integer()) return fail(unreadable(name));
  out = {value.get<std::int64_t>()};
  return {};
}

base::Status take_digest(const Json& json, const char* name, base::Digest& out) {
  auto digest = base::parse_digest(base::string_member(json, name));
  if (!digest) return fail(unreadable(name));
  out = *digest;
  return {};
}

void take_lists(const Json& json, Resource& out) {
  for (const auto& [key, value] : base::member(json, "tags").items()) {
    if (value.is_string()) out.tags.emplace(key, value.get<std::string>());
  }
  for (const Json& each : base::member(json, "relations")) {
    out.relations.push_back(
        {base::string_member(each, "name"), base::string_member(each, "type"), base::string_member(each, "id")});
  }
}

}  // namespace

Json to_json(const Resource& resource) {
  Json relations = Json::array();
  for (const model::Relation& each : resource.relations) {
    relations.push_back({{"name", each.name}, {"type", each.type}, {"id", each.id}});
  }
  return {{"key", resource.key.text()},
          {"arn", resource.arn},
          {"name", resource.name},
          {"knowledge", static_cast<int>(resource.knowledge)},
          {"because", resource.unknown_because},
          {"captured_ms", resource.captured_at.ms},
          {"source", resource.source},
          {"tags", Json(resource.tags)},
          {"relations", std::move(relations)},
          {"item", resource.item}};
}

base::Result<Resource> resource_from_text(std::string_view text) {
  TRY(Json json, parse(text));
  Resource out;
  TRY(out.key, model::parse_resource_key(base::string_member(json, "key")));
  TRY_VOID(take_enum(json, "knowledge", Knowledge::deleted, out.knowledge));
  TRY_VOID(take_time(json, "captured_ms", out.captured_at));
  out.arn = base::string_member(json, "arn");
  out.name = base::string_member(json, "name");
  out.unknown_because = base::string_member(json, "because");
  out.source = base::string_member(json, "source");
  take_lists(json, out);
  out.item = std::move(json["item"]);
  return out;
}

Json to_json(const HistoryEntry& entry) {
  return {{"at_ms", entry.at.ms},
          {"change", static_cast<int>(entry.change)},
          {"knowledge", static_cast<int>(entry.knowledge)},
          {"before", entry.before.hex()},
          {"after", entry.after.hex()},
          {"because", entry.because},
          {"source", entry.source},
          {"item", entry.item}};
}

base::Result<HistoryEntry> history_from_text(std::string_view text, const model::ResourceKey& key) {
  TRY(Json json, parse(text));
  HistoryEntry out;
  out.key = key;
  TRY_VOID(take_time(json, "at_ms", out.at));
  TRY_VOID(take_enum(json, "change", Change::older, out.change));
  TRY_VOID(take_enum(json, "knowledge", Knowledge::deleted, out.knowledge));
  TRY_VOID(take_digest(json, "before", out.before));
  TRY_VOID(take_digest(json, "after", out.after));
  out.because = base::string_member(json, "because");
  out.source = base::string_member(json, "source");
  out.item = std::move(json["item"]);
  return out;
}

}  // namespace setpoint::store::sqlite
