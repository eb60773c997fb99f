// Rules text -> Program. A recursive-descent parser that accepts what cfn-guard 3.1.1 accepts: ordered alternatives
// with backtracking, and `cut` points past which a mistake is final. A parse function returns false and leaves the
// place where it was when the text is something else; a mistake past a cut point throws Mistake, caught in
// parse_rules().
//
// A top-level item with a mistake is dropped with a Diagnostic, and parsing goes on at the next line that begins a
// rule. Queries are remembered by place, so that trying one alternative after the other costs no more than reading
// once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "guard/ast.h"

namespace setpoint::guard {

// `program` gets file, text and everything parsed. Nothing is thrown.
void parse_rules(const base::SourceText& source, Program& program, base::Diagnostics& diagnostics);

class Parser {
 public:
  Parser(Program& program, base::Diagnostics& diagnostics);
  void file();

 private:
  struct Mistake {
    std::size_t at;
    std::string what;
    std::string hint;
  };
  using ClauseParser = bool (Parser::*)(Clause&);
  class Deeper;

  // Characters and white space (scanner.cpp)
  std::string_view rest() const { return text_.substr(at_); }
  bool done() const { return at_ >= text_.size(); }
  bool take(std::string_view word);  // exactly here
  bool take_after_space(char c);     // white space and comments, then c
  bool keyword(std::string_view lower, std::string_view upper);
  bool some_space();   // at least one white space or comment
  void skip_space();   // any number
  void skip_blanks();  // spaces and tabs only
  void skip_white();   // white space without comments
  bool variable_name(std::string& out);
  bool property_name(std::string& out);
  bool not_word();
  std::string_view while_alphanumeric(std::string_view also);
  [[noreturn]] void fail(std::string what, std::string hint = {}) const;
  [[noreturn]] void fail_at(std::size_t at, std::string what, std::string hint = {}) const;
  void expected(std::string_view what);  // remembered for the message where everything fails
  NameId name(std::string_view text) { return program_.name_id(text); }

  // Literals (literal_parser.cpp)
  bool literal(Value& out);
  bool scalar_literal(Value& out);
  bool text_literal(std::string& out);
  bool quoted(char quote, std::string& out);
  bool integer_literal(std::int64_t& out);
  bool real_literal(double& out);
  bool regex_literal(Value& out);
  bool range_literal(Value& out);
  bool range_end(Value& out);
  bool list_literal(Value& out);
  bool map_literal(Value& out);
  bool map_entry(std::string& key, Value& out);
  const Value* keep(const Value& value);

  // Queries, operands (query_parser.cpp)
  bool query(QueryPtr& out);
  bool read_query(Query& out);
  bool first_part(Part& out);
  bool next_part(Part& out);
  bool dotted_part(Part& out);
  bool bracket_part(Part& out);
  bool all_indices(Part& out);
  bool bracket_index(Part& out);
  bool bracket_key(Part& out);
  bool keys_filter(Part& out);
  bool filter(Part& out);
  bool capture_name(std::optional<NameId>& out);
  bool close_bracket();
  Part key_part(std::string_view key);
  bool call(FunctionCall& out);
  bool function_call(Operand& out);
  bool operand(Operand& out);

  // Clauses (clause_parser.cpp)
  bool clause(Clause& out);
  bool clause_or_reference(Clause& out);
  bool condition(Clause& out);
  bool access_clause(Clause& out);
  bool block_clause(Clause& out);
  bool call_clause(Clause& out);
  bool reference(Clause& out);
  bool when_clause(Clause& out, ClauseParser inner);
  bool nested_when(Clause& out) { return when_clause(out, &Parser::clause); }
  bool op(Op& op, bool& inverted);
  void right_side(AccessClause& out);
  bool message(std::string& out);
  bool or_word();
  bool disjunction(Disjunction& out, ClauseParser inner);
  void conjunction(Conjunction& out, ClauseParser inner);
  bool when_conditions(Conjunction& out);
  bool block(Block& out, ClauseParser inner);
  bool let(Let& out);

  // Rules and the file (rule_parser.cpp)
  bool type_name(std::string& out);
  bool type_clause(Clause& out);
  bool rule_body_clause(Clause& out);
  bool rule(Rule& out);
  bool parameter_rule(ParameterRule& out);
  bool parameter_names(std::vector<NameId>& out);
  bool top_level_item(Block& loose);
  void report(const Mistake& mistake);
  void resume();
  void add_rule(Rule rule);

  struct Remembered {
    QueryPtr query;  // null where there is none
    std::size_t end = 0;
  };

  Program& program_;
  base::Diagnostics& diagnostics_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t furthest_ = 0;
  std::string furthest_expected_;
  std::map<std::size_t, Remembered> queries_;
};

// Counts nesting; past the limit the text is refused.
class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser);
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Parser& parser_;
};

// The literal of a query that begins with Resources.*[ Type == 'literal' ], or none.
const Value* resource_type_of(const Query& query);

// One binding a name, as cfn-guard would look it up: a literal before a call before a query, the last of a kind.
void bind(std::vector<Let>& lets, Let let);

}  // namespace setpoint::guard
