#include <charconv>

#include "guard/case_convert.h"
#include "guard/limits.h"
#include "guard/parser.h"

namespace setpoint::guard {

namespace {

HashedKey hashed(std::string text) {
  std::uint32_t hash = hash_key(text);
  return {std::move(text), hash};
}

// As Rust reads an i32: a sign may stand before the digits.
std::optional<std::int32_t> as_index(std::string_view key) {
  if (key.size() > 1 && key[0] == '+' && key[1] != '-') key.remove_prefix(1);
  std::int32_t value = 0;
  auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), value);
  if (key.empty() || error != std::errc() || end != key.data() + key.size()) return std::nullopt;
  return value;
}

constexpr std::pair<std::string_view, Function> kFunctions[] = {
    {"count", Function::count},
    {"json_parse", Function::json_parse},
    {"regex_replace", Function::regex_replace},
    {"substring", Function::substring},
    {"to_upper", Function::to_upper},
    {"to_lower", Function::to_lower},
    {"join", Function::join},
    {"url_decode", Function::url_decode},
    {"parse_int", Function::parse_int},
    {"parse_float", Function::parse_float},
    {"parse_string", Function::parse_string},
    {"parse_boolean", Function::parse_boolean},
    {"parse_char", Function::parse_char},
    {"parse_epoch", Function::parse_epoch},
    {"now", Function::now},
    {"related", Function::related},
};

Function function_named(std::string_view name) {
  for (const auto& [text, function] : kFunctions) {
    if (text == name) return function;
  }
  return Function::unknown;
}

bool is_key(const Part& part, std::string_view key) { return part.kind == Part::Kind::key && part.key.text == key; }

bool is_plain_key(const Part& part) { return part.kind == Part::Kind::key && !part.key_index; }

}  // namespace

const Value* resource_type_of(const Query& query) {
  const std::vector<Part>& parts = query.parts;
  if (parts.size() < 3 || !is_key(parts[0], "Resources") || parts[1].kind != Part::Kind::all_values || parts[1].capture)
    return nullptr;
  if (parts[2].kind != Part::Kind::filter || parts[2].capture) return nullptr;
  const Conjunction& filter = *parts[2].filter;
  if (filter.size() != 1 || filter[0].size() != 1) return nullptr;
  const auto* same = std::get_if<AccessClause>(&filter[0][0].is);
  if (same == nullptr || same->op != Op::eq || same->op_inverted) return nullptr;
  if (same->query->parts.size() != 1 || !is_key(same->query->parts[0], "Type")) return nullptr;
  const auto* literal = std::get_if<const Value*>(&same->against->is);
  return literal != nullptr && (*literal)->kind == Kind::text ? *literal : nullptr;
}

bool Parser::query(QueryPtr& out) {
  auto known = queries_.find(at_);
  if (known != queries_.end()) {
    out = known->second.query;
    at_ = known->second.end;
    return out != nullptr;
  }
  std::size_t begin = at_;
  auto read = std::make_shared<Query>();
  bool ok = read_query(*read);
  if (!ok) at_ = begin;
  if (ok) read->resource_type = resource_type_of(*read);
  if (ok) read->straight = std::all_of(read->parts.begin(), read->parts.end(), is_plain_key);
  read->span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  out = ok ? QueryPtr(std::move(read)) : nullptr;
  queries_[begin] = {out, at_};
  return ok;
}

bool Parser::read_query(Query& out) {
  std::size_t before = at_;
  skip_space();
  if (keyword("some", "SOME") && some_space()) {
    out.match_all = false;
  } else {
    at_ = before;
  }
  Part part;
  if (!first_part(part)) return false;
  bool variable = part.kind == Part::Kind::variable;
  out.parts.push_back(std::move(part));
  for (Part next; next_part(next); next = Part{}) {
    if (variable && out.parts.size() == 1 && next.kind != Part::Kind::all_indices) {
      Part implicit;
      implicit.kind = Part::Kind::all_indices;
      out.parts.push_back(std::move(implicit));
    }
    out.parts.push_back(std::move(next));
    if (out.parts.size() > kQueryPartsMax)
      fail(fmt::format("a query of more than {} parts", kQueryPartsMax), "bind its beginning to a variable");
  }
  return true;
}

Part Parser::key_part(std::string_view key) {
  Part part;
  if (key.starts_with('%')) {
    part.kind = Part::Kind::variable;
    part.name = name(key.substr(1));
    return part;
  }
  part.kind = Part::Kind::key;
  part.key = hashed(std::string(key));
  part.key_index = as_index(key);
  part.parameters = key == "CONFIG_RULE_PARAMETERS";
  auto other = spellings(key);
  for (int i = 0; i < kCaseConverters; ++i)
    part.converted[static_cast<std::size_t>(i)] = hashed(std::move(other[static_cast<std::size_t>(i)]));
  return part;
}

bool Parser::first_part(Part& out) {
  std::size_t before = at_;
  skip_space();
  if (keyword("this", "THIS")) {
    out.kind = Part::Kind::self;
    return true;
  }
  at_ = before;
  std::string text;
  bool variable = take("%");
  if (variable ? !variable_name(text) : !property_name(text)) {
    at_ = before;
    return false;
  }
  out = key_part(variable ? "%" + text : text);
  return true;
}

