#include "pattern/batch.h"

#include <fmt/format.h>

#include "pattern/json_reader.h"
#include "pattern/limits.h"
#include "pattern/operators.h"
#include "pattern/pattern.h"

namespace setpoint::pattern {

namespace {

// A line holds a pattern and an event, each perhaps escaped into a string, and nests them one deeper.
constexpr ReadLimits kLineLimits = {.bytes_max = 8 * (kPatternBytesMax + base::kEventBytesMax),
                                    .depth_max = 1 + (base::kEventDepthMax << 4)};

const JsonNode* member(const JsonNode& line, std::string_view name) {
  for (std::size_t i = 0; i < line.keys.size() && i < line.items.size(); ++i) {
    if (line.keys[i].name == name) return &line.items[i];
  }
  return nullptr;
}

std::string_view text_of(const JsonNode& node) { return node.is_string() ? std::string_view(node.text) : node.raw; }

std::string failure(std::string_view id, const std::string& what) {
  return fmt::format("{{\"id\":{},\"error\":{}}}", id, describe(Literal{ValueKind::string, what}));
}

std::string first_error(const base::Diagnostics& diagnostics) {
  for (const base::Diagnostic& item : diagnostics.items()) {
    if (item.severity == base::Severity::error) return item.text();
  }
  return "the pattern does not compile";
}

}  // namespace

std::string answer_batch_line(std::string_view line) {
  JsonFault fault;
  JsonNode root;
  bool read = read_json_partly(line, kLineLimits, Care::structure, root, fault);
  const JsonNode* id = member(root, "id");
  std::string_view name = id && !id->raw.empty() ? id->raw : "null";
  if (!read) return failure(name, fmt::format("the line is not JSON: {} at byte {}", fault.what, fault.at));
  const JsonNode *pattern_text = member(root, "pattern"), *event_text = member(root, "event");
  if (!pattern_text || !event_text)
    return failure(name, pattern_text ? "the line has no event" : "the line has no pattern");
  base::Diagnostics diagnostics;
  std::optional<Pattern> pattern = Pattern::compile({"pattern", text_of(*pattern_text)}, diagnostics);
  if (!pattern) return failure(name, first_error(diagnostics));
  base::Result<bool> matched = pattern->matches(text_of(*event_text));
  if (!matched) return failure(name, "event: " + matched.error().text());
  return fmt::format("{{\"id\":{},\"match\":{}}}", name, *matched);
}

}  // namespace setpoint::pattern
