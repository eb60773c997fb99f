// Between the twin's documents and the inventory's resources (AWS Config configuration items).
//
// Place in the flow: response/ loads the resources at hand into a Cloud before a rehearsal, and renders what the
// rehearsal changed so that rules and plans see the same shape as from the real cloud. The conversion of shapes is
// cloud/aws/config_item.h.
//
//   Loaded loaded = load(resources);                                 // loaded.left_out says what the twin does not
//   hold Cloud twin(std::move(loaded.state), clock);
//   ... rehearse ...
//   for (const ResourcePair& change : rendered_changes(before, twin.state(), clock.now())) ... change.before,
//   change.after ...
//
// Threads: functions of values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/resource.h"
#include "twin/state.h"

namespace setpoint::twin {

struct LeftOut {
  model::ResourceKey key;
  std::string why;
};
struct Loaded {
  State state;
  std::vector<LeftOut>
      left_out;  // types that are not modelled, items that cannot be read, resources that are not known
};
Loaded load(const std::vector<model::Resource>& resources, std::uint64_t id_seed = 0);

// The document as a configuration item; the caller knows that it is there. Its key is AWS Config's: the id of an IAM
// user is AIDA..., not the name that the twin's key has.
model::Resource render(const State& state, const StateKey& key, base::Timestamp captured_at);

// By AWS Config's key; Knowledge::deleted where the state has no such resource.
model::Resource render(const State& state, const model::ResourceKey& key, base::Timestamp captured_at);
std::optional<StateKey> find_document(const State& state, const model::ResourceKey& key);
// What differs between two states, by AWS Config's keys, sorted; documents that are no resources are left out.
std::vector<model::ResourceKey> changed_resources(const State& before, const State& after);

// Whether a document is there and shows in some item: its own, or one that it is a part of.
bool shows_in_items(const State& state, const StateKey& key);

struct ResourcePair {
  model::Resource before;  // Knowledge::deleted where it did not exist
  model::Resource after;   // Knowledge::deleted where it is gone
};
// What differs between two states, rendered; both sides carry the same key.
std::vector<ResourcePair> rendered_changes(const State& before, const State& after, base::Timestamp captured_at);
// Every document that is a resource; settings of the twin's own types are not.
std::vector<model::Resource> render_all(const State& state, base::Timestamp captured_at);

}  // namespace setpoint::twin
