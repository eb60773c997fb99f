#include <algorithm>
#include <cmath>

#include "guard/functions.h"
#include "guard/number_text.h"
#include "oracle/evaluator.h"

namespace setpoint::guard::oracle {

namespace {

const Value& only(const Results& argument) {
  if (argument.empty() || argument.front().origin == Origin::unresolved) throw Aborted{};
  return *argument.front().value;
}

std::string_view only_text(const Results& argument) {
  if (only(argument).kind != Kind::text) throw Aborted{};
  return only(argument).string();
}

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Of letters beyond ASCII the oracle knows no case.
std::string in_case(std::string_view text, bool upper) {
  if (!ascii(text)) throw NoOpinion{};
  std::string out(text);
  for (char& c : out) c = static_cast<char>(upper ? std::toupper(c) : std::tolower(c));
  return out;
}

// Rust's `as u16`: integers wrap, floats stop at the ends.
std::size_t position(const Value& value) {
  if (value.kind == Kind::integer) return static_cast<std::uint16_t>(value.integer);
  if (value.kind != Kind::real) throw Aborted{};
  return static_cast<std::size_t>(std::fmin(65535.0, std::fmax(0.0, std::trunc(value.real))));
}

std::size_t arity(Function function) {
  switch (function) {
    case Function::join:
      return 2;
    case Function::substring:
    case Function::regex_replace:
      return 3;
    default:
      return 1;
  }
}

std::string character(char32_t c) {
  if (c >= 0x80) throw NoOpinion{};
  return {static_cast<char>(c)};
}

}  // namespace

Value& Evaluator::made(const Value* from) {
  spend();
  Value* out = arena_.make<Value>(1);
  out->made = true;
  out->parent = from;
  return *out;
}

Result Evaluator::text(const Value* from, std::string_view text) {
  Value& out = made(from);
  set_text(out, text, arena_);
  return {&out, Origin::resolved};
}

Result Evaluator::integer(const Value* from, std::int64_t number) {
  Value& out = made(from);
  out.kind = Kind::integer;
  out.integer = number;
  return {&out, Origin::resolved};
}

Results Evaluator::call(const FunctionCall& call, Scope& scope) {
  switch (call.function) {
    case Function::unknown:
    case Function::related:  // an extension of ours, off
      throw Aborted{};
    case Function::now:
    case Function::parse_epoch:  // of versions beyond the one that the semantics describe
      throw NoOpinion{};
    default:
      break;
  }
  if (call.arguments.size() != arity(call.function)) throw Aborted{};
  Level level(*this);
  std::vector<Results> arguments;
  for (const Operand& one : call.arguments) arguments.push_back(operand(one, scope));
  if (call.function == Function::join) return joined(arguments);
  if (call.function == Function::substring) return cut(arguments);
  if (call.function == Function::regex_replace) return replaced(arguments);
  Results out;
  if (call.function == Function::count) {
    auto there = std::count_if(arguments[0].begin(), arguments[0].end(),
                               [](const Result& one) { return one.origin != Origin::unresolved; });
    return {integer(nullptr, there)};
  }
  for (const Result& one : arguments[0]) {
    if (one.origin != Origin::unresolved) convert(call.function, *one.value, out);
  }
  return out;
}

Results Evaluator::joined(const std::vector<Results>& arguments) {
  const Value& between = only(arguments[1]);
  if (between.kind != Kind::text && between.kind != Kind::character) throw Aborted{};
  std::string separator = between.kind == Kind::text ? std::string(between.string()) : character(between.character);
  std::string out;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    const Result& one = arguments[0][i];
    if (one.origin == Origin::unresolved || one.value->kind != Kind::text) throw Aborted{};
    out += (i > 0 ? separator : "") + std::string(one.value->string());
  }
  return {text(nullptr, out)};
}

// By bytes.
Results Evaluator::cut(const std::vector<Results>& arguments) {
  std::size_t begin = position(only(arguments[1]));
  std::size_t end = position(only(arguments[2]));
  Results out;
  for (const Result& one : arguments[0]) {
    if (one.origin == Origin::unresolved || one.value->kind != Kind::text) continue;
    std::string_view whole = one.value->string();
    if (begin >= end || end > whole.size()) continue;
    if (!ascii(whole)) throw NoOpinion{};
    out.push_back(text(one.value, whole.substr(begin, end - begin)));
  }
  return out;
}

