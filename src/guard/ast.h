// A rules file after parsing: what the evaluator walks. Built by the parser (syntax), completed by the checker (names,
// what each rule reads), immutable afterwards. Literals live in Program::arena, regular expressions in
// Program::regexes.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "guard/arena.h"
#include "guard/regex.h"
#include "guard/value.h"

namespace setpoint::guard {

struct Clause;
struct Query;
using QueryPtr = std::shared_ptr<const Query>;
// AND of ORs.
using Disjunction = std::vector<Clause>;
using Conjunction = std::vector<Disjunction>;

// Bytes of the source text, [begin, end).
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// Variables and captures by number, numbered over the whole file.
using NameId = std::uint32_t;

struct HashedKey {
  std::string text;
  std::uint32_t hash = 0;
};
inline constexpr int kCaseConverters =
    7;  // camel, Class, kebab, Pascal, snake, Title, Train: in the order they are tried

// ---- operands: what a let binds, what stands right of an operator, what a call is given
struct FunctionCall;
struct Operand {
  // A literal, a call, a query.
  std::variant<const Value*, std::shared_ptr<const FunctionCall>, QueryPtr> is;
};
enum class Function {
  unknown,
  count,
  json_parse,
  regex_replace,
  substring,
  to_upper,
  to_lower,
  join,
  url_decode,
  parse_int,
  parse_float,
  parse_string,
  parse_boolean,
  parse_char,
  parse_epoch,
  now,
  related
};
struct FunctionCall {
  Function function = Function::unknown;
  std::string name;
  std::vector<Operand> arguments;
  Span span;
};

// ---- queries
enum class Op {
  eq,
  in,
  lt,
  le,
  gt,
  ge,
  exists,
  empty,
  is_text,
  is_list,
  is_map,
  is_boolean,
  is_integer,
  is_real,
  is_null
};
inline bool is_unary(Op op) { return op >= Op::exists; }

struct KeysFilter {
  Op op = Op::eq;
  bool inverted = false;
  Operand against;
};

struct Part {
  enum class Kind { self, key, variable, index, all_indices, all_values, filter, keys_filter };
  Kind kind = Kind::self;
  HashedKey key;                                     // key
  std::array<HashedKey, kCaseConverters> converted;  // key: spellings tried where the exact one is absent
  std::optional<std::int32_t> key_index;             // key that reads as a number: an index
  bool parameters = false;                           // key CONFIG_RULE_PARAMETERS
  std::int32_t index = 0;                            // index
  NameId name = 0;                                   // variable
  std::optional<NameId> capture;                     // all_indices, all_values, filter
  std::shared_ptr<const Conjunction> filter;
  std::shared_ptr<const KeysFilter> keys;
};

struct Query {
  std::vector<Part> parts;
  bool match_all = true;                 // false with `some`
  bool straight = false;                 // keys only: one result, found without a list of them
  const Value* resource_type = nullptr;  // of Resources.*[ Type == 'text' ]..., which an index answers
  Span span;
  bool leads_with_variable() const { return parts.front().kind == Part::Kind::variable; }
};

// ---- clauses
struct Let {
  NameId name = 0;
  Operand value;
};
struct Block {
  std::vector<Let> lets;  // one a name: where a name is bound twice, what cfn-guard would find
  Conjunction clauses;
};

struct AccessClause {
  QueryPtr query;
  Op op = Op::eq;
  bool op_inverted = false;  // !=, not in, !exists
  bool negated = false;      // a `not` before the clause; of effect with unary operators only
  std::optional<Operand> against;
  std::string message;
  std::string expected;  // the operator and what follows, as written
};
struct BlockClause {
  QueryPtr query;
  bool not_empty = false;
  Block block;
  std::string expected;
};
struct WhenClause {
  Conjunction conditions;
  Block block;
};
struct RuleReference {
  std::string rule;
  bool negated = false;
  std::string message;
};
struct RuleCall {
  std::string rule;
  std::vector<Operand> arguments;
  std::string message;
};
struct TypeClause {
  std::string type;
  std::optional<Conjunction> conditions;
  QueryPtr query;  // Resources.*[ Type == 'type' ]
  Block block;
};
struct Clause {
  std::variant<AccessClause, BlockClause, WhenClause, RuleReference, RuleCall, TypeClause> is;
  Span span;
};

// ---- rules
struct Rule {
  std::string name;
  std::optional<Conjunction> conditions;
  // The one of the conditions that the resource type decides: it holds where the type's gate let the rule through.
  std::optional<std::size_t> gate;
  Block block;
  Span span;
};
struct ParameterRule {
  Rule rule;
  std::vector<NameId> parameters;
};

struct Program {
  std::string file;
  std::string text;
  std::vector<Let> lets;
  std::vector<Rule> rules;  // `default` first, where there is one
  std::vector<ParameterRule> parameter_rules;
  std::vector<std::string> names;  // by NameId
  std::map<std::string, NameId, std::less<>> name_ids;
  std::map<std::string, std::vector<std::size_t>, std::less<>> rules_by_name;
  std::map<std::string, std::size_t, std::less<>> calls_by_name;
  std::vector<std::string> dropped;  // names of rules that did not parse
  std::vector<std::unique_ptr<const Regex>> regexes;
  Arena arena;
  const Value* parameters = nullptr;  // {CONFIG_RULE_PARAMETERS: {...}}, or none
  bool extensions = false;
  bool guard2 = false;

  std::vector<std::uint32_t> line_starts;

  NameId name_id(std::string_view name);
  base::Position position(std::size_t offset) const;
};

}  // namespace setpoint::guard
