// ResourceStore in memory: tests, simulation, scans that leave nothing behind. Loses everything with the process.
// Threads: any (one mutex). Limit: what memory holds; about 3 KB a resource plus its item.
#pragma once

#include <map>
#include <mutex>

#include "inventory/resource_store.h"

namespace setpoint::inventory {

class MemoryResourceStore final : public ResourceStore {
 public:
  base::Result<std::optional<model::Resource>> latest(const model::ResourceKey& key) const override;
  base::Result<std::optional<model::Resource>> find_arn(const std::string& arn) const override;
  base::Result<std::vector<Change>> put(std::span<const model::Resource> batch) override;
  base::Result<std::vector<HistoryEntry>> history(const model::ResourceKey& key, std::size_t limit) const override;
  base::Result<std::size_t> count(const ResourceFilter& filter) const override;
  base::Result<ResourcePage> list(const ResourceFilter& filter, const std::string& after,
                                  std::size_t limit) const override;
  base::Result<std::size_t> mark_unknown(const Scope& scope, const std::string& why, base::Timestamp at) override;
  base::Result<std::vector<model::ResourceKey>> referrers(const model::ResourceKey& key) const override;

 private:
  struct Row {
    model::Resource resource;
    std::vector<HistoryEntry> history;  // oldest first
  };
  Change put_one(const model::Resource& incoming);

  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;            // by ResourceKey::text()
  std::map<std::string, std::string> by_arn_;  // ARN -> row
};

}  // namespace setpoint::inventory
