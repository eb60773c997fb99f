#include "inventory/memory_resource_store.h"

#include <algorithm>

namespace setpoint::inventory {

using model::Resource;
using model::ResourceKey;

base::Result<std::optional<Resource>> MemoryResourceStore::latest(const ResourceKey& key) const {
  std::lock_guard lock(mutex_);
  auto found = rows_.find(key.text());
  if (found == rows_.end()) return std::optional<Resource>();
  return std::optional<Resource>(found->second.resource);
}

base::Result<std::optional<Resource>> MemoryResourceStore::find_arn(const std::string& arn) const {
  std::lock_guard lock(mutex_);
  auto row = by_arn_.find(arn);
  if (row == by_arn_.end()) return std::optional<Resource>();
  return std::optional<Resource>(rows_.at(row->second).resource);
}

Change MemoryResourceStore::put_one(const Resource& incoming) {
  std::string name = incoming.key.text();
  auto found = rows_.find(name);
  std::optional<Resource> stored;
  if (found != rows_.end()) stored = found->second.resource;
  Transition step = transition(stored, incoming);
  if (step.change == Change::older) return step.change;
  Row& row = rows_[name];
  if (step.entry) row.history.push_back(std::move(*step.entry));
  row.resource = std::move(step.stored);
  if (!row.resource.arn.empty()) by_arn_[row.resource.arn] = name;
  return step.change;
}

base::Result<std::vector<Change>> MemoryResourceStore::put(std::span<const Resource> batch) {
  std::lock_guard lock(mutex_);
  std::vector<Change> out;
  for (const Resource& resource : batch) out.push_back(put_one(resource));
  return out;
}

base::Result<std::vector<HistoryEntry>> MemoryResourceStore::history(const ResourceKey& key, std::size_t limit) const {
  std::lock_guard lock(mutex_);
  std::vector<HistoryEntry> out;
  auto found = rows_.find(key.text());
  if (found == rows_.end()) return out;
  const auto& entries = found->second.history;
  std::size_t count = std::min(limit, entries.size());
  out.assign(entries.rbegin(), entries.rbegin() + static_cast<std::ptrdiff_t>(count));
  return out;
}

base::Result<std::size_t> MemoryResourceStore::count(const ResourceFilter& filter) const {
  std::lock_guard lock(mutex_);
  auto wanted = [&](const auto& row) { return filter.matches(row.second.resource); };
  return static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), wanted));
}

base::Result<ResourcePage> MemoryResourceStore::list(const ResourceFilter& filter, const std::string& after,
                                                     std::size_t limit) const {
  std::lock_guard lock(mutex_);
  ResourcePage page;
  for (auto row = rows_.upper_bound(after); row != rows_.end(); ++row) {
    if (!filter.matches(row->second.resource)) continue;
    if (page.resources.size() == limit) {
      page.next = page.resources.empty() ? after : page.resources.back().key.text();
      break;
    }
    page.resources.push_back(row->second.resource);
  }
  return page;
}

base::Result<std::size_t> MemoryResourceStore::mark_unknown(const Scope& scope, const std::string& why,
                                                            base::Timestamp at) {
  std::lock_guard lock(mutex_);
  ResourceFilter filter{scope.provider, scope.account, scope.region, scope.type, {}, {}, false};
  std::size_t count = 0;
  for (auto& [name, row] : rows_) {
    if (!filter.matches(row.resource)) continue;
    Resource reading = row.resource;
    reading.knowledge = model::Knowledge::unknown;
    reading.unknown_because = why;
    reading.captured_at = at;
    count += put_one(reading) == Change::changed ? 1 : 0;
  }
  return count;
}

// A relation names type and id only: it points into the same account, and AWS Config gives no region with it.
base::Result<std::vector<ResourceKey>> MemoryResourceStore::referrers(const ResourceKey& key) const {
  std::lock_guard lock(mutex_);
  std::vector<ResourceKey> out;
  for (const auto& [name, row] : rows_) {
    if (row.resource.key.account != key.account || row.resource.knowledge == model::Knowledge::deleted) continue;
    const auto& relations = row.resource.relations;
    bool names_it = std::any_of(relations.begin(), relations.end(),
                                [&](const model::Relation& r) { return r.type == key.type && r.id == key.id; });
    if (names_it) out.push_back(row.resource.key);
  }
  return out;
}

}  // namespace setpoint::inventory
