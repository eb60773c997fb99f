#include "guard/parser.h"

namespace setpoint::guard {

namespace {

// The words as written, white space runs made one blank.
std::string squeezed(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool white = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!white) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

struct OpWord {
  std::string_view lower;
  std::string_view upper;
  Op op;
};
constexpr OpWord kOpWords[] = {
    {"in", "IN", Op::in},
    {"exists", "EXISTS", Op::exists},
    {"empty", "EMPTY", Op::empty},
    {"is_string", "IS_STRING", Op::is_text},
    {"is_list", "IS_LIST", Op::is_list},
    {"is_struct", "IS_STRUCT", Op::is_map},
    {"is_bool", "IS_BOOL", Op::is_boolean},
    {"is_int", "IS_INT", Op::is_integer},
    {"is_null", "IS_NULL", Op::is_null},
    {"is_float", "IS_FLOAT", Op::is_real},
};
struct OpSign {
  std::string_view sign;
  Op op;
  bool inverted;
};
constexpr OpSign kOpSigns[] = {{"==", Op::eq, false}, {"!=", Op::eq, true}, {">=", Op::ge, false},
                               {"<=", Op::le, false}, {">", Op::gt, false}, {"<", Op::lt, false}};

}  // namespace

bool Parser::op(Op& op, bool& inverted) {
  std::size_t before = at_;
  if (rest().starts_with("<<")) return false;
  for (const OpSign& sign : kOpSigns) {
    if (!take(sign.sign)) continue;
    op = sign.op;
    inverted = sign.inverted;
    return true;
  }
  inverted = not_word();
  for (const OpWord& word : kOpWords) {
    if (!keyword(word.lower, word.upper)) continue;
    op = word.op;
    return true;
  }
  expected("an operator such as ==, in, exists or empty");
  at_ = before;
  return false;
}

// << text >>
bool Parser::message(std::string& out) {
  if (!take("<<")) return false;
  std::size_t end = text_.find(">>", at_);
  if (end == text_.npos) fail("the message is not closed", "add >> at its end");
  out = text_.substr(at_, end - at_);
  at_ = end + 2;
  return true;
}

void Parser::right_side(AccessClause& out) {
  Value value;
  Operand operand;
  std::size_t before = at_;
  if (literal(value)) {
    operand.is = keep(value);
  } else {
    skip_space();
    QueryPtr read;
    if (!function_call(operand)) {
      if (!query(read))
        fail_at(before, "expected a value, a query or a function behind the operator", "quote text: 'like this'");
      operand.is = read;
    }
  }
  out.against = std::move(operand);
}

bool Parser::access_clause(Clause& out) {
  std::size_t before = at_;
  AccessClause read;
  skip_space();
  auto begin = static_cast<std::uint32_t>(at_);
  read.negated = not_word();
  if (!query(read.query)) {
    at_ = before;
    return false;
  }
  skip_space();
  std::size_t from = at_;
  if (!op(read.op, read.op_inverted)) {
    at_ = before;
    return false;
  }
  if (!is_unary(read.op)) right_side(read);
  read.expected = squeezed(text_.substr(from, at_ - from));
  if (read.negated && is_unary(read.op)) read.expected = "not " + read.expected;
  out.span = {begin, static_cast<std::uint32_t>(at_)};
  skip_space();
  (void)message(read.message);
  out.is = std::move(read);
  return true;
}

bool Parser::block_clause(Clause& out) {
  std::size_t before = at_;
  BlockClause read;
  if (!query(read.query)) return false;
  std::size_t behind = at_;
  skip_space();
  if (not_word() && keyword("empty", "EMPTY")) {
    read.not_empty = true;
  } else {
    at_ = behind;
  }
  if (!block(read.block, &Parser::clause)) {
    at_ = before;
    return false;
  }
  read.expected = read.not_empty ? "not empty" : "exists";
  out.span = {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(behind)};
  out.is = std::move(read);
  return true;
}

bool Parser::call_clause(Clause& out) {
  std::size_t before = at_;
  (void)not_word();  // cfn-guard reads it and forgets it
  FunctionCall read;
  if (!call(read)) {
    at_ = before;
    return false;
  }
  RuleCall rule_call{read.name, std::move(read.arguments), {}};
  out.span = read.span;
  std::size_t behind = at_;
  skip_space();
  if (!message(rule_call.message)) at_ = behind;
  out.is = std::move(rule_call);
  return true;
}

// A bare name is a rule only where nothing else of the line could make it a property.
bool Parser::reference(Clause& out) {
  std::size_t before = at_;
  RuleReference read;
  read.negated = not_word();
  if (!variable_name(read.rule)) {
    at_ = before;
    return false;
  }
  std::size_t behind = at_;
  out.span = {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(behind)};
  skip_blanks();
  bool ends = behind >= text_.size() || rest().starts_with("\n") || rest().starts_with("\r\n") ||
              rest().starts_with("#") || rest().starts_with("{");
  at_ = behind;
  bool followed = ends || or_word();
  at_ = behind;
  if (!followed) {
    skip_blanks();
    if (!message(read.message)) {
      fail_at(behind, fmt::format("'{}' stands alone: neither a clause nor a reference to a rule", read.rule),
              "write an operator behind a property; a reference to a rule needs a line of its own");
    }
  }
  out.is = std::move(read);
  return true;
}

bool Parser::when_clause(Clause& out, ClauseParser inner) {
  std::size_t before = at_;
  WhenClause read;
  skip_space();
  auto begin = static_cast<std::uint32_t>(at_);
  if (!when_conditions(read.conditions) || !block(read.block, inner)) {
    at_ = before;
    return false;
  }
  out.span = {begin, static_cast<std::uint32_t>(at_)};
  out.is = std::move(read);
  return true;
}

bool Parser::clause(Clause& out) {
  return nested_when(out) || block_clause(out) || call_clause(out) || access_clause(out);
}

bool Parser::clause_or_reference(Clause& out) { return clause(out) || reference(out); }

bool Parser::condition(Clause& out) { return access_clause(out) || call_clause(out) || reference(out); }

// `or` with white space behind it.
bool Parser::or_word() {
  std::size_t before = at_;
  skip_space();
  if ((keyword("or", "OR") || take("|OR|")) && some_space()) return true;
  at_ = before;
  return false;
}

bool Parser::disjunction(Disjunction& out, ClauseParser inner) {
  std::size_t before = at_;
  for (;;) {
    std::size_t place = at_;
    if (!out.empty() && !or_word()) return true;
    skip_space();
    Clause clause;
    if (!(this->*inner)(clause)) {
      at_ = out.empty() ? before : place;
      return !out.empty();
    }
    out.push_back(std::move(clause));
  }
}

void Parser::conjunction(Conjunction& out, ClauseParser inner) {
  std::size_t before = at_;
  for (;;) {
    Disjunction read;
    if (!disjunction(read, inner)) break;
    out.push_back(std::move(read));
  }
  if (out.empty()) fail_at(before, "expected a clause");
}

bool Parser::when_conditions(Conjunction& out) {
  std::size_t before = at_;
  skip_space();
  if (!keyword("when", "WHEN")) {
    at_ = before;
    return false;
  }
  if (!some_space()) fail("expected white space behind 'when'");
  conjunction(out, &Parser::condition);
  return true;
}

bool Parser::block(Block& out, ClauseParser inner) {
  std::size_t before = at_;
  if (!take_after_space('{')) return false;
  Deeper deeper(*this);
  bool any = false;
  for (;; any = true) {
    std::size_t place = at_;
    skip_space();
    Let binding;
    Disjunction clauses;
    if (let(binding)) {
      bind(out.lets, std::move(binding));
    } else if (at_ = place; disjunction(clauses, inner)) {
      out.clauses.push_back(std::move(clauses));
    } else {
      at_ = place;
      break;
    }
  }
  if (!any) {
    expected("a clause");
    at_ = before;
    return false;
  }
  if (!take_after_space('}')) {
    std::string also = furthest_ > at_ ? "" : "; expected a clause or '}'";
    skip_space();
    fail_at(std::max(at_, furthest_), "cannot read this" + also,
            furthest_expected_.empty() ? "" : "expected " + furthest_expected_);
  }
  return true;
}

bool Parser::let(Let& out) {
  std::size_t before = at_;
  std::string text;
  if (!take("let") || !some_space() || !variable_name(text)) {
    at_ = before;
    return false;
  }
  out.name = name(text);
  skip_space();
  if (!take("=") && !take(":=")) fail("expected = or := behind the variable's name");
  Value value;
  if (literal(value)) {
    out.value.is = keep(value);
    return true;
  }
  std::size_t behind = at_;
  skip_space();
  try {
    if (function_call(out.value)) return true;
  } catch (const Mistake&) {
    // cfn-guard tries the text as a query then, and so do we
  }
  at_ = behind;
  skip_space();
  QueryPtr read;
  if (!query(read)) fail("expected a value, a query or a function behind =");
  out.value.is = read;
  return true;
}

void bind(std::vector<Let>& lets, Let let) {
  for (Let& present : lets) {
    if (present.name != let.name) continue;
    if (let.value.is.index() <= present.value.is.index()) present = std::move(let);
    return;
  }
  lets.push_back(std::move(let));
}

}  // namespace setpoint::guard