Results Evaluator::replaced(const std::vector<Results>& arguments) {
  std::string_view pattern = only_text(arguments[1]);
  std::string_view by = only_text(arguments[2]);
  std::string why;
  std::unique_ptr<const Regex> regex = Regex::compile(pattern, why);
  if (regex == nullptr) throw Aborted{};
  Results out;
  for (const Result& one : arguments[0]) {
    if (one.origin == Origin::unresolved || one.value->kind != Kind::text) continue;
    std::optional<std::string> done = regex->expand_matches(one.value->string(), by);
    if (!done) throw NoOpinion{};
    out.push_back(text(one.value, *done));
  }
  return out;
}

namespace {

std::optional<std::int64_t> as_integer(const Value& value) {
  switch (value.kind) {
    case Kind::text:
      return parse_i64(value.string());
    case Kind::integer:
      return value.integer;
    case Kind::character:
      if (value.character < '0' || value.character > '9') return std::nullopt;
      return static_cast<std::int64_t>(value.character - '0');
    default:
      break;
  }
  if (value.real != value.real) return 0;
  if (std::fabs(value.real) >= 0x1p63) return value.real > 0 ? INT64_MAX : INT64_MIN;
  return static_cast<std::int64_t>(value.real);
}

std::optional<double> as_real(const Value& value) {
  if (value.kind == Kind::text) return parse_f64(value.string());
  if (value.kind == Kind::integer) return static_cast<double>(value.integer);
  if (value.kind == Kind::real) return value.real;
  if (value.character < '0' || value.character > '9') return std::nullopt;
  return static_cast<double>(value.character - '0');
}

bool number_like(const Value& value) {
  return value.kind == Kind::text || value.kind == Kind::integer || value.kind == Kind::real ||
         value.kind == Kind::character;
}

template <class T>
T or_abort(std::optional<T> value) {
  if (!value) throw Aborted{};
  return *value;
}

}  // namespace

// Values of a kind that a function has no meaning for are left out; what has the kind and not the form ends the run.
void Evaluator::convert(Function function, const Value& value, Results& out) {
  bool is_text = value.kind == Kind::text;
  Value& into = made(&value);
  switch (function) {
    case Function::to_upper:
    case Function::to_lower:
      if (is_text) out.push_back(text(&value, in_case(value.string(), function == Function::to_upper)));
      return;
    case Function::url_decode:
      if (!is_text) return;
      if (auto decoded = url_decoded(value.string())) out.push_back(text(&value, *decoded));
      return;
    case Function::json_parse:
      if (!is_text) return;
      if (!parse_embedded(value.string(), arena_, into)) throw Aborted{};
      break;
    case Function::parse_int:
      if (!number_like(value)) return;
      into.kind = Kind::integer;
      into.integer = or_abort(as_integer(value));
      break;
    case Function::parse_float:
      if (!number_like(value)) return;
      into.kind = Kind::real;
      into.real = or_abort(as_real(value));
      break;
    case Function::parse_boolean: {
      if (!is_text && value.kind != Kind::boolean) return;
      std::string word = is_text ? in_case(value.string(), false) : value.boolean ? "true" : "false";
      if (word != "true" && word != "false") throw Aborted{};
      into.kind = Kind::boolean;
      into.boolean = word == "true";
      break;
    }
    case Function::parse_string:
      if (is_text)
        out.push_back(text(&value, value.string()));
      else if (value.kind == Kind::integer)
        out.push_back(text(&value, std::to_string(value.integer)));
      else if (value.kind == Kind::real)
        out.push_back(text(&value, print_f64(value.real)));
      else if (value.kind == Kind::boolean)
        out.push_back(text(&value, value.boolean ? "true" : "false"));
      else if (value.kind == Kind::character)
        out.push_back(text(&value, character(value.character)));
      return;
    case Function::parse_char:
      if (value.kind == Kind::character) {
        out.push_back(text(&value, character(value.character)));
        return;
      }
      if (value.kind != Kind::integer && !is_text) return;
      if (is_text && value.size == 0) return;
      if (is_text ? value.size > 1 : value.integer < 0 || value.integer > 9) throw Aborted{};
      into.kind = Kind::character;
      into.character = static_cast<char32_t>(is_text ? value.text[0] : '0' + value.integer);
      break;
    default:
      throw NoOpinion{};
  }
  out.push_back({&into, Origin::resolved});
}

}  // namespace setpoint::guard::oracle
