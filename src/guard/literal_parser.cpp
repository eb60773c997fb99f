#include <charconv>

#include "guard/limits.h"
#include "guard/parser.h"

namespace setpoint::guard {

namespace {

std::size_t digits(std::string_view text, std::size_t from) {
  std::size_t to = from;
  while (to < text.size() && text[to] >= '0' && text[to] <= '9') ++to;
  return to - from;
}

template <class T>
const Range<T>* keep_range(Arena& arena, T lower, T upper, char open, char close) {
  Range<T>* range = arena.make<Range<T>>(1);
  *range = {lower, upper, open == '[', close == ']'};
  return range;
}

// One character of UTF-8 text; its bytes in `taken`.
char32_t decode(std::string_view text, std::size_t& taken) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  taken = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  taken = std::min(taken, text.size());
  char32_t out = taken == 1 ? first : first & (0xFF >> (taken + 1));
  for (std::size_t i = 1; i < taken; ++i) out = (out << 6) | (byte(i) & 0x3F);
  return out;
}

}  // namespace

// Literals have no path: their nodes have no parents, so they may be copied freely.
const Value* Parser::keep(const Value& value) {
  Value* kept = program_.arena.make<Value>(1);
  *kept = value;
  return kept;
}

// The alternatives stand in cfn-guard's order: `nullable` reads as null followed by rubbish there as well.
bool Parser::literal(Value& out) {
  std::size_t before = at_;
  skip_space();
  out = Value{};
  if (keyword("null", "NULL")) return true;
  if (scalar_literal(out) || range_literal(out) || list_literal(out) || map_literal(out)) return true;
  expected("a value");
  at_ = before;
  return false;
}

bool Parser::scalar_literal(Value& out) {
  std::string text;
  if (text_literal(text)) {
    set_text(out, text, program_.arena);
    return true;
  }
  if (real_literal(out.real)) {
    out.kind = Kind::real;
  } else if (integer_literal(out.integer)) {
    out.kind = Kind::integer;
  } else if (bool yes = keyword("true", "True"); yes || keyword("false", "False")) {
    out.kind = Kind::boolean;
    out.bits = 0;
    out.boolean = yes;
  } else {
    return regex_literal(out);
  }
  return true;
}

bool Parser::text_literal(std::string& out) { return quoted('\'', out) || quoted('"', out); }

// A backslash escapes the quote and nothing else.
bool Parser::quoted(char quote, std::string& out) {
  if (done() || text_[at_] != quote) return false;
  std::size_t start = at_;
  out.clear();
  for (std::size_t from = at_ + 1;;) {
    std::size_t to = std::min(text_.find(quote, from), text_.size());
    std::string_view piece = text_.substr(from, to - from);
    bool escaped = piece.ends_with('\\');
    if (to == text_.size()) {
      if (escaped) return false;
      fail_at(start, "the text is not closed", fmt::format("add {} at its end", quote));
    }
    if (!escaped) {
      out += piece;
      at_ = to + 1;
      return true;
    }
    out += piece.substr(0, piece.size() - 1);
    out += quote;
    from = to + 1;
  }
}

bool Parser::integer_literal(std::int64_t& out) {
  std::size_t sign = !done() && text_[at_] == '-' ? 1 : 0;
  std::size_t count = digits(text_, at_ + sign);
  if (count == 0) return false;
  const char* begin = text_.data() + at_ + sign;
  std::int64_t value = 0;
  if (std::from_chars(begin, begin + count, value).ec != std::errc()) return false;
  out = sign == 1 ? -value : value;
  at_ += sign + count;
  return true;
}

// Digits with a fraction or with a signed exponent make a float; what then belongs to it follows the usual grammar.
bool Parser::real_literal(double& out) {
  std::size_t whole = digits(text_, at_);
  if (whole == 0) return false;
  std::size_t to = at_ + whole;
  bool dot = to < text_.size() && text_[to] == '.';
  std::size_t fraction = dot ? digits(text_, to + 1) : 0;
  if (fraction > 0) to += 1 + fraction;
  auto exponent_at = [&](std::size_t at) { return at < text_.size() && (text_[at] == 'e' || text_[at] == 'E'); };
  auto sign_at = [&](std::size_t at) { return at < text_.size() && (text_[at] == '+' || text_[at] == '-'); };
  bool exponent = exponent_at(to) && sign_at(to + 1) && digits(text_, to + 2) > 0;
  if (fraction == 0 && !exponent) return false;
  if (exponent_at(to)) {
    std::size_t from = to + (sign_at(to + 1) ? 2 : 1);
    std::size_t count = digits(text_, from);
    if (count == 0) fail_at(to, "a number ends with an exponent that has no digits");
    to = from + count;
  }
  out = std::strtod(std::string(text_.substr(at_, to - at_)).c_str(), nullptr);
  at_ = to;
  return true;
}