bool Parser::next_part(Part& out) { return dotted_part(out) || bracket_part(out); }

bool Parser::dotted_part(Part& out) {
  std::size_t before = at_;
  if (!take_after_space('.')) return false;
  std::int64_t index = 0;
  std::string text;
  if (integer_literal(index)) {
    out.kind = Part::Kind::index;
    out.index = static_cast<std::int32_t>(index);
  } else if (property_name(text)) {
    out = key_part(text);
  } else if (take("%")) {
    if (!variable_name(text)) {
      at_ = before;
      return false;
    }
    out = key_part("%" + text);
  } else if (take("*")) {
    out.kind = Part::Kind::all_values;
  } else {
    at_ = before;
    return false;
  }
  return true;
}

bool Parser::bracket_part(Part& out) {
  std::size_t before = at_;
  if (!take_after_space('[')) return false;
  std::size_t inside = at_;
  for (auto reader :
       {&Parser::all_indices, &Parser::bracket_index, &Parser::bracket_key, &Parser::keys_filter, &Parser::filter}) {
    at_ = inside;
    out = Part{};
    if ((this->*reader)(out)) return true;
  }
  at_ = before;
  return false;
}

bool Parser::close_bracket() { return take_after_space(']'); }

// [*] and [name]
bool Parser::all_indices(Part& out) {
  std::string text;
  std::size_t before = at_;
  skip_space();
  bool star = take("*");
  if (!star) {
    at_ = before;
    if (!variable_name(text)) return false;
    out.capture = name(text);
  }
  out.kind = Part::Kind::all_indices;
  return close_bracket();
}

bool Parser::bracket_index(Part& out) {
  std::int64_t index = 0;
  if (!integer_literal(index)) return false;
  if (!close_bracket()) fail("expected ']' behind the index");
  out.kind = Part::Kind::index;
  out.index = static_cast<std::int32_t>(index);
  return true;
}

// ['key'] and [ name ]
bool Parser::bracket_key(Part& out) {
  std::string text;
  if (text_literal(text)) {
    out = key_part(text);
    return close_bracket();
  }
  skip_space();
  if (!variable_name(text)) return false;
  out.kind = Part::Kind::all_values;
  out.capture = name(text);
  skip_space();
  return close_bracket();
}

// `name |` in front of a filter: the keys that match go into the variable.
bool Parser::capture_name(std::optional<NameId>& out) {
  std::size_t before = at_;
  std::string text;
  skip_space();
  if (variable_name(text)) {
    skip_blanks();
    if (take("|")) {
      out = name(text);
      return true;
    }
  }
  at_ = before;
  return false;
}

bool Parser::keys_filter(Part& out) {
  std::optional<NameId> unused;  // cfn-guard reads a capture here and never fills it
  (void)capture_name(unused);
  skip_space();
  if (!keyword("KEYS", "keys")) return false;
  auto filter = std::make_shared<KeysFilter>();
  skip_space();
  if (take("==")) {
    filter->op = Op::eq;
  } else if (take("!=")) {
    filter->inverted = true;
  } else {
    filter->inverted = not_word();
    filter->op = Op::in;
    if (!keyword("in", "IN")) fail("expected ==, !=, in or not in behind 'keys'");
  }
  Value value;
  QueryPtr against;
  if (literal(value)) {
    filter->against.is = keep(value);
  } else {
    skip_space();
    if (!query(against)) fail("expected a value or a query behind the operator");
    filter->against.is = against;
  }
  out.kind = Part::Kind::keys_filter;
  out.keys = std::move(filter);
  return close_bracket();
}

bool Parser::filter(Part& out) {
  Deeper deeper(*this);
  (void)capture_name(out.capture);
  auto clauses = std::make_shared<Conjunction>();
  conjunction(*clauses, &Parser::clause);
  if (!close_bracket()) fail("expected ']' at the end of the filter");
  out.kind = Part::Kind::filter;
  out.filter = std::move(clauses);
  return true;
}

// name(argument, argument)
bool Parser::call(FunctionCall& out) {
  std::size_t before = at_;
  if (!variable_name(out.name) || !take("(")) {
    at_ = before;
    return false;
  }
  Deeper deeper(*this);
  for (std::size_t place = at_;;) {
    Operand argument;
    skip_white();
    if (!operand(argument)) {
      at_ = place;
      break;
    }
    skip_white();
    out.arguments.push_back(std::move(argument));
    place = at_;
    if (!take(",")) break;
  }
  if (!take(")")) {
    expected("')'");
    at_ = before;
    return false;
  }
  out.function = function_named(out.name);
  out.span = {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(at_)};
  return true;
}

bool Parser::function_call(Operand& out) {
  auto read = std::make_shared<FunctionCall>();
  if (!call(*read)) return false;
  out.is = std::shared_ptr<const FunctionCall>(std::move(read));
  return true;
}

// What a call is given.
bool Parser::operand(Operand& out) {
  std::size_t before = at_;
  Value value;
  if (literal(value)) {
    out.is = keep(value);
    return true;
  }
  skip_space();
  if (function_call(out)) return true;
  QueryPtr read;
  if (query(read)) {
    out.is = read;
    return true;
  }
  at_ = before;
  return false;
}

}  // namespace setpoint::guard
