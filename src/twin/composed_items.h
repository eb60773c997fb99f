// Configuration items that are more than one document: a VPC's shows the flow logs of it, an account's the settings of
// one of its regions (EBS encryption, public snapshots) and of the account as a whole (password policy, root user).
//
// Place in the flow: inventory.h renders and loads by it, so that a rehearsal which makes a flow log sees the VPC
// change, as the same rules see it in the real cloud. An account's item is no document of the state: its key is made
// here.
//
// Threads: functions of values.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "twin/state.h"

namespace setpoint::twin {

inline constexpr const char* kAccountType = "AWS::::Account";

// The API's object of an item, parts of other documents included; nullopt where there is none.
std::optional<base::Json> item_object(const State& state, const StateKey& key);
// Keys of the items that show this document: its own where it is a resource, and those of which it is a part.
std::vector<StateKey> items_showing(const State& state, const StateKey& key, const base::Json& document);
// A document of which items show a part: what none of them shows, with the defaults of a region that was never set.
// nullopt for any other key.
std::optional<base::Json> unshown_part(const State& state, const StateKey& key);
// The documents that an account's item says something of.
std::vector<std::pair<StateKey, base::Json>> documents_of_account(const StateKey& key, const base::Json& object);
// One for each region that holds anything.
std::vector<StateKey> account_items(const State& state);

}  // namespace setpoint::twin
