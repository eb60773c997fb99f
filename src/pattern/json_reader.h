// JSON text as a tree that keeps what patterns need to know and base::Json forgets: where each value stands, its raw
// text, numbers as written, every one of several equal keys.
//
//   JsonFault fault;
//   std::optional<JsonNode> root = read_json(text, {.bytes_max = 4096}, fault);
//   if (!root) return complain(base::position_at(text, fault.at), fault.what);
//
// The tree's views point into `text`, which must outlive it; `text` fields are unescaped copies. Careful rather than
// fast: it reads patterns, and it says what is wrong with an event that the fast reader (event_reader.h) refused. Both
// refuse exactly the same texts: invalid UTF-8, lone surrogates, trailing bytes, numbers beyond a double, more than the
// limits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace setpoint::pattern {

struct JsonNode {
  enum class Kind : unsigned char { null, boolean_false, boolean_true, number, string, array, object };

  Kind kind = Kind::null;
  std::size_t at = 0;           // byte offset in the whole text
  std::string_view raw;         // the value as written
  std::string text;             // of a string, unescaped
  std::vector<JsonNode> items;  // of an array; of an object its values, beside `keys`
  struct Key {
    std::string name;
    std::size_t at = 0;
  };
  std::vector<Key> keys;

  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }
  bool is_string() const { return kind == Kind::string; }
  bool is_number() const { return kind == Kind::number; }
};

struct JsonFault {
  std::size_t at = 0;
  std::string what;
  base::ErrorCode code = base::ErrorCode::invalid_input;
};

struct ReadLimits {
  std::size_t bytes_max = base::kEventBytesMax;
  std::size_t depth_max = base::kEventDepthMax;
};

// Structure only: what numbers, escapes and bytes mean is left to whoever reads the parts (batch.h).
enum class Care { full, structure };

std::optional<JsonNode> read_json(std::string_view text, ReadLimits limits, JsonFault& fault);
// False where the text is not JSON; `root` then holds what was read before the fault.
bool read_json_partly(std::string_view text, ReadLimits limits, Care care, JsonNode& root, JsonFault& fault);

// The content of a JSON string (without its quotes) with its escapes replaced, appended to `out`. False where an escape
// is not one or a surrogate stands alone; `at` is then its offset in `content`.
bool unescape(std::string_view content, std::string& out, std::size_t& at);
// The same verdict over a whole text, whatever strings its escapes stand in.
bool escapes_are_valid(std::string_view text);

}  // namespace setpoint::pattern
