// Tokens: what of a pattern's field can be looked up instead of tried. "aws.ec2" is found by one look into a hash
// table, and so is
// {"prefix": "aws."} once the lengths of all prefixes on that field are known. An event's value is turned into the few
// tokens that are in the table ("live"), and patterns wait in buckets named by up to three tokens (pattern_index.h).
//
// A token may promise less than its operator says: of {"wildcard": "a*b"} it is the prefix "a". Such a field is tried
// again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pattern/operators.h"

namespace setpoint::pattern {

enum class TokenKind : std::uint8_t {
  exact,
  null,
  boolean_false,
  boolean_true,
  number,
  prefix,
  suffix,
  any_case,
  any_case_prefix,
  any_case_suffix,
  network
};

// Whether its bytes are a stretch of the value's own.
constexpr bool is_part_of_value(TokenKind kind) {
  return kind == TokenKind::exact || kind == TokenKind::prefix || kind == TokenKind::suffix;
}

struct TokenText {
  TokenKind kind = TokenKind::exact;
  std::string text;     // bytes to be equal to; of a number the double's, of a network the masked address
  bool certain = true;  // the token alone proves that the operator matches
  bool operator==(const TokenText&) const = default;
};

// The tokens of which a matching value has at least one; nullopt where some operator has none.
std::optional<std::vector<TokenText>> tokens_of(const FieldTest& test);

// Which sizes of tokens are in use on one field, so that a value is asked for those only. Counts make removal exact.
class TokenShapes {
 public:
  void add(const TokenText& token) { change(token, 1); }
  void remove(const TokenText& token) { change(token, -1); }
  std::uint32_t tokens() const { return total_; }

  // Calls visit(kind, bytes) for every token that this value could be; the bytes live until the next call.
  template <class Visit>
  void each_candidate(const Value& value, std::string& scratch, Visit visit) const;

 private:
  struct Size {
    std::uint32_t size;
    std::uint32_t users;
    std::uint64_t ends = 0;  // a bit for each token's two ends; those of tokens that went may stay
    bool may_have(std::string_view text) const { return (ends & end_bit(text)) != 0; }
  };
  static std::uint64_t end_bit(std::string_view text) {
    return std::uint64_t{1} << (static_cast<unsigned>(text.front() * 5 + text.back()) & 63);
  }
  using Sizes = std::vector<Size>;  // ascending

  void change(const TokenText& token, int by);
  static void change(Sizes& sizes, std::uint32_t size, int by, std::uint64_t ends);
  Sizes& sizes_of(TokenKind kind);
  template <class Visit>
  void each_text_candidate(std::string_view text, std::string& scratch, Visit visit) const;

  std::uint32_t total_ = 0;
  std::uint32_t plain_ = 0;  // exact, literals, numbers
  std::uint32_t any_case_ = 0;
  Sizes prefixes_, suffixes_, any_case_prefixes_, any_case_suffixes_;
  Sizes networks_v4_, networks_v6_;
};

// The bytes of a number's and of an address's token.
void number_token(double nearest, std::string& out);
void network_token(const Address& address, unsigned bits, std::string& out);

template <class Visit>
void TokenShapes::each_candidate(const Value& value, std::string& scratch, Visit visit) const {
  switch (value.kind) {
    case ValueKind::null:
      return visit(TokenKind::null, std::string_view());
    case ValueKind::boolean_false:
      return visit(TokenKind::boolean_false, std::string_view());
    case ValueKind::boolean_true:
      return visit(TokenKind::boolean_true, std::string_view());
    case ValueKind::number:
      number_token(value.nearest, scratch);
      return visit(TokenKind::number, std::string_view(scratch));
    case ValueKind::string:
      return each_text_candidate(value.text, scratch, visit);
  }
}

template <class Visit>
void TokenShapes::each_text_candidate(std::string_view text, std::string& scratch, Visit visit) const {
  if (plain_ > 0) visit(TokenKind::exact, text);
  for (const Size& s : prefixes_) {
    if (s.size > text.size()) break;
    if (std::string_view part = text.substr(0, s.size); s.may_have(part)) visit(TokenKind::prefix, part);
  }
  for (const Size& s : suffixes_) {
    if (s.size > text.size()) break;
    if (std::string_view part = text.substr(text.size() - s.size); s.may_have(part)) visit(TokenKind::suffix, part);
  }
  if (any_case_ > 0 || !any_case_prefixes_.empty() || !any_case_suffixes_.empty()) {
    scratch = ascii_lowered(text);
    std::string_view low = scratch;
    if (any_case_ > 0) visit(TokenKind::any_case, low);
    for (const Size& s : any_case_prefixes_) {
      if (s.size <= low.size()) visit(TokenKind::any_case_prefix, low.substr(0, s.size));
    }
    for (const Size& s : any_case_suffixes_) {
      if (s.size <= low.size()) visit(TokenKind::any_case_suffix, low.substr(low.size() - s.size));
    }
  }
  if (networks_v4_.empty() && networks_v6_.empty()) return;
  std::optional<Address> address = parse_address(text);
  if (!address) return;
  for (const Size& s : address->v4 ? networks_v4_ : networks_v6_) {
    network_token(*address, s.size, scratch);
    visit(TokenKind::network, std::string_view(scratch));
  }
}

}  // namespace setpoint::pattern
