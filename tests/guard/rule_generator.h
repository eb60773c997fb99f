// Random Guard rules and documents over one small vocabulary, so that what rules ask for is often there. The whole
// grammar: named, parameterised and same-named rules, loose clauses, type blocks, when, blocks, every operator and
// function, filters, keys filters, captures, variables in every scope, ranges, patterns, messages, comments; now and
// then a mistake.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/json.h"

namespace setpoint::guard {

class RuleGenerator {
 public:
  explicit RuleGenerator(std::uint64_t seed) : engine_(seed) {}

  // Names of rules begin with `prefix`.
  std::string rules(const std::string& prefix);
  // JSON text; a template with Resources, a configuration item, or anything.
  std::string document();

 private:
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T, std::size_t N>
  const T& any(const T (&items)[N]) {
    return items[below(N)];
  }

  std::string key();
  std::string quoted(const std::string& text);
  std::string text();
  std::string literal(int depth);
  std::string scalar_literal();
  std::string list_literal(int depth);
  std::string map_literal(int depth);
  std::string variable();
  std::string query(int depth);
  std::string query_parts(int depth, bool behind_variable);
  std::string part(int depth);
  std::string bracket(int depth);
  std::string function(int depth);
  std::string right_side(int depth);
  std::string operation(int depth);
  std::string access(int depth);
  std::string message();
  std::string clause(int depth);
  std::string condition(int depth);
  std::string conditions(int depth);
  std::string disjunction(int depth);
  std::string block(int depth, bool in_rule);
  std::string let(int depth);
  std::string type_block(int depth);
  std::string rule_clause(int depth);
  std::string call();
  std::string space();

  std::string value_json(int depth);
  std::string map_json(int depth);
  std::string resource_json();

  std::mt19937_64 engine_;
  std::size_t next_variable_ = 0;
  std::vector<std::string> variables_;
  std::vector<std::string> rule_names_;
  std::vector<std::pair<std::string, std::size_t>> calls_;
};

}  // namespace setpoint::guard
