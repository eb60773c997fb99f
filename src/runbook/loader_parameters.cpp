#include "runbook/interpolation.h"
#include "runbook/limits.h"
#include "runbook/loader.h"
#include "runbook/pattern.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;
using base::Node;

namespace {

constexpr std::string_view kTypeNames[] = {"String", "StringList", "Integer", "Boolean", "StringMap", "MapList"};

bool refers(const Json& value) {
  bool found = false;
  for_each_reference(value, [&](const Reference&) { found = true; });
  return found;
}

}  // namespace

std::vector<Parameter> Loader::parameters(const Node* node, std::string_view what) {
  std::vector<Parameter> out;
  if (node == nullptr || node->kind == Node::Kind::null) return out;
  if (!node->is_map()) {
    error("wrong-kind", node->at, fmt::format("'{}s' must be a map, found {}", what, node->kind_name()));
    return out;
  }
  if (node->entries.size() > kParametersMax) {
    error("runbook-limit", node->at,
          fmt::format("{} {}s, at most {} are allowed", node->entries.size(), what, kParametersMax));
  }
  for (const Node::Entry& entry : node->entries) out.push_back(parameter(entry));
  return out;
}

Parameter Loader::parameter(const Node::Entry& entry) {
  Parameter out;
  out.name = entry.key;
  out.at = entry.key_at;
  base::MapReader map(entry.value, file_, diagnostics_);
  out.type_text = map.required_string("type");
  if (auto type = parse_value_type(out.type_text)) {
    out.type = *type;
  } else if (!out.type_text.empty()) {
    error("runbook-type", map.at("type"), fmt::format("'{}' is no type", out.type_text),
          base::did_you_mean(out.type_text, kTypeNames));
  }
  out.description = map.optional_string("description");
  out.min_chars = map.optional_integer("minChars");
  out.max_chars = map.optional_integer("maxChars");
  out.min_items = map.optional_integer("minItems");
  out.max_items = map.optional_integer("maxItems");
  map.optional("displayType");
  if (const Node* allowed = map.optional("allowedValues")) {
    for (const Node& item : allowed->items) out.allowed_values.push_back(item.json());
    if (!allowed->is_list()) map.error("allowedValues", "'allowedValues' must be a list");
  }
  parameter_pattern(map.optional("allowedPattern"), out);
  parameter_default(map.optional("default"), out);
  map.finish();
  return out;
}

void Loader::parameter_pattern(const Node* node, Parameter& parameter) {
  if (node == nullptr) return;
  parameter.allowed_pattern = node->scalar;
  auto compiled = Pattern::compile(node->scalar);
  if (compiled) {
    parameter.pattern = *compiled;
  } else {
    error("runbook-pattern", node->at,
          fmt::format("allowedPattern of '{}' is no regular expression: {}", parameter.name, compiled.error().message));
  }
}

void Loader::parameter_default(const Node* node, Parameter& parameter) {
  if (node == nullptr) return;
  parameter.default_value = node->json();
  // What a reference resolves to is checked when the parameters are bound.
  if (refers(*parameter.default_value)) return;
  auto converted = convert_value(parameter, *parameter.default_value);
  if (!converted) {
    error("runbook-type", node->at, fmt::format("the default of '{}': {}", parameter.name, converted.error().message));
    return;
  }
  if (auto checked = check_value(parameter, *converted); !checked) {
    warning("runbook-default", node->at, fmt::format("the default of '{}' {}", parameter.name, checked.error().message),
            "a run that does not give this parameter is refused");
  }
}

}  // namespace setpoint::runbook
