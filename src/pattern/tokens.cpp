#include "pattern/tokens.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"

namespace setpoint::pattern {

namespace {

std::optional<TokenText> text_token(TokenKind kind, std::string_view text, bool certain) {
  if (text.empty() && kind != TokenKind::exact && kind != TokenKind::any_case)
    return std::nullopt;  // every string has it
  return TokenText{kind, std::string(text), certain};
}

std::optional<TokenText> case_token(const IgnoreCase& op) {
  if (!op.text->ascii()) return std::nullopt;
  TokenKind kind = op.part == CasePart::whole    ? TokenKind::any_case
                   : op.part == CasePart::prefix ? TokenKind::any_case_prefix
                                                 : TokenKind::any_case_suffix;
  return text_token(kind, ascii_lowered(op.text->text()), true);
}

std::optional<TokenText> wildcard_token(const Wildcard& wildcard) {
  if (wildcard.literal()) return text_token(TokenKind::exact, wildcard.head(), true);
  bool by_head = wildcard.head().size() >= wildcard.tail().size();
  return by_head ? text_token(TokenKind::prefix, wildcard.head(), false)
                 : text_token(TokenKind::suffix, wildcard.tail(), false);
}

// {"numeric": ["=", 5]} is a range of one number.
std::optional<TokenText> range_token(const Range& range) {
  if (!range.low || !range.high || range.low->view().nearest != range.high->view().nearest) return std::nullopt;
  TokenText token{TokenKind::number, {}, false};
  number_token(range.low->view().nearest, token.text);
  return token;
}

TokenKind literal_kind(ValueKind kind) {
  switch (kind) {
    case ValueKind::null:
      return TokenKind::null;
    case ValueKind::boolean_false:
      return TokenKind::boolean_false;
    case ValueKind::boolean_true:
      return TokenKind::boolean_true;
    default:
      return TokenKind::exact;
  }
}

std::optional<TokenText> token_of(const Operator& op) {
  if (auto* o = std::get_if<Literal>(&op)) return TokenText{literal_kind(o->kind), o->text, true};
  if (auto* o = std::get_if<ExactNumber>(&op)) {
    TokenText token{TokenKind::number, {}, false};
    number_token(o->value->view().nearest, token.text);
    return token;
  }
  if (auto* o = std::get_if<Range>(&op)) return range_token(*o);
  if (auto* o = std::get_if<Affix>(&op))
    return text_token(o->suffix ? TokenKind::suffix : TokenKind::prefix, o->text, true);
  if (auto* o = std::get_if<IgnoreCase>(&op)) return case_token(*o);
  if (auto* o = std::get_if<WildcardTest>(&op)) return wildcard_token(*o->wildcard);
  if (auto* o = std::get_if<CidrTest>(&op)) {
    TokenText token{TokenKind::network, {}, true};
    network_token(o->network->base(), o->network->bits(), token.text);
    return token;
  }
  return std::nullopt;
}

}  // namespace

void number_token(double nearest, std::string& out) {
  if (nearest == 0) nearest = 0;  // -0 is 0
  out.assign(reinterpret_cast<const char*>(&nearest), sizeof nearest);
}

void network_token(const Address& address, unsigned bits, std::string& out) {
  Address net = masked(address, bits);
  out.assign(reinterpret_cast<const char*>(net.bytes.data()), net.v4 ? 4 : 16);
  out.push_back(static_cast<char>(bits));
}

std::optional<std::vector<TokenText>> tokens_of(const FieldTest& test) {
  if (test.allows_absence()) return std::nullopt;
  std::vector<TokenText> out;
  for (const Operator& op : test.any()) {
    std::optional<TokenText> token = token_of(op);
    if (!token) return std::nullopt;
    if (std::find(out.begin(), out.end(), *token) == out.end()) out.push_back(std::move(*token));
  }
  return out;
}

TokenShapes::Sizes& TokenShapes::sizes_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::prefix:
      return prefixes_;
    case TokenKind::suffix:
      return suffixes_;
    case TokenKind::any_case_prefix:
      return any_case_prefixes_;
    default:
      return any_case_suffixes_;
  }
}

void TokenShapes::change(const TokenText& token, int by) {
  auto add = [&](std::uint32_t& count) { count = static_cast<std::uint32_t>(static_cast<int>(count) + by); };
  add(total_);
  std::uint32_t size = static_cast<std::uint32_t>(token.text.size());
  switch (token.kind) {
    case TokenKind::prefix:
    case TokenKind::suffix:
    case TokenKind::any_case_prefix:
    case TokenKind::any_case_suffix:
      change(sizes_of(token.kind), size, by, end_bit(token.text));
      return;
    case TokenKind::any_case:
      return add(any_case_);
    case TokenKind::network:
      change(size == 5 ? networks_v4_ : networks_v6_, static_cast<unsigned char>(token.text.back()), by, 0);
      return;
    default:
      return add(plain_);
  }
}

void TokenShapes::change(Sizes& sizes, std::uint32_t size, int by, std::uint64_t ends) {
  auto at =
      std::lower_bound(sizes.begin(), sizes.end(), size, [](const Size& s, std::uint32_t n) { return s.size < n; });
  if (at == sizes.end() || at->size != size) at = sizes.insert(at, {size, 0, 0});
  at->ends |= ends;
  at->users = static_cast<std::uint32_t>(static_cast<int>(at->users) + by);
  if (at->users == 0) sizes.erase(at);
}

}  // namespace setpoint::pattern