bool Parser::regex_literal(Value& out) {
  if (done() || text_[at_] != '/') return false;
  std::size_t start = at_;
  std::string pattern;
  std::size_t end = 0;
  for (std::size_t from = at_ + 1; end == 0;) {
    std::size_t to = std::min(text_.find('/', from), text_.size());
    std::string_view piece = text_.substr(from, to - from);
    if (to == text_.size() || piece.empty()) return false;
    from = to + 1;
    bool escaped = piece.ends_with('\\');
    pattern += piece.substr(0, piece.size() - (escaped ? 1 : 0));
    if (escaped) {
      pattern += '/';
    } else {
      end = from;
    }
  }
  std::string why;
  std::unique_ptr<const Regex> regex = Regex::compile(pattern, why);
  if (!regex) fail_at(start, "the regular expression does not compile: " + why);
  at_ = end;
  out.kind = Kind::regex;
  out.regex = regex.get();
  program_.regexes.push_back(std::move(regex));
  return true;
}

bool Parser::range_end(Value& out) {
  skip_blanks();
  if (real_literal(out.real)) {
    out.kind = Kind::real;
  } else if (integer_literal(out.integer)) {
    out.kind = Kind::integer;
  } else if (!done()) {
    std::size_t taken = 0;
    out.kind = Kind::character;
    out.bits = 0;
    out.character = decode(rest(), taken);
    at_ += taken;
  } else {
    return false;
  }
  skip_blanks();
  return true;
}

bool Parser::range_literal(Value& out) {
  std::size_t before = at_;
  Value lower;
  Value upper;
  char open = at_ + 1 < text_.size() ? text_[at_ + 1] : ' ';
  bool read = take("r") && (take("(") || take("[")) && range_end(lower) && take(",") && range_end(upper) && !done();
  char close = read ? text_[at_] : ' ';
  if (!read || (close != ')' && close != ']')) {
    at_ = before;
    return false;
  }
  ++at_;
  if (lower.kind != upper.kind) {
    fail_at(before, "the two ends of a range must be of one kind",
            "both integers, both floats or both single characters");
  }
  if (lower.kind == Kind::integer) {
    out.kind = Kind::int_range;
    out.int_range = keep_range(program_.arena, lower.integer, upper.integer, open, close);
  } else if (lower.kind == Kind::real) {
    out.kind = Kind::real_range;
    out.real_range = keep_range(program_.arena, lower.real, upper.real, open, close);
  } else {
    out.kind = Kind::char_range;
    out.char_range = keep_range(program_.arena, lower.character, upper.character, open, close);
  }
  return true;
}

bool Parser::list_literal(Value& out) {
  std::size_t before = at_;
  if (!take("[")) return false;
  Deeper deeper(*this);
  std::vector<Value> items;
  Value item;
  bool comma = false;  // one that no value follows makes the list unreadable
  while (literal(item)) {
    items.push_back(item);
    comma = take_after_space(',');
    if (!comma) break;
  }
  if (comma || !take_after_space(']')) {
    at_ = before;
    return false;
  }
  make_list(out, items.size(), program_.arena);
  for (std::size_t i = 0; i < items.size(); ++i) out.items[i] = items[i];  // without a parent
  return true;
}

bool Parser::map_entry(std::string& key, Value& out) {
  std::size_t before = at_;
  skip_space();
  key = while_alphanumeric("-_");
  if ((!key.empty() || text_literal(key)) && take_after_space(':') && literal(out)) return true;
  at_ = before;
  return false;
}

bool Parser::map_literal(Value& out) {
  std::size_t before = at_;
  if (!take("{")) return false;
  Deeper deeper(*this);
  std::vector<std::pair<std::string, Value>> entries;
  std::string key;
  Value value;
  bool comma = false;
  while (map_entry(key, value)) {
    entries.emplace_back(key, value);
    comma = take_after_space(',');
    if (!comma) break;
  }
  if (comma || !take_after_space('}')) {
    at_ = before;
    return false;
  }
  make_map(out, entries.size(), program_.arena);
  for (auto& [name, item] : entries) put(out, name, program_.arena) = item;  // without a parent
  return true;
}

}  // namespace setpoint::guard
