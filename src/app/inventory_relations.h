// related(...) in rules, over the inventory: what the item names in its relations, and what names the item.
//
// Unknown is never "none": a named resource that the inventory does not know, one that could not be read, or a type of
// which nothing was ever read in the account and region is an error, and the rule's verdict UNKNOWN. So a control that
// asks for the absence of relations says nothing until that type was scanned.
//
// Ownership: borrows the store. Threads: as the store, any.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "guard/document.h"
#include "guard/relation_source.h"
#include "inventory/resource_store.h"

namespace setpoint::app {

class InventoryRelations final : public guard::RelationSource {
 public:
  explicit InventoryRelations(const inventory::ResourceStore& store) : store_(store) {}
  base::Result<std::vector<Related>> related(const guard::Document& item, std::string_view type,
                                             std::string_view relation) const override;

 private:
  base::Status add_named(const model::Resource& resource, std::string_view type, std::string_view relation,
                         std::vector<model::Resource>& out) const;
  base::Status add_referrers(const model::Resource& resource, std::string_view type, std::string_view relation,
                             std::vector<model::Resource>& out) const;
  base::Status check_was_read(const model::ResourceKey& key, std::string_view type) const;

  // Whether anything of a type was ever read, by account, region and type. A yes stays; a no is asked again after a
  // second: the question walks over keys, and a scan asks it for each resource.
  struct Read {
    bool yes = false;
    std::chrono::steady_clock::time_point asked;
  };

  const inventory::ResourceStore& store_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Read> read_;
};

}  // namespace setpoint::app
