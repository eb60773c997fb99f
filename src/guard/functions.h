// The built-in functions. Each takes the results of its arguments and yields values that remember what they were made
// from; a value that a function has no meaning for is dropped, what cfn-guard aborts at is an Abort.
#pragma once

#include "guard/evaluation.h"

namespace setpoint::guard {

class FunctionRunner {
 public:
  using Scope = Evaluation::Scope;
  explicit FunctionRunner(Evaluation& evaluation) : evaluation_(evaluation) {}
  void run(const FunctionCall& call, Scope& scope, Results& out);

 private:
  using Arguments = std::vector<Results>;
  Value* make(const Value* from);
  void text(const Value* from, std::string_view text, Results& out);
  void integer(const Value* from, std::int64_t integer, Results& out);
  void each(Function function, const Value& value, Results& out);
  bool with_unknowns(Function function, const Arguments& arguments, Results& out);
  void count(const Arguments& arguments, Results& out);
  void join(const Arguments& arguments, Results& out);
  void substring(const Arguments& arguments, Results& out);
  void regex_replace(const Arguments& arguments, Results& out);
  void json_parse(const Value& value, Results& out);
  void parse_int(const Value& value, Results& out);
  void parse_float(const Value& value, Results& out);
  void parse_string(const Value& value, Results& out);
  void parse_boolean(const Value& value, Results& out);
  void parse_char(const Value& value, Results& out);
  void now(Results& out);
  void related(const Arguments& arguments, Results& out);

  Evaluation& evaluation_;
};

// The number of arguments that a function takes; nothing for an unknown one.
std::pair<std::size_t, std::size_t> argument_counts(Function function);

// %XX decoded; nothing where the result is not UTF-8.
std::optional<std::string> url_decoded(std::string_view text);

}  // namespace setpoint::guard
