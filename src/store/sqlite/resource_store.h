// The inventory's port in SQLite: the last state of each resource, its history, and who names whom. What a reading does
// to a resource is inventory::transition()'s to say.
#pragma once

#include "inventory/resource_store.h"
#include "store/sqlite/engine.h"

namespace setpoint::store::sqlite {

class Resources final : public inventory::ResourceStore {
 public:
  explicit Resources(Engine& engine) : engine_(engine) {}
  base::Result<std::optional<model::Resource>> latest(const model::ResourceKey& key) const override;
  base::Result<std::optional<model::Resource>> find_arn(const std::string& arn) const override;
  base::Result<std::vector<inventory::Change>> put(std::span<const model::Resource> batch) override;
  base::Result<std::vector<inventory::HistoryEntry>> history(const model::ResourceKey& key,
                                                             std::size_t limit) const override;
  base::Result<inventory::ResourcePage> list(const inventory::ResourceFilter& filter, const std::string& after,
                                             std::size_t limit) const override;
  base::Result<std::size_t> count(const inventory::ResourceFilter& filter) const override;
  base::Result<std::size_t> mark_unknown(const inventory::Scope& scope, const std::string& why,
                                         base::Timestamp at) override;
  base::Result<std::vector<model::ResourceKey>> referrers(const model::ResourceKey& key) const override;

 private:
  struct Row;
  base::Result<Row> find(Connection& connection, const std::string& key) const;
  base::Result<inventory::Change> put_one(Connection& connection, const model::Resource& incoming);
  base::Result<std::int64_t> upsert(Connection& connection, const Row& row, const model::Resource& resource);
  base::Status set_relations(Connection& connection, std::int64_t id, const std::optional<model::Resource>& before,
                             const model::Resource& after);
  base::Result<inventory::ResourcePage> page(Connection& connection, const inventory::ResourceFilter& filter,
                                             const std::string& after, std::size_t limit) const;
  std::int64_t target(const std::string& account, const std::string& type, const std::string& id) const;

  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
