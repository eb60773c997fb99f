// The stored forms of a resource and of a line of its history.
#pragma once

#include <string_view>

#include "inventory/resource_store.h"

namespace setpoint::store::sqlite {

base::Json to_json(const model::Resource& resource);
base::Result<model::Resource> resource_from_text(std::string_view text);

// The key is not part of it: the row knows it.
base::Json to_json(const inventory::HistoryEntry& entry);
base::Result<inventory::HistoryEntry> history_from_text(std::string_view text, const model::ResourceKey& key);

}  // namespace setpoint::store::sqlite
