#include "guard/value.h"

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "guard/regex.h"
#include "guard/unknown.h"

namespace setpoint::guard {

namespace {

constexpr std::uint32_t kIndexedFrom = 24;  // members; fewer are faster to look through one by one

// Maps of kIndexedFrom members and more carry an open-addressing table of member numbers (0 = free, else number + 1)
// behind their member array.
std::uint32_t table_slots(std::size_t capacity) {
  std::uint32_t slots = 64;
  while (slots < capacity * 2) slots *= 2;
  return slots;
}

// Stands before the members of every map.
struct MapHeader {
  std::uint32_t capacity = 0;
  std::uint32_t slots = 0;
  std::uint32_t* table = nullptr;
  std::uint64_t seen = 0;  // a bit for each key's hash: a clear bit says that there is no such key
};

std::uint64_t seen_bit(std::uint32_t hash) { return std::uint64_t{1} << (hash >> 26); }

MapHeader& header_of(const Value& map) {
  return *reinterpret_cast<MapHeader*>(reinterpret_cast<std::byte*>(map.members) - sizeof(MapHeader));
}

Member* find_in_table(const MapHeader& header, Member* members, std::string_view key, std::uint32_t hash) {
  for (std::uint32_t slot = hash & (header.slots - 1);; slot = (slot + 1) & (header.slots - 1)) {
    std::uint32_t number = header.table[slot];
    if (number == 0) return nullptr;
    Member& member = members[number - 1];
    if (member.hash == hash && member.name() == key) return &member;
  }
}

Member* find_member(const Value& map, std::string_view key, std::uint32_t hash) {
  const MapHeader& header = header_of(map);
  if ((header.seen & seen_bit(hash)) == 0) return nullptr;
  if (header.table != nullptr) return find_in_table(header, map.members, key, hash);
  for (Member* member = map.members; member != map.members + map.size; ++member) {
    if (member->hash == hash && member->name() == key) return member;
  }
  return nullptr;
}

void enter_in_table(MapHeader& header, std::uint32_t number, std::uint32_t hash) {
  std::uint32_t slot = hash & (header.slots - 1);
  while (header.table[slot] != 0) slot = (slot + 1) & (header.slots - 1);
  header.table[slot] = number + 1;
}

void append_escaped(std::string& out, std::string_view token) {
  for (char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

void append_path(const Value& value, std::string& out) {
  if (value.parent == nullptr) return;
  append_path(*value.parent, out);
  if (value.made) return;
  out += '/';
  if (value.parent->kind == Kind::list) {
    out += std::to_string(&value - value.parent->items);
    return;
  }
  auto offset = reinterpret_cast<const std::byte*>(&value) - reinterpret_cast<const std::byte*>(value.parent->members);
  append_escaped(out, value.parent->members[static_cast<std::size_t>(offset) / sizeof(Member)].name());
}

template <class T>
std::string range_text(const Range<T>& range) {
  return fmt::format("{}{},{}{}", range.lower_inclusive ? '[' : '(', range.lower, range.upper,
                     range.upper_inclusive ? ']' : ')');
}

std::string utf8(char32_t c) {
  std::string out;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)),
            static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
  return out;
}

std::string char_range_text(const Range<char32_t>& range) {
  return fmt::format("{}{},{}{}", range.lower_inclusive ? '[' : '(', utf8(range.lower), utf8(range.upper),
                     range.upper_inclusive ? ']' : ')');
}

base::Json list_json(const Value& value) {
  base::Json out = base::Json::array();
  for (const Value& item : value.list()) out.push_back(item.json());
  return out;
}

base::Json map_json(const Value& value) {
  base::Json out = base::Json::object();
  for (const Member& member : value.map()) out[std::string(member.name())] = member.value.json();
  return out;
}

void list_from_json(Value& value, const base::Json& json, Arena& arena) {
  make_list(value, json.size(), arena);
  std::size_t next = 0;
  for (const base::Json& item : json) from_json(value.items[next++], item, arena);
}

void map_from_json(Value& value, const base::Json& json, Arena& arena) {
  make_map(value, json.size(), arena);
  for (auto item = json.begin(); item != json.end(); ++item) from_json(put(value, item.key(), arena), *item, arena);
}

void number_from_json(Value& value, const base::Json& json) {
  bool beyond = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (json.is_number_float() || beyond) {
    value.kind = Kind::real;
    value.real = json.get<double>();
  } else {
    value.kind = Kind::integer;
    value.integer = json.get<std::int64_t>();
  }
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::text:
      return "String";
    case Kind::list:
      return "array";
    case Kind::map:
      return "map";
    case Kind::regex:
      return "Regex";
    case Kind::int_range:
      return "range(int, int)";
    case Kind::real_range:
      return "range(float, float)";
    case Kind::char_range:
      return "range(char, char)";
    case Kind::character:
      return "char";
    case Kind::unknown:
      return "a value that is not known yet";
  }
  return "?";
}

const Value* Value::find(std::string_view key, std::uint32_t hash) const {
  Member* found = find_member(*this, key, hash);
  return found == nullptr ? nullptr : &found->value;
}

const Value* Value::find(std::string_view key) const { return find(key, hash_key(key)); }

std::string Value::path() const {
  std::string out;
  append_path(*this, out);
  return out;
}

base::Json Value::json() const {
  switch (kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return boolean;
    case Kind::integer:
      return integer;
    case Kind::real:
      return real;
    case Kind::text:
      return std::string(string());
    case Kind::list:
      return list_json(*this);
    case Kind::map:
      return map_json(*this);
    case Kind::regex:
      return "/" + regex->pattern() + "/";
    case Kind::int_range:
      return range_text(*int_range);
    case Kind::real_range:
      return range_text(*real_range);
    case Kind::char_range:
      return char_range_text(*char_range);
    case Kind::character:
      return utf8(character);
    case Kind::unknown:
      return without_marks(string());
  }
  return nullptr;
}

void make_list(Value& value, std::size_t count, Arena& arena) {
  value.kind = Kind::list;
  value.size = static_cast<std::uint32_t>(count);
  value.items = arena.make<Value>(count);
  for (std::size_t i = 0; i < count; ++i) value.items[i].parent = &value;
}

void make_map(Value& value, std::size_t capacity, Arena& arena) {
  auto* block = static_cast<std::byte*>(arena.allocate(sizeof(MapHeader) + capacity * sizeof(Member)));
  auto* header = new (block) MapHeader();
  header->capacity = static_cast<std::uint32_t>(capacity);
  if (capacity >= kIndexedFrom) {
    header->slots = table_slots(capacity);
    header->table = arena.make<std::uint32_t>(header->slots);
  }
  value.kind = Kind::map;
  value.size = 0;
  value.members = reinterpret_cast<Member*>(header + 1);
}

Value& put(Value& map, std::string_view key, Arena& arena) {
  std::uint32_t hash = hash_key(key);
  MapHeader& header = header_of(map);
  Member* present = find_member(map, key, hash);
  header.seen |= seen_bit(hash);
  if (present != nullptr) {
    present->value = Value{};
    present->value.parent = &map;
    return present->value;
  }
  SETPOINT_ASSERT(map.size < header.capacity);
  std::string_view name = arena.copy(key);
  Member* member = new (map.members + map.size) Member();
  member->key = name.data();
  member->key_size = static_cast<std::uint32_t>(name.size());
  member->hash = hash;
  member->value.parent = &map;
  if (header.table != nullptr) enter_in_table(header, map.size, hash);
  ++map.size;
  return member->value;
}

void from_json(Value& value, const base::Json& json, Arena& arena) {
  switch (json.type()) {
    case base::Json::value_t::boolean:
      value.kind = Kind::boolean;
      value.boolean = json.get<bool>();
      return;
    case base::Json::value_t::string:
      return set_text(value, json.get_ref<const std::string&>(), arena);
    case base::Json::value_t::array:
      return list_from_json(value, json, arena);
    case base::Json::value_t::object:
      return map_from_json(value, json, arena);
    case base::Json::value_t::number_integer:
    case base::Json::value_t::number_unsigned:
    case base::Json::value_t::number_float:
      return number_from_json(value, json);
    default:
      value.kind = Kind::null;
  }
}

}  // namespace setpoint::guard
