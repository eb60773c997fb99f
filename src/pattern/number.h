// JSON numbers compared by value: 1, 1.0 and 1e0 are equal, and 9007199254740993 is not 9007199254740992.
//
// A Number keeps the text it was read from (not owned) and the nearest double. Rounding keeps order, so doubles that
// differ decide; where they are equal and one of the texts has more than 15 digits, the decimal digits decide. Refused:
// what is not a JSON number, what is larger than any double (about 1.8e308), exponents of more than nine digits.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace setpoint::pattern {

struct Number {
  std::string_view text;
  double nearest = 0;
  bool brief = false;  // at most 15 significant digits: then `nearest` names the value
};

enum class NumberFault { none, malformed, too_large };

NumberFault parse_number(std::string_view text, Number& out);
// The same verdict, without the value.
NumberFault check_number(std::string_view text);
// True only for a number of at most kPlainNumberReach bytes without an exponent; false says nothing. So many bytes must
// be readable from its beginning on.
inline constexpr std::size_t kPlainNumberReach = 16;
bool is_plain_number(std::string_view text);

std::strong_ordering compare_digits(const Number& a, const Number& b);
inline std::strong_ordering compare(const Number& a, const Number& b) {
  if (a.nearest < b.nearest) return std::strong_ordering::less;
  if (a.nearest > b.nearest) return std::strong_ordering::greater;
  return a.brief && b.brief ? std::strong_ordering::equal : compare_digits(a, b);
}
// Is the number what its nearest double prints as (0.1 is, 9007199254740993 is not)?
bool is_double(const Number& number);

// A Number that owns its text: an operand of a pattern.
class OwnedNumber {
 public:
  explicit OwnedNumber(const Number& number) : text_(number.text), nearest_(number.nearest), brief_(number.brief) {}
  Number view() const { return {text_, nearest_, brief_}; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  double nearest_;
  bool brief_;
};

}  // namespace setpoint::pattern
