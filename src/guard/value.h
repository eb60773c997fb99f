// Value: what rules see of a document, and what they write as literals. 24 bytes a node, children side by side, a
// pointer to the parent: a query result is a pointer, and its JSON pointer (the evidence's path) is found by walking
// up.
//
//   const Value* groups = root->find("groups");      // exact key
//   groups->at(0).path()                             // "/groups/0"
//
// Values live in an Arena and never change once built; they may be read from many threads. A value that a function made
// (json_parse, to_upper, ...) has the value that it was made from as `parent` and `made` set: its path is that one's
// path.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "guard/arena.h"
#include "guard/key_hash.h"

namespace setpoint::guard {

class Regex;
struct Member;

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,
  real,
  text,
  list,
  map,
  regex,
  int_range,
  real_range,
  char_range,
  character,
  unknown  // not known yet (unknown.h); the marked text
};

// As cfn-guard names it in its messages.
std::string_view kind_name(Kind kind);

template <class T>
struct Range {
  T lower{};
  T upper{};
  bool lower_inclusive = false;
  bool upper_inclusive = false;
  bool contains(T x) const {
    return (lower_inclusive ? lower <= x : lower < x) && (upper_inclusive ? x <= upper : x < upper);
  }
};

struct Value {
  Kind kind = Kind::null;
  bool made = false;       // by a function: shares its parent's path
  std::uint32_t size = 0;  // bytes of text, items of a list, members of a map
  union {
    bool boolean;
    std::int64_t integer;
    double real;
    char32_t character;
    const char* text;
    Value* items;
    Member* members;
    const Regex* regex;
    const Range<std::int64_t>* int_range;
    const Range<double>* real_range;
    const Range<char32_t>* char_range;
    std::uint64_t bits = 0;
  };
  const Value* parent = nullptr;

  bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
  std::string_view string() const { return {text, size}; }
  std::span<const Value> list() const { return {items, size}; }
  std::span<const Member> map() const;
  const Value& at(std::size_t index) const { return items[index]; }

  const Value* find(std::string_view key, std::uint32_t hash) const;  // of a map; nullptr where absent
  const Value* find(std::string_view key) const;

  std::string path() const;  // JSON pointer (RFC 6901) from the root; "" for the root
  base::Json json() const;   // regular expressions and ranges as text
};

struct Member {
  const char* key = nullptr;
  std::uint32_t key_size = 0;
  std::uint32_t hash = 0;
  Value value;
  std::string_view name() const { return {key, key_size}; }
};

inline std::span<const Member> Value::map() const { return {members, size}; }

// Builders; the texts are copied into the arena.
inline void set_text(Value& value, std::string_view text, Arena& arena) {
  value.kind = Kind::text;
  value.text = arena.copy(text).data();
  value.size = static_cast<std::uint32_t>(text.size());
}
// Room for `count` children, each with its parent set; fill them in, then seal_map() where it is a map.
void make_list(Value& value, std::size_t count, Arena& arena);
void make_map(Value& value, std::size_t capacity, Arena& arena);
// The member of that name, made where absent; the last of equal keys wins and keeps the first one's place.
Value& put(Value& map, std::string_view key, Arena& arena);
void from_json(Value& value, const base::Json& json, Arena& arena);

}  // namespace setpoint::guard
