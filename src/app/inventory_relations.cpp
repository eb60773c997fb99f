#include "app/inventory_relations.h"

#include <algorithm>

#include "inventory/inventory.h"

namespace setpoint::app {

using model::Knowledge;
using model::Resource;

namespace {

constexpr std::chrono::seconds kAskAgain{1};

std::string text_of(const guard::Document& item, std::string_view key) {
  const guard::Value* value = item.root().kind == guard::Kind::map ? item.root().find(key) : nullptr;
  return value != nullptr && value->kind == guard::Kind::text ? std::string(value->string()) : std::string();
}

bool same(const model::Relation& relation, std::string_view type, std::string_view name) {
  return relation.type == type && (name.empty() || relation.name == name);
}

base::Error not_read(const std::string& what) {
  return {base::ErrorCode::not_found, what, {}, "scan that type first", {}};
}

void add(Resource resource, std::vector<Resource>& out) {
  auto known = [&](const Resource& one) { return one.key == resource.key; };
  if (resource.knowledge != Knowledge::deleted && std::none_of(out.begin(), out.end(), known))
    out.push_back(std::move(resource));
}

}  // namespace

base::Result<std::vector<guard::RelationSource::Related>> InventoryRelations::related(const guard::Document& item,
                                                                                      std::string_view type,
                                                                                      std::string_view relation) const {
  model::ResourceKey key{"aws", text_of(item, "accountId"), text_of(item, "awsRegion"), text_of(item, "resourceType"),
                         text_of(item, "resourceId")};
  TRY(auto resource, store_.latest(key));
  if (!resource) return base::fail(not_read("the inventory does not hold " + key.text()));
  std::vector<Resource> found;
  TRY_VOID(add_named(*resource, type, relation, found));
  TRY_VOID(add_referrers(*resource, type, relation, found));
  if (found.empty()) TRY_VOID(check_was_read(key, type));
  std::vector<Related> out;
  for (const Resource& one : found) {
    if (one.knowledge == Knowledge::unknown)
      return base::fail(not_read(one.key.text() + " could not be read: " + one.unknown_because));
    auto document = std::make_shared<guard::Document>(guard::Document::from_json(one.item));
    out.push_back({one.key.type + "/" + one.key.id, std::move(document)});
  }
  return out;
}

base::Status InventoryRelations::add_named(const Resource& resource, std::string_view type, std::string_view relation,
                                           std::vector<Resource>& out) const {
  const auto& relations = resource.relations;
  auto wanted = std::count_if(relations.begin(), relations.end(),
                              [&](const model::Relation& one) { return same(one, type, relation); });
  if (wanted == 0) return {};
  TRY(std::vector<Resource> known, inventory::related(store_, resource, std::string(type)));
  for (const model::Relation& one : relations) {
    if (!same(one, type, relation)) continue;
    auto found = std::find_if(known.begin(), known.end(),
                              [&](const Resource& r) { return r.key.id == one.id || r.name == one.id; });
    if (found == known.end()) return base::fail(not_read(fmt::format("{} {} was not read", one.type, one.id)));
    add(*found, out);
  }
  return {};
}

base::Status InventoryRelations::add_referrers(const Resource& resource, std::string_view type,
                                               std::string_view relation, std::vector<Resource>& out) const {
  TRY(std::vector<model::ResourceKey> keys, store_.referrers(resource.key));
  for (const model::ResourceKey& key : keys) {
    if (key.type != type) continue;
    TRY(auto referrer, store_.latest(key));
    if (!referrer) continue;
    bool by_name = std::any_of(referrer->relations.begin(), referrer->relations.end(), [&](const auto& one) {
      return one.id == resource.key.id && (relation.empty() || one.name == relation);
    });
    if (by_name) add(std::move(*referrer), out);
  }
  return {};
}

base::Status InventoryRelations::check_was_read(const model::ResourceKey& key, std::string_view type) const {
  base::Error never = not_read(fmt::format("no {} of this account and region was ever read", type));
  std::string question = fmt::format("{}/{}/{}", key.account, key.region, type);
  auto now = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  Read& known = read_[question];
  if (known.yes) return {};
  if (now - known.asked < kAskAgain) return base::fail(std::move(never));
  inventory::ResourceFilter filter;  // fixed from the left of the key: a range, of which one row is enough
  filter.provider = key.provider;
  filter.account = key.account;
  filter.region = key.region;
  filter.type = type;
  filter.with_deleted = true;
  TRY(inventory::ResourcePage page, store_.list(filter, "", 1));
  known = {!page.resources.empty(), now};
  return known.yes ? base::Status() : base::Status(base::fail(std::move(never)));
}

}  // namespace setpoint::app
