// What can be said of rules without a document: names that lead nowhere (warnings), the resource types that gate a
// rule, the places of a document that it reads.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/diagnostic.h"
#include "guard/ast.h"
#include "guard/document.h"
#include "guard/rule_set.h"

namespace setpoint::guard {

// Warns of unknown rules, variables and functions, of wrong numbers of arguments, and of filters behind [*].
void check_names(const Program& program, base::Diagnostics& diagnostics);

// The resource types that gate a rule; none where it may apply to any.
std::vector<std::string> gate_types(const Rule& rule);

// Which of its conditions the gate decides.
std::optional<std::size_t> gate_condition(const Rule& rule);

std::vector<RuleInfo> describe_rules(const Program& program);

// Which rules to try for a document, by its resourceType.
class RuleGates {
 public:
  RuleGates() = default;
  explicit RuleGates(std::span<const RuleInfo> rules);
  std::span<const std::size_t> candidates(std::string_view resource_type) const;
  struct Chosen {
    std::span<const std::size_t> rules;
    bool by_type = false;  // false: all of them, as the document has no text under the root key resourceType
  };
  Chosen candidates_of(const Document& document) const;

 private:
  std::vector<std::size_t> all_;
  std::vector<std::size_t> ungated_;
  struct TypeHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view type) const { return hash_key(type); }
  };
  // Ungated ones included, in order.
  std::unordered_map<std::string, std::vector<std::size_t>, TypeHash, std::equal_to<>> by_type_;
};

std::vector<std::size_t> affected_rules(std::span<const RuleInfo> rules, const Document& before, const Document& after);

}  // namespace setpoint::guard
