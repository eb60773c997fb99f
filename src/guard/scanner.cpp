#include <re2/re2.h>

#include <algorithm>

#include "guard/limits.h"
#include "guard/parser.h"

namespace setpoint::guard {

namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

// Bytes of the letter or digit beyond ASCII at the front of `text`; 0 where there is none.
std::size_t wide_alphanumeric(std::string_view text) {
  static const RE2 kLetterOrDigit(R"([\p{L}\p{N}])");
  re2::StringPiece input(text.data(), std::min<std::size_t>(text.size(), 4));
  return RE2::Consume(&input, kLetterOrDigit) ? std::min<std::size_t>(text.size(), 4) - input.size() : 0;
}

}  // namespace

Parser::Deeper::Deeper(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ > kRulesNestingMax) {
    --parser_.depth_;
    parser_.fail(fmt::format("nested deeper than {} levels", kRulesNestingMax), "move inner parts into named rules");
  }
}

bool Parser::take(std::string_view word) {
  if (!rest().starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool Parser::keyword(std::string_view lower, std::string_view upper) { return take(lower) || take(upper); }

void Parser::skip_white() {
  while (!done() && is_white(text_[at_])) ++at_;
}

void Parser::skip_blanks() {
  while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
}

void Parser::skip_space() {
  for (;;) {
    skip_white();
    if (done() || text_[at_] != '#') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
}

bool Parser::some_space() {
  std::size_t before = at_;
  skip_space();
  return at_ > before;
}

bool Parser::take_after_space(char c) {
  std::size_t before = at_;
  skip_space();
  if (!done() && text_[at_] == c) {
    ++at_;
    return true;
  }
  expected(std::string_view(&c, 1));
  at_ = before;
  return false;
}

std::string_view Parser::while_alphanumeric(std::string_view also) {
  std::size_t from = at_;
  while (!done()) {
    char c = text_[at_];
    if (is_alphanumeric(c) || also.find(c) != also.npos) {
      ++at_;
    } else if (std::size_t wide = static_cast<unsigned char>(c) >= 0x80 ? wide_alphanumeric(rest()) : 0; wide > 0) {
      at_ += wide;
    } else {
      break;
    }
  }
  return text_.substr(from, at_ - from);
}

bool Parser::variable_name(std::string& out) {
  if (done() || !is_letter(text_[at_])) {
    expected("a name");
    return false;
  }
  out = while_alphanumeric("_");
  return true;
}

bool Parser::property_name(std::string& out) { return variable_name(out) || text_literal(out); }

// `not ` and `NOT ` need a blank behind them, `!` does not.
bool Parser::not_word() {
  std::size_t before = at_;
  if (keyword("not", "NOT") && !done() && (text_[at_] == ' ' || text_[at_] == '\t')) {
    skip_blanks();
    return true;
  }
  at_ = before;
  return take("!");
}

void Parser::fail(std::string what, std::string hint) const { fail_at(at_, std::move(what), std::move(hint)); }

void Parser::fail_at(std::size_t at, std::string what, std::string hint) const {
  throw Mistake{at, std::move(what), std::move(hint)};
}

void Parser::expected(std::string_view what) {
  if (at_ < furthest_) return;
  if (at_ > furthest_) furthest_expected_.clear();
  furthest_ = at_;
  if (furthest_expected_.find(what) != std::string::npos || furthest_expected_.size() > 200) return;
  if (!furthest_expected_.empty()) furthest_expected_ += " or ";
  furthest_expected_ += what;
}

base::Position Program::position(std::size_t offset) const {
  auto line = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  if (line == line_starts.begin()) return {};
  return {static_cast<int>(line - line_starts.begin()), static_cast<int>(offset - *(line - 1)) + 1};
}

NameId Program::name_id(std::string_view name) {
  auto found = name_ids.find(name);
  if (found != name_ids.end()) return found->second;
  auto id = static_cast<NameId>(names.size());
  names.emplace_back(name);
  name_ids.emplace(name, id);
  return id;
}

}  // namespace setpoint::guard
