#include "guard/yaml_loader.h"

#include <algorithm>
#include <array>

#include "base/document.h"
#include "guard/limits.h"
#include "guard/number_text.h"

namespace setpoint::guard {

namespace {

using base::Node;

// Short forms of intrinsic functions: on a scalar, on a list, or on both.
struct ShortForm {
  std::string_view tag;
  std::string_view key;
  bool scalar;
  bool list;
};
constexpr ShortForm kShortForms[] = {
    {"!Ref", "Ref", true, false},
    {"!GetAtt", "Fn::GetAtt", true, true},
    {"!Base64", "Fn::Base64", true, false},
    {"!Sub", "Fn::Sub", true, true},
    {"!GetAZs", "Fn::GetAZs", true, false},
    {"!ImportValue", "Fn::ImportValue", true, false},
    {"!Condition", "Condition", true, false},
    {"!RefAll", "Fn::RefAll", true, false},
    {"!Select", "Fn::Select", false, true},
    {"!Split", "Fn::Split", false, true},
    {"!Join", "Fn::Join", false, true},
    {"!FindInMap", "Fn::FindInMap", false, true},
    {"!And", "Fn::And", false, true},
    {"!Equals", "Fn::Equals", false, true},
    {"!Contains", "Fn::Contains", false, true},
    {"!EachMemberIn", "Fn::EachMemberIn", false, true},
    {"!EachMemberEquals", "Fn::EachMemberEquals", false, true},
    {"!ValueOf", "Fn::ValueOf", false, true},
    {"!If", "Fn::If", false, true},
    {"!Not", "Fn::Not", false, true},
    {"!Or", "Fn::Or", false, true},
};

const ShortForm* short_form(const Node& node) {
  for (const ShortForm& form : kShortForms) {
    if (form.tag == node.tag && (node.is_list() ? form.list : node.is_scalar() && form.scalar)) return &form;
  }
  return nullptr;
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 6> kTrue = {"true", "True", "yes", "on", "y", "Y"};
constexpr std::array<std::string_view, 6> kFalse = {"false", "False", "no", "off", "n", "N"};

void set_boolean(Value& value, bool boolean) {
  value.kind = Kind::boolean;
  value.boolean = boolean;
}

class TemplateLoader {
 public:
  TemplateLoader(std::string_view source, Arena& arena) : source_(source), arena_(arena) {}

  void load(const Node& node, Value& value) {
    if (const ShortForm* form = short_form(node)) {
      make_map(value, 1, arena_);
      Value& inner = put(value, form->key, arena_);
      return node.is_list() ? list(node, inner) : set_text(inner, node.scalar, arena_);
    }
    if (node.is_list()) return list(node, value);
    if (node.is_map()) return map(node, value);
    scalar(node, value);
  }

 private:
  void list(const Node& node, Value& value) {
    make_list(value, node.items.size(), arena_);
    for (std::size_t i = 0; i < node.items.size(); ++i) load(node.items[i], value.items[i]);
  }

  void map(const Node& node, Value& value) {
    make_map(value, node.entries.size(), arena_);
    for (const Node::Entry& entry : node.entries) load(entry.value, put(value, entry.key, arena_));
  }

  void scalar(const Node& node, Value& value) {
    if (node.kind == Node::Kind::null) {
      if (!written_null(node)) set_text(value, "", arena_);
      return;
    }
    if (node.quoted || !node.tag.empty()) return set_text(value, node.scalar, arena_);
    plain(node.scalar, value);
  }

  void plain(const std::string& text, Value& value) {
    if (std::optional<std::int64_t> integer = parse_i64(text)) {
      value.kind = Kind::integer;
      value.integer = *integer;
    } else if (std::optional<double> real = parse_f64(text)) {
      value.kind = Kind::real;
      value.real = *real;
    } else if (one_of(text, kTrue)) {
      set_boolean(value, true);
    } else if (one_of(text, kFalse)) {
      set_boolean(value, false);
    } else if (!is_null_word(text)) {
      set_text(value, text, arena_);
    }
  }

  static bool is_null_word(std::string_view text) {
    return text == "~" || (text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' &&
                           (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l');
  }

  // `key:` with nothing behind it is an empty text to cfn-guard; ~ and null are null. The reader does not tell them
  // apart, the source does.
  bool written_null(const Node& node) const {
    std::size_t line = 0;
    for (int i = 1; i < node.at.line && line != source_.npos; ++i) {
      line = source_.find('\n', line);
      if (line != source_.npos) ++line;
    }
    if (line == source_.npos || node.at.column < 1) return false;
    std::size_t at = line + static_cast<std::size_t>(node.at.column - 1);
    if (at >= source_.size()) return false;
    return source_[at] == '~' || is_null_word(source_.substr(at, 4));
  }

  std::string_view source_;
  Arena& arena_;
};

// YAML 1.2 core, as base::parse_yaml resolves it.
void load_core(const Node& node, Arena& arena, Value& value) {
  if (const ShortForm* form = short_form(node)) {
    make_map(value, 1, arena);
    Node bare = node;
    bare.tag.clear();
    return load_core(bare, arena, put(value, form->key, arena));
  }
  switch (node.kind) {
    case Node::Kind::list:
      make_list(value, node.items.size(), arena);
      for (std::size_t i = 0; i < node.items.size(); ++i) load_core(node.items[i], arena, value.items[i]);
      return;
    case Node::Kind::map:
      make_map(value, node.entries.size(), arena);
      for (const Node::Entry& entry : node.entries) load_core(entry.value, arena, put(value, entry.key, arena));
      return;
    default:
      from_json(value, node.json(), arena);
  }
}

}  // namespace

base::Status load_template(std::string_view text, Arena& arena, Value& into) {
  base::Diagnostics diagnostics;
  base::YamlLimits limits{
      .bytes_max = kDocumentBytesMax, .nodes_max = kDocumentBytesMax / 4, .depth_max = kDocumentDepthMax};
  std::optional<Node> root = base::parse_yaml({"", text}, diagnostics, limits);
  if (!root) {
    const base::Diagnostic& why = diagnostics.items().front();
    return base::fail(base::Error{base::ErrorCode::invalid_input, "not a YAML document: " + why.what,
                                  fmt::format("{}:{}", why.at.line, why.at.column), why.hint, ""});
  }
  TemplateLoader(text, arena).load(*root, into);
  return {};
}

bool load_yaml12(std::string_view text, Arena& arena, Value& into) {
  base::Diagnostics diagnostics;
  std::optional<Node> root = base::parse_yaml({"", text}, diagnostics);
  if (root) load_core(*root, arena, into);
  return root.has_value();
}

}  // namespace setpoint::guard
