#include "inventory/inventory.h"

#include <utility>

namespace setpoint::inventory {

using model::Knowledge;
using model::Resource;

namespace {

constexpr std::size_t kPageResources = 1000;

bool inside(const Scope& scope, const model::ResourceKey& key) {
  bool here = scope.region.empty() || key.region == scope.region;
  return here && key.provider == scope.provider && key.account == scope.account && key.type == scope.type;
}

}  // namespace

void ReadingSummary::count(Change change, const model::ResourceKey& key) {
  switch (change) {
    case Change::created:
      ++created;
      break;
    case Change::changed:
      ++changed;
      break;
    case Change::deleted:
      ++deleted;
      break;
    case Change::unchanged:
      ++unchanged;
      return;
    case Change::older:
      ++older;
      return;
  }
  moved.push_back(key);
}

Reading::Reading(ResourceStore& store, Scope scope, base::Timestamp at)
    : store_(store), scope_(std::move(scope)), at_(at) {}

base::Status Reading::take(Resource resource) {
  if (inside(scope_, resource.key)) seen_.insert(resource.key.text());
  batch_.push_back(std::move(resource));
  return batch_.size() >= kBatchResources ? flush() : base::Status();
}

base::Status Reading::flush() {
  if (batch_.empty()) return {};
  TRY(auto changes, store_.put(batch_));
  for (std::size_t i = 0; i < changes.size(); ++i) summary_.count(changes[i], batch_[i].key);
  batch_.clear();
  return {};
}

base::Result<std::vector<Resource>> Reading::unseen() const {
  ResourceFilter filter{scope_.provider, scope_.account, scope_.region, scope_.type, {}, {}, false};
  std::vector<Resource> out;
  std::string after;
  do {
    TRY(auto page, store_.list(filter, after, kPageResources));
    for (Resource& resource : page.resources) {
      if (!seen_.contains(resource.key.text())) out.push_back(std::move(resource));
    }
    after = page.next;
  } while (!after.empty());
  return out;
}

base::Result<ReadingSummary> Reading::close(Knowledge verdict, const std::string& why) {
  TRY_VOID(flush());
  TRY(auto missing, unseen());
  for (Resource& resource : missing) {
    resource.knowledge = verdict;
    resource.unknown_because = why;
    resource.captured_at = at_;
    resource.source = "observer";
    if (verdict == Knowledge::unknown) ++summary_.unknown;
    TRY_VOID(take(std::move(resource)));
  }
  TRY_VOID(flush());
  return std::move(summary_);
}

base::Result<ReadingSummary> Reading::finish() { return close(Knowledge::deleted, {}); }

base::Result<ReadingSummary> Reading::abandon(const std::string& why) { return close(Knowledge::unknown, why); }

base::Result<ReadingSummary> Inventory::record(std::span<const Resource> resources) {
  ReadingSummary summary;
  for (std::size_t from = 0; from < resources.size(); from += kBatchResources) {
    auto batch = resources.subspan(from, std::min(kBatchResources, resources.size() - from));
    TRY(auto changes, store_.put(batch));
    for (std::size_t i = 0; i < changes.size(); ++i) summary.count(changes[i], batch[i].key);
  }
  return summary;
}

base::Result<std::vector<Resource>> related(const ResourceStore& store, const Resource& resource,
                                            const std::string& type) {
  std::vector<Resource> out;
  for (const model::Relation& relation : resource.relations) {
    if (!type.empty() && relation.type != type) continue;
    for (const std::string& region : {resource.key.region, std::string("global")}) {
      model::ResourceKey key{resource.key.provider, resource.key.account, region, relation.type, relation.id};
      TRY(auto found, store.latest(key));
      if (found && found->knowledge != Knowledge::deleted) out.push_back(std::move(*found));
      if (resource.key.region == "global") break;
    }
  }
  return out;
}

}  // namespace setpoint::inventory
