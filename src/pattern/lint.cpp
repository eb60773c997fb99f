#include "pattern/lint.h"

#include <fmt/format.h>

#include <cmath>

#include "pattern/json_reader.h"
#include "pattern/limits.h"
#include "pattern/number.h"
#include "pattern/operator_parser.h"
#include "pattern/pattern.h"

namespace setpoint::pattern {

namespace {

class Linter {
 public:
  explicit Linter(Complaints& complaints) : complaints_(complaints) {}

  void size(std::string_view text) {
    if (text.size() <= kEventBridgePatternBytesMax) return;
    bool raisable = text.size() <= kEventBridgePatternBytesRaised;
    complaints_.warning(
        0, "eventbridge-size", fmt::format("{} bytes; EventBridge takes {}", text.size(), kEventBridgePatternBytesMax),
        raisable ? fmt::format("ask AWS to raise the quota to {}, or shorten it", kEventBridgePatternBytesRaised)
                 : "split the pattern into several rules");
  }

  void walk(const JsonNode& node, std::string_view inside) {
    if (node.is_number()) number(node);
    if (node.is_string() && inside == "cidr") cidr(node);
    if (node.is_string() && inside == "wildcard") wildcard(node);
    if (inside == "exactly") {
      complaints_.warning(node.at, "eventbridge-operator",
                          "'exactly' is Event Ruler's, EventBridge does not document it", "write the string alone");
    }
    if (inside == "$or" && node.is_object()) {
      complaints_.warning(node.at, "eventbridge-or", "EventBridge reads $or as the operator only",
                          "rename the field, or list at least two objects");
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      // A list keeps its operator's name: {"wildcard": ["a*"]} inside anything-but.
      std::string_view name = node.is_object()  ? std::string_view(node.keys[i].name)
                              : inside == "$or" ? std::string_view()
                                                : inside;
      if (node.is_object()) key(node.keys[i], node.keys, i);
      walk(node.items[i], name);
    }
  }

 private:
  void key(const JsonNode::Key& key, const std::vector<JsonNode::Key>& all, std::size_t at) {
    for (std::size_t i = 0; i < at; ++i) {
      if (all[i].name != key.name) continue;
      complaints_.warning(key.at, "eventbridge-duplicate",
                          fmt::format("'{}' stands here twice; the last one counts", key.name), "merge the two");
      return;
    }
  }

  void number(const JsonNode& node) {
    Number value;
    parse_number(node.raw, value);
    std::size_t point = node.raw.find('.');
    std::size_t fraction = point == std::string_view::npos
                               ? 0
                               : node.raw.substr(point + 1, node.raw.find_first_of("eE") - point - 1).size();
    if (std::fabs(value.nearest) <= kEventBridgeNumberMax && fraction <= kEventBridgeFractionDigitsMax) return;
    complaints_.warning(node.at, "eventbridge-number",
                        fmt::format("{} is beyond what EventBridge compares reliably", node.raw),
                        "between -5e9 and 5e9, with at most six digits after the point");
  }

  void cidr(const JsonNode& node) {
    bool single = node.text.ends_with("/32") || node.text.ends_with("/128");
    if (!single) return;
    complaints_.warning(node.at, "eventbridge-cidr",
                        fmt::format("EventBridge refuses '{}', a network of one address", node.text),
                        "write the address alone, as an exact string");
  }

  void wildcard(const JsonNode& node) {
    if (std::count(node.text.begin(), node.text.end(), '*') <= 3) return;
    complaints_.warning(node.at, "eventbridge-wildcard",
                        "EventBridge bounds the complexity of wildcards and may refuse this one",
                        "fewer stars, and no repeated text between them");
  }

  Complaints& complaints_;
};

}  // namespace

bool lint_for_eventbridge(const base::SourceText& source, base::Diagnostics& diagnostics) {
  std::size_t before = diagnostics.items().size();
  if (!Pattern::compile(source, diagnostics)) return false;
  JsonFault fault;
  std::optional<JsonNode> root = read_json(source.text, {kPatternBytesMax, kPatternDepthMax}, fault);
  Complaints complaints(source, diagnostics);
  Linter linter(complaints);
  linter.size(source.text);
  linter.walk(*root, {});
  return diagnostics.items().size() == before;
}

}  // namespace setpoint::pattern
