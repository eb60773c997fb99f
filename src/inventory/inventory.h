// Inventory: what exists, as far as we know. It takes readings from a discovery (cloud::Observer), from AWS Config
// files and from events, and is the one place that turns "was not seen" into "deleted" or into "unknown".
//
//   Inventory inventory(store);
//   auto reading = inventory.begin({"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup"}, clock.now());
//   observer.discover(scope, [&](model::Resource r) { reading.take(std::move(r)); });
//   TRY(auto summary, report.complete() ? reading.finish() : reading.abandon("DescribeSecurityGroups: throttled"));
//
// Rules: a resource is deleted only where a complete reading of its provider, account, region and type did not see it.
// After a partial reading, what was not seen becomes unknown; what was seen is taken as usual. Single items (record)
// never delete anything but what they say is deleted.
//
// Ownership: borrows the store, which must outlive it. Threads: record() any; a Reading belongs to one thread. Memory:
// a Reading holds one batch and 40 bytes for each resource seen.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "inventory/resource_store.h"

namespace setpoint::inventory {

inline constexpr std::size_t kBatchResources = 1'000;  // readings that go to the store in one transaction

struct ReadingSummary {
  std::size_t created = 0;
  std::size_t changed = 0;
  std::size_t deleted = 0;
  std::size_t unchanged = 0;
  std::size_t older = 0;
  std::size_t unknown = 0;                // became unknown, because the reading was partial
  std::vector<model::ResourceKey> moved;  // created, changed or deleted: what must be judged again
  void count(Change change, const model::ResourceKey& key);
};

class Reading {
 public:
  Reading(ResourceStore& store, Scope scope, base::Timestamp at);
  // Resources outside the scope are taken too; they do not count as seen in it.
  base::Status take(model::Resource resource);
  // The read was complete: what it did not see is deleted.
  base::Result<ReadingSummary> finish();
  // The read was partial: what it did not see is unknown.
  base::Result<ReadingSummary> abandon(const std::string& why);

 private:
  base::Status flush();
  base::Result<std::vector<model::Resource>> unseen() const;
  base::Result<ReadingSummary> close(model::Knowledge verdict, const std::string& why);

  ResourceStore& store_;
  Scope scope_;
  base::Timestamp at_;
  std::vector<model::Resource> batch_;
  std::set<std::string> seen_;
  ReadingSummary summary_;
};

// The resources that this one names in its relations and that the store knows; type "" = any.
base::Result<std::vector<model::Resource>> related(const ResourceStore& store, const model::Resource& resource,
                                                   const std::string& type = {});

class Inventory {
 public:
  explicit Inventory(ResourceStore& store) : store_(store) {}
  Reading begin(Scope scope, base::Timestamp at) { return Reading(store_, std::move(scope), at); }
  // Readings from files and events: each for itself.
  base::Result<ReadingSummary> record(std::span<const model::Resource> resources);
  base::Result<std::vector<model::Resource>> related(const model::Resource& resource,
                                                     const std::string& type = {}) const {
    return inventory::related(store_, resource, type);
  }
  const ResourceStore& store() const { return store_; }

 private:
  ResourceStore& store_;
};

}  // namespace setpoint::inventory
