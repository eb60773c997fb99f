#include "standards/control_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.h"

namespace setpoint::standards {

using base::Diagnostics;
using base::Json;
using base::MapReader;
using base::Node;

namespace {

constexpr std::array<std::string_view, 5> kLevels = {"informational", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 6> kNames = {"resource.id",      "resource.arn",    "resource.name",
                                                    "resource.account", "resource.region", "resource.type"};

class Reader {
 public:
  Reader(const Node& root, std::string path, Diagnostics& diagnostics)
      : map_(root, path, diagnostics), path_(std::move(path)), diagnostics_(diagnostics) {}

  ControlFile read() {
    ControlFile out;
    model::Control& control = out.control;
    control.id = map_.required_string("control");
    control.title = map_.required_string("title");
    control.rationale = map_.required_string("rationale");
    control.severity = severity();
    map_.required("resources");
    control.resources = map_.optional_strings("resources");
    control.mappings = mappings();
    control.parameters = parameters();
    out.needs = needs();
    out.path = path_;
    out.rule_path = (std::filesystem::path(path_).parent_path() / map_.required_string("rule")).string();
    control.remediation = remediation();
    control.human = map_.optional_string("human");
    check_remedy(control);
    map_.finish();
    return out;
  }

 private:
  model::Level severity() {
    std::string word = map_.required_string("severity");
    if (word.empty()) return model::Level::medium;
    if (auto level = model::parse_level(word)) return *level;
    std::string hint = base::did_you_mean(word, kLevels);
    map_.error("severity", fmt::format("'{}' is not a severity", word),
               hint.empty() ? "informational, low, medium, high or critical" : hint);
    return model::Level::medium;
  }

  std::map<std::string, std::vector<std::string>> mappings() {
    std::map<std::string, std::vector<std::string>> out;
    const Node* node = map_.optional("mappings");
    if (node == nullptr) return out;
    MapReader inner(*node, path_, diagnostics_);
    for (const Node::Entry& entry : node->entries) out[entry.key] = inner.optional_strings(entry.key);
    return out;
  }

  Json parameters() {
    const Node* node = map_.optional("parameters");
    if (node == nullptr) return Json::object();
    if (node->is_map()) return node->json();
    map_.error("parameters", fmt::format("'parameters' must be a map, found {}", node->kind_name()));
    return Json::object();
  }

  std::vector<std::string> needs() {
    std::vector<std::string> out = map_.optional_strings("needs");
    for (const std::string& pointer : out) {
      if (!pointer.starts_with('/'))
        map_.error("needs", fmt::format("'{}' is not a JSON pointer", pointer), "begin it with '/'");
    }
    return out;
  }

  std::optional<model::Remediation> remediation() {
    const Node* node = map_.optional("remediation");
    if (node == nullptr) return std::nullopt;
    MapReader inner(*node, path_, diagnostics_);
    model::Remediation out;
    out.runbook = inner.required_string("runbook");
    if (const Node* with = inner.optional("with")) {
      out.with = with->json();
      check_templates(*with);
    }
    inner.finish();
    return out;
  }

  void check_templates(const Node& node) {
    for (const Node::Entry& entry : node.entries) check_templates(entry.value);
    for (const Node& item : node.items) check_templates(item);
    if (node.is_scalar()) check_template(node);
  }

  void check_template(const Node& node) {
    std::string_view rest = node.scalar;
    for (std::size_t open = rest.find("{{"); open != rest.npos; open = rest.find("{{")) {
      std::size_t close = rest.find("}}", open);
      if (close == rest.npos) return template_error(node, "a template without its end");
      std::string name = trimmed(rest.substr(open + 2, close - open - 2));
      if (!is_known(name)) template_error(node, fmt::format("'{}' is nothing that a remediation can fill in", name));
      rest.remove_prefix(close + 2);
    }
  }

  static bool is_known(std::string_view name) {
    for (std::string_view prefix : {"evidence.", "parameters.", "resource.configuration.", "resource.tags."}) {
      if (name.starts_with(prefix) && name.size() > prefix.size()) return true;
    }
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  }

  void template_error(const Node& node, std::string what) {
    diagnostics_.error("control-template", path_, node.at, std::move(what),
                       "{{resource.id}}, {{resource.arn}}, {{resource.account}}, {{resource.region}}, "
                       "{{resource.configuration.NAME}}, {{evidence.NAME}}, {{parameters.NAME}}");
  }

  static std::string trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return std::string(text);
  }

  void check_remedy(const model::Control& control) {
    if (control.remediation && !control.human.empty()) {
      map_.error("human", "a control has a remediation or says why a person must judge, not both",
                 "remove one of them");
    } else if (!control.remediation && control.human.empty()) {
      map_.error("remediation", "the control has neither 'remediation' nor 'human'",
                 "name a runbook, or write under 'human:' why a person must judge");
    }
  }

  MapReader map_;
  std::string path_;
  Diagnostics& diagnostics_;
};

std::string unescaped(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    bool escape = step[i] == '~' && i + 1 < step.size();
    out += !escape ? step[i] : step[i + 1] == '1' ? '/' : '~';
    i += escape ? 1 : 0;
  }
  return out;
}

}  // namespace

std::optional<ControlFile> read_control(const std::string& path, Diagnostics& diagnostics) {
  auto text = base::read_file(path, base::kYamlBytesMax);
  if (!text) {
    diagnostics.error("control-unreadable", path, {}, text.error().message);
    return std::nullopt;
  }
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml({path, *text}, diagnostics);
  if (!root) return std::nullopt;
  ControlFile out = Reader(*root, path, diagnostics).read();
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

bool has_member(const Json& value, std::string_view pointer) {
  const Json* at = &value;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    std::size_t end = pointer.find('/');
    std::string step = unescaped(pointer.substr(0, end));
    if (!at->is_object() || !at->contains(step)) return false;
    at = &(*at)[step];
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
  }
  return true;
}

}  // namespace setpoint::standards
