// related(...) in rules, over the inventory: what the item names in its relations, and what names the item.
//
// Unknown is never "none": a named resource that the inventory does not know, one that could not be read, or a type of
// which nothing was ever read in the account and region is an error, and the rule's verdict UNKNOWN. So a control that
// asks for the absence of relations says nothing until that type was scanned.
//
// Ownership: borrows the store. Threads: as the store, any.
#pragma once

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

  const inventory::ResourceStore& store_;
};

}  // namespace setpoint::app
