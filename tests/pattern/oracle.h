// The oracle: what an event pattern means, written straight from the semantics and as slowly as it likes. It shares
// nothing with src/pattern but the JSON tree reader: patterns are never compiled, every $or is judged by trying, every
// choice of values is tried.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pattern/json_reader.h"

namespace setpoint::pattern::oracle {

// Both texts must be valid. nullopt where trying every choice would take too long to be worth it in a test.
std::optional<bool> matches(const JsonNode& pattern, const JsonNode& event);

// Does one value of an event pass one member of a pattern's array? For tests of the oracle itself.
bool value_passes(const JsonNode& member, const JsonNode& value);

}  // namespace setpoint::pattern::oracle
