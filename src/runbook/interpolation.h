// References within texts, and their substitution: {{ Parameter }}, {{ Step.Output }}, {{ variable:x }}, {{
// global:REGION }},
// {{ automation:EXECUTION_ID }}, {{ Loop.CurrentIteratorValue }}.
//
// A text that is one reference and nothing else takes the value with its type; within other text the value's text form
// stands. A list element that is one reference to a list is spliced flat. One pass: what a value brings along is never
// expanded again, and keys of maps are never expanded. Braces that hold no name ("{{ {'a': 1} }}" in a script) are
// text. Bounds: kReferencesMax, kValueBytesMax, kValueNodesMax; time is linear in the text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

#include <nlohmann/json.hpp>

namespace setpoint::runbook {

struct Reference {
  enum class Kind { parameter, step_output, variable, global, automation, ssm };
  Kind kind = Kind::parameter;
  std::string name;    // parameter, step, variable, "REGION", "/path"
  std::string output;  // of a step
  std::string text() const;
};

// What stands between the braces, without them.
std::optional<Reference> parse_reference(std::string_view inside);

struct Piece {
  std::string literal;
  std::optional<Reference> reference;  // instead of the literal
};
std::vector<Piece> split_references(std::string_view text);
// The reference, where the text is that and nothing else.
std::optional<Reference> whole_reference(std::string_view text);
// Every reference in every text of the value, keys left out.
void for_each_reference(const base::Json& value, const std::function<void(const Reference&)>& visit);

// Error: the reference cannot be resolved.
using Lookup = std::function<base::Result<base::Json>(const Reference&)>;

base::Result<base::Json> substitute(const base::Json& value, const Lookup& lookup);

}  // namespace setpoint::runbook
