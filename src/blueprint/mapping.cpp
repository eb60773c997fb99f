#include <array>

#include "blueprint/table.h"

namespace setpoint::blueprint {

using base::Diagnostics;
using base::Json;
using base::MapReader;
using base::Node;

namespace {

constexpr std::array<std::pair<std::string_view, Shape>, 11> kShapes = {{
    {"as_is", Shape::as_is},
    {"text", Shape::text},
    {"integer", Shape::integer},
    {"boolean", Shape::boolean},
    {"camel", Shape::camel},
    {"pascal", Shape::pascal},
    {"list", Shape::list},
    {"json_text", Shape::json_text},
    {"presence", Shape::presence},
    {"permissions", Shape::permissions},
    {"lambda_policy", Shape::lambda_policy},
}};

bool upper(char c) { return c >= 'A' && c <= 'Z'; }

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    std::size_t end = std::min(text.find(by, from), text.size());
    if (end > from) out.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

SourcePath source_path(const std::string& text) {
  SourcePath out;
  out.keys = split(text, '.');
  if (!text.starts_with('@') || out.keys.empty()) return out;
  out.attached = out.keys.front().substr(1);
  out.keys.erase(out.keys.begin());
  return out;
}

// Terraform's attribute where the table does not name it.
SourcePath in_terraform(SourcePath path) {
  for (std::string& key : path.keys) key = snake_case(key);
  return path;
}

class TableReader {
 public:
  TableReader(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  TypeMapping type(const Node& node, Mapping::Table& table) {
    MapReader map(node, file_, diagnostics_);
    TypeMapping out;
    out.config = map.required_string("config");
    out.type = {map.optional_string("cloudformation", out.config), map.optional_string("terraform")};
    out.name = {map.optional_string("name"), map.optional_string("terraform_name")};
    if (const Node* attached = map.optional("attached")) {
      for (const Node::Entry& entry : attached->entries) out.attachments.push_back(attachment(entry, table));
    }
    if (const Node* item = map.required("item")) out.properties = properties(*item, '/');
    map.finish();
    return out;
  }

 private:
  // cloudformation: {AWS::S3::BucketPolicy: Bucket}: the type, and the property of it that names its target.
  Attachment attachment(const Node::Entry& entry, Mapping::Table& table) {
    MapReader map(entry.value, file_, diagnostics_);
    Attachment out;
    out.name = entry.key;
    constexpr std::array<std::string_view, kLanguages> kKeys = {"cloudformation", "terraform"};
    for (std::size_t language = 0; language < kLanguages; ++language) {
      const Node* types = map.optional(kKeys[language]);
      if (types == nullptr) continue;
      for (const Node::Entry& one : types->entries) {
        out.types[language].push_back(one.key);
        table.attached_by[language][one.key] = one.value.scalar;
      }
    }
    map.finish();
    return out;
  }

  std::vector<Property> properties(const Node& node, char separator) {
    std::vector<Property> out;
    for (const Node::Entry& entry : node.entries) out.push_back(property(entry, separator));
    return out;
  }

  Property property(const Node::Entry& entry, char separator) {
    MapReader map(entry.value, file_, diagnostics_);
    Property out;
    out.target = split(entry.key, separator);
    for (const std::string& text : map.optional_strings("from")) out.from[0].push_back(source_path(text));
    read_terraform(map, out);
    read_shape(map, out);
    out.wrap = map.optional_string("wrap");
    if (const Node* each = map.optional("each")) out.each = properties(*each, '/');
    if (const Node* fields = map.optional("fields")) out.fields = properties(*fields, '/');
    if (const Node* values = map.optional("values")) {
      for (const Node::Entry& one : values->entries) out.values[one.key] = one.value.json();
    }
    if (const Node* constant = map.optional("value")) out.constant = constant->json();
    if (const Node* fallback = map.optional("default")) out.fallback = fallback->json();
    out.absent = map.optional_string("absent");
    out.unset = map.optional_string("unset");
    out.complete_by = map.optional_string("complete_by");
    map.finish();
    bool sourced =
        !out.from[0].empty() || !out.from[1].empty() || !out.pairs.empty() || out.constant || !out.absent.empty();
    if (!sourced)
      diagnostics_.error("mapping-source", file_, entry.key_at, fmt::format("'{}' comes from nowhere", entry.key),
                         "name 'from', 'terraform', 'value' or 'absent'");
    return out;
  }

  // "-": Terraform's resource does not tell it.
  void read_terraform(MapReader& map, Property& out) {
    if (const Node* pairs = map.optional("terraform_pairs")) {
      for (const Node::Entry& one : pairs->entries) out.pairs[one.key] = one.value.scalar;
    }
    std::vector<std::string> named = map.optional_strings("terraform");
    out.told[1] = named != std::vector<std::string>{"-"};
    if (!out.told[1]) return;
    for (const std::string& text : named) out.from[1].push_back(source_path(text));
    if (!named.empty()) return;
    for (const SourcePath& path : out.from[0]) out.from[1].push_back(in_terraform(path));
  }

  void read_shape(MapReader& map, Property& out) {
    std::string word = map.optional_string("as", "as_is");
    for (const auto& [name, shape] : kShapes) {
      if (name != word) continue;
      out.shape = shape;
      return;
    }
    std::vector<std::string_view> names;
    for (const auto& [name, shape] : kShapes) names.push_back(name);
    map.error("as", fmt::format("'{}' is no shape", word), base::did_you_mean(word, names));
  }

  std::string file_;
  Diagnostics& diagnostics_;
};

bool same_segment(const std::string& a, const std::string& b) { return a == "*" || b == "*" || a == b; }

bool is_prefix(const std::vector<std::string>& shorter, const std::vector<std::string>& longer) {
  return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin(), same_segment);
}

}  // namespace

std::vector<std::string> keys_of(std::string_view path) { return split(path, '.'); }

std::string snake_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool begins = i > 0 && upper(name[i]) &&
                  (!upper(name[i - 1]) || (i + 1 < name.size() && !upper(name[i + 1]) && name[i + 1] != 's'));
    if (begins) out += '_';
    out += static_cast<char>(upper(name[i]) ? name[i] - 'A' + 'a' : name[i]);
  }
  return out;
}

