// JSON documents: nlohmann::json as the value, simdjson as the reader, our own canonical form.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/limits.h"
#include "base/result.h"

namespace setpoint::base {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t bytes_max = kJsonBytesMax;
  std::size_t depth_max = kJsonDepthMax;
};

// Whole text must be one JSON value in UTF-8. Errors carry "line:column" in `where`. Refused: trailing bytes, lone
// surrogates, invalid UTF-8, integers beyond 64 bits and numbers beyond a double, deeper or larger than the limits.
// Of duplicate keys the last one counts.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Canonical bytes: keys sorted by byte, no white space, shortest round-trip numbers, minimal escapes. Equal values have
// equal bytes; this is what plans and digests are made of. Invalid UTF-8 in a string is replaced by U+FFFD.
std::string canonical(const Json& value);
Digest digest_of(const Json& value);

// Whether objects and arrays are nested in more than `levels` levels; an empty one counts. Looks no deeper than that.
bool deeper_than(const Json& value, std::size_t levels);

// A member by name, or null where `value` is no object or has none. The reference lives as long as `value`.
const Json& member(const Json& value, std::string_view name);
// The member where it is a string, else "".
std::string string_member(const Json& value, std::string_view name);

}  // namespace setpoint::base
