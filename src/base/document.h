// Authored YAML or JSON as a tree that remembers places: controls, automations, runbooks, setpoint.yaml, seeds.
//
//   Diagnostics diagnostics;
//   std::optional<Node> root = parse_yaml({path, text}, diagnostics);
//   MapReader map(*root, path, diagnostics);
//   std::string title = map.required_string("title");
//   map.finish();   // every key nobody asked for becomes "unknown field 'tilte', did you mean 'title'?"
//
// YAML 1.2 core schema: yes/no/on/off are text; a quoted scalar is always text. Aliases are expanded within a bound;
// merge keys (<<) are refused; duplicate keys are errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"

namespace setpoint::base {

struct Node {
  enum class Kind { null, boolean, integer, real, text, list, map };
  struct Entry;

  Kind kind = Kind::null;
  bool quoted = false;  // a scalar in quotes or a block scalar
  std::string scalar;   // as written (after unescaping); for every scalar kind
  std::string tag;      // "!Ref" and the like; "" for none
  Position at;
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in order of writing

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_text() const { return kind == Kind::text; }
  bool is_scalar() const { return !is_map() && !is_list(); }
  const Node* find(std::string_view key) const;  // nullptr where absent or no map
  std::string_view kind_name() const;
  Json json() const;
};
struct Node::Entry {
  std::string key;
  Position key_at;
  Node value;
};

struct YamlLimits {
  std::size_t bytes_max = kYamlBytesMax;
  std::size_t nodes_max = kYamlNodesMax;
  std::size_t depth_max = kJsonDepthMax;
};

// One document; a second one in the same text is an error. JSON text is read too.
std::optional<Node> parse_yaml(const SourceText& source, Diagnostics& diagnostics, YamlLimits limits = {});

// Reads the fields of one map and reports what is missing, of the wrong kind or unknown. `node` must outlive the
// reader.
class MapReader {
 public:
  MapReader(const Node& node, std::string file, Diagnostics& diagnostics);

  const Node* optional(std::string_view key);
  const Node* required(std::string_view key);
  std::string optional_string(std::string_view key, std::string fallback = {});
  std::string required_string(std::string_view key);
  std::optional<std::int64_t> optional_integer(std::string_view key);
  std::optional<bool> optional_bool(std::string_view key);
  std::vector<std::string> optional_strings(std::string_view key);  // a list of text, or one text
  // Position of the key's value, or of the map.
  Position at(std::string_view key) const;
  void error(std::string_view key, std::string what, std::string hint = {});
  void finish();

 private:
  const Node& node_;
  std::string file_;
  Diagnostics& diagnostics_;
  std::vector<std::string> asked_;
};

}  // namespace setpoint::base