std::string pascal_case(std::string_view name) {
  std::string out;
  bool capital = true;
  for (char c : name) {
    if (c == '_') {
      capital = true;
      continue;
    }
    out += static_cast<char>(capital && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    capital = false;
  }
  return out;
}

std::string camel_case(std::string_view name) {
  std::string out = pascal_case(name);
  if (!out.empty() && upper(out[0])) out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

std::optional<Mapping> Mapping::load(const base::SourceText& yaml, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(yaml, diagnostics);
  if (!root) return std::nullopt;
  MapReader map(*root, yaml.name, diagnostics);
  const Node* types = map.required("types");
  map.finish();
  auto table = std::make_shared<Table>();
  TableReader reader(yaml.name, diagnostics);
  for (const Node& node : types == nullptr ? std::vector<Node>() : types->items) {
    TypeMapping type = reader.type(node, *table);
    std::size_t index = table->types.size();
    for (std::size_t language = 0; language < kLanguages; ++language) {
      if (!type.type[language].empty()) table->by_type[language][type.type[language]] = index;
    }
    if (!table->by_config.emplace(type.config, index).second)
      diagnostics.error("mapping-twice", yaml.name, node.at, fmt::format("'{}' is translated twice", type.config));
    table->types.push_back(std::move(type));
  }
  if (diagnostics.error_count() > before) return std::nullopt;
  Mapping out;
  out.table_ = std::move(table);
  return out;
}

std::map<std::string, std::string> Mapping::types(Language language) const {
  std::map<std::string, std::string> out;
  for (const TypeMapping& type : table_->types) {
    if (!type.type[index_of(language)].empty()) out[type.config] = type.type[index_of(language)];
  }
  return out;
}

// What is read above a translated place (is the map there?) is told by the places below, unless all of it is read.
bool Mapping::tells(Language language, const std::string& type, const std::vector<std::string>& segments,
                    bool deep) const {
  if (segments.empty() || (segments[0] != "configuration" && segments[0] != "supplementaryConfiguration")) return true;
  auto found = table_->by_config.find(type);
  if (found == table_->by_config.end()) return false;
  for (const Property& property : table_->types[found->second].properties) {
    if (!property.told[index_of(language)]) continue;
    if (is_prefix(property.target, segments)) return true;
    if (!deep && is_prefix(segments, property.target)) return true;
  }
  return false;
}

}  // namespace setpoint::blueprint
