#include "pattern/number.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "pattern/byte_lanes.h"

namespace setpoint::pattern {

namespace {

constexpr std::size_t kDigitsSafe = 300;  // digits before the point that no double is too small for

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The parts of a JSON number; views into its text.
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

NumberFault take_exponent(std::string_view& rest, Parts& parts) {
  rest.remove_prefix(1);
  bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  std::string_view digits = take_digits(rest);
  if (digits.empty()) return NumberFault::malformed;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() > 9) return NumberFault::too_large;
  std::from_chars(digits.data(), digits.data() + digits.size(), parts.exponent);
  if (negative) parts.exponent = -parts.exponent;
  return NumberFault::none;
}

NumberFault split(std::string_view rest, Parts& parts) {
  if (!rest.empty() && rest.front() == '-') {
    parts.negative = true;
    rest.remove_prefix(1);
  }
  parts.whole = take_digits(rest);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return NumberFault::malformed;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    parts.fraction = take_digits(rest);
    if (parts.fraction.empty()) return NumberFault::malformed;
  }
  NumberFault fault = NumberFault::none;
  if (!rest.empty() && (rest.front() == 'e' || rest.front() == 'E')) fault = take_exponent(rest, parts);
  return fault == NumberFault::none && !rest.empty() ? NumberFault::malformed : fault;
}

// 0.d1d2d3... times ten to the `scale`, with d1 and the last digit not zero; no digits for zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t scale = 0;
};

Decimal decimal_of(const Number& number) {
  Parts parts;
  split(number.text, parts);
  Decimal out{parts.negative, std::string(parts.whole) + std::string(parts.fraction), 0};
  out.scale = static_cast<std::int64_t>(parts.whole.size()) + parts.exponent;
  std::size_t zeros = out.digits.find_first_not_of('0');
  if (zeros == std::string::npos) return {};
  out.digits.erase(0, zeros);
  out.scale -= static_cast<std::int64_t>(zeros);
  out.digits.erase(out.digits.find_last_not_of('0') + 1);
  return out;
}

std::strong_ordering compare_sizes(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty()) return a.digits.size() <=> b.digits.size();
  if (a.scale != b.scale) return a.scale <=> b.scale;
  return a.digits.compare(b.digits) <=> 0;
}

std::strong_ordering compare_decimals(const Decimal& a, const Decimal& b) {
  bool a_below = a.negative && !a.digits.empty(), b_below = b.negative && !b.digits.empty();
  if (a_below != b_below) return a_below ? std::strong_ordering::less : std::strong_ordering::greater;
  return a_below ? compare_sizes(b, a) : compare_sizes(a, b);
}

std::size_t significant_digits(const Parts& parts) {
  std::size_t all = parts.whole.size() + parts.fraction.size();
  return parts.whole == "0" ? all - 1 : all;
}

// Integers of few digits, by far the most common, without the general way.
bool small_integer(std::string_view text, Number& out) {
  bool negative = text.front() == '-';
  std::size_t i = negative ? 1 : 0, digits = text.size() - i;
  if (digits == 0 || digits > 15 || (digits > 1 && text[i] == '0')) return false;
  std::int64_t value = 0;
  for (; i < text.size(); ++i) {
    if (!is_digit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  out = {text, static_cast<double>(negative ? -value : value), true};
  return true;
}

// A bit for each of eight bytes that is no digit, the first byte's lowest.
unsigned other_than_digits(const char* bytes) {
  constexpr std::uint64_t kHigh = 0x8080808080808080u;
  std::uint64_t word = eight_bytes(bytes) ^ 0x3030303030303030u;  // digits become 0 to 9
  std::uint64_t above = ((word & ~kHigh) + 0x7676767676767676u) | word;
  return static_cast<unsigned>(lowest_bits(above >> 7));
}

}  // namespace

bool is_plain_number(std::string_view text) {
  if (text.size() > kPlainNumberReach) return false;
  unsigned other = other_than_digits(text.data()) | other_than_digits(text.data() + 8) << 8;
  other &= (1u << text.size()) - 1;
  std::size_t first = text.front() == '-' ? 1 : 0;
  other &= ~static_cast<unsigned>(first);
  std::size_t point = other == 0 ? text.size() : static_cast<std::size_t>(std::countr_zero(other));
  if (point == first || (text[first] == '0' && point != first + 1)) return false;
  return other == 0 || (text[point] == '.' && (other & (other - 1)) == 0 && point + 1 < text.size());
}

NumberFault parse_number(std::string_view text, Number& out) {
  if (text.empty()) return NumberFault::malformed;
  if (small_integer(text, out)) return NumberFault::none;
  Parts parts;
  if (NumberFault fault = split(text, parts); fault != NumberFault::none) return fault;
  out.text = text;
  auto read = std::from_chars(text.data(), text.data() + text.size(), out.nearest);
  if (read.ec == std::errc::result_out_of_range) out.nearest = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(out.nearest)) return NumberFault::too_large;
  double size = std::fabs(out.nearest);
  out.brief = significant_digits(parts) <= 15 && size > 1e-290;
  return NumberFault::none;
}

bool is_double(const Number& number) {
  if (number.brief) return true;
  char shortest[32];
  auto written = std::to_chars(shortest, shortest + sizeof shortest, number.nearest);
  std::string_view text(shortest, static_cast<std::size_t>(written.ptr - shortest));
  return compare_decimals(decimal_of(number), decimal_of({text, 0, false})) == 0;
}

std::strong_ordering compare_digits(const Number& a, const Number& b) {
  return compare_decimals(decimal_of(a), decimal_of(b));
}

NumberFault check_number(std::string_view text) {
  Parts parts;
  if (NumberFault fault = split(text, parts); fault != NumberFault::none) return fault;
  if (parts.exponent <= 0 && parts.whole.size() < kDigitsSafe) return NumberFault::none;
  Number number;
  return parse_number(text, number);
}

}  // namespace setpoint::pattern
