#include "guard/yaml_loader.h"

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

constexpr std::string_view kYamlTag = "tag:yaml.org,2002:";

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
    if (node.tag.starts_with(kYamlTag) && typed(node, value)) return;
    if (node.quoted || !node.tag.empty()) return set_text(value, node.scalar, arena_);
    plain(node.scalar, value);
  }

  // !!int, !!float, !!bool and !!null; what the text cannot be stays text.
  bool typed(const Node& node, Value& value) {
    std::string_view type = std::string_view(node.tag).substr(kYamlTag.size());
    if (type == "null") return true;
    Value read;
    plain(node.scalar, read);
    bool wanted = (type == "int" && read.kind == Kind::integer) || (type == "bool" && read.kind == Kind::boolean);
    if (type == "float" && parse_f64(node.scalar)) {
      read.kind = Kind::real;
      read.real = *parse_f64(node.scalar);
      wanted = true;
    }
    if (!wanted) return false;
    read.parent = value.parent;
    value = read;
    return true;
  }

  void plain(const std::string& text, Value& value) {
    if (std::optional<std::int64_t> integer = parse_i64(text)) {
      value.kind = Kind::integer;
      value.integer = *integer;
    } else if (std::optional<double> real = parse_f64(text)) {
      value.kind = Kind::real;
      value.real = *real;
    } else if (text == "true") {
      set_boolean(value, true);
    } else if (text == "false") {
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
  bool written_null(const Node& node) {
    if (lines_.empty()) {
      lines_.push_back(0);
      for (std::size_t end = source_.find('\n'); end != source_.npos; end = source_.find('\n', end + 1))
        lines_.push_back(end + 1);
    }
    auto line = static_cast<std::size_t>(node.at.line);
    if (line == 0 || line > lines_.size() || node.at.column < 1) return false;
    std::size_t at = lines_[line - 1] + static_cast<std::size_t>(node.at.column - 1);
    if (at >= source_.size()) return false;
    return source_[at] == '~' || is_null_word(source_.substr(at, 4));
  }

  std::string_view source_;
  Arena& arena_;
  std::vector<std::size_t> lines_;  // where each begins; filled when first asked for
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
