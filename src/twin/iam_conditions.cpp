#include "twin/iam_conditions.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace setpoint::twin {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// value (of the request) against pattern (of the policy)
using Compare = bool (*)(std::string_view value, std::string_view pattern, const AccessRequest& request);

bool string_equals(std::string_view value, std::string_view pattern, const AccessRequest& request) {
  // Variables count here, wildcards do not.
  std::string literal;
  for (char c : pattern) literal += c == '*' ? "${*}" : c == '?' ? "${?}" : std::string(1, c);
  bool has_variables = pattern.find("${") != std::string_view::npos;
  return has_variables ? matches_policy_pattern(
                             value, pattern.find_first_of("*?") == std::string_view::npos ? pattern : literal, request)
                       : value == pattern;
}
bool string_equals_ignore_case(std::string_view value, std::string_view pattern, const AccessRequest& request) {
  return string_equals(lower(value), lower(pattern), request);
}
bool string_like(std::string_view value, std::string_view pattern, const AccessRequest& request) {
  return matches_policy_pattern(value, pattern, request);
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return {};
  return number;
}

template <class Order>
bool numeric(std::string_view value, std::string_view pattern, const AccessRequest&) {
  auto a = number_of(value), b = number_of(pattern);
  return a && b && Order{}(*a, *b);
}

std::optional<double> date_of(std::string_view text) {
  if (auto seconds = number_of(text)) return *seconds * 1000;
  auto time = base::parse_iso8601(text);
  if (!time) return {};
  return static_cast<double>(time->ms);
}

template <class Order>
bool date(std::string_view value, std::string_view pattern, const AccessRequest&) {
  auto a = date_of(value), b = date_of(pattern);
  return a && b && Order{}(*a, *b);
}

bool boolean(std::string_view value, std::string_view pattern, const AccessRequest&) {
  return lower(value) == lower(pattern);
}

struct Address {
  unsigned char bytes[16] = {};
  int bits = 0;
};

std::optional<Address> address_of(std::string_view text, int& prefix) {
  std::size_t slash = text.find('/');
  std::string host(text.substr(0, slash));
  Address address;
  bool v6 = host.find(':') != std::string::npos;
  address.bits = v6 ? 128 : 32;
  if (inet_pton(v6 ? AF_INET6 : AF_INET, host.c_str(), address.bytes) != 1) return {};
  prefix = address.bits;
  if (slash == std::string_view::npos) return address;
  std::string_view digits = text.substr(slash + 1);
  auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (digits.empty() || parsed.ptr != digits.data() + digits.size() || prefix < 0 || prefix > address.bits) return {};
  return address;
}

bool ip_address(std::string_view value, std::string_view pattern, const AccessRequest&) {
  int unused = 0, prefix = 0;
  auto a = address_of(value, unused), b = address_of(pattern, prefix);
  if (!a || !b || a->bits != b->bits) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    int mask = 0x80 >> (bit % 8);
    if ((a->bytes[bit / 8] & mask) != (b->bytes[bit / 8] & mask)) return false;
  }
  return true;
}

std::vector<std::string_view> arn_parts(std::string_view arn) {
  std::vector<std::string_view> parts;
  for (int i = 0; i < 5; ++i) {
    std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

// Part by part: a wildcard does not reach over a colon of the first five.
bool arn_like(std::string_view value, std::string_view pattern, const AccessRequest& request) {
  auto a = arn_parts(value), b = arn_parts(pattern);
  if (a.empty() || b.empty()) return pattern == "*";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!matches_policy_pattern(a[i], b[i], request)) return false;
  }
  return true;
}

struct Operator {
  std::string_view name;
  Compare compare;
  bool negated;
};
constexpr Operator kOperators[] = {
    {"stringequals", string_equals, false},
    {"stringnotequals", string_equals, true},
    {"stringequalsignorecase", string_equals_ignore_case, false},
    {"stringnotequalsignorecase", string_equals_ignore_case, true},
    {"stringlike", string_like, false},
    {"stringnotlike", string_like, true},
    {"numericequals", numeric<std::equal_to<>>, false},
    {"numericnotequals", numeric<std::equal_to<>>, true},
    {"numericlessthan", numeric<std::less<>>, false},
    {"numericlessthanequals", numeric<std::less_equal<>>, false},
    {"numericgreaterthan", numeric<std::greater<>>, false},
    {"numericgreaterthanequals", numeric<std::greater_equal<>>, false},
    {"dateequals", date<std::equal_to<>>, false},
    {"datenotequals", date<std::equal_to<>>, true},
    {"datelessthan", date<std::less<>>, false},
    {"datelessthanequals", date<std::less_equal<>>, false},
    {"dategreaterthan", date<std::greater<>>, false},
    {"dategreaterthanequals", date<std::greater_equal<>>, false},
    {"bool", boolean, false},
    {"ipaddress", ip_address, false},
    {"notipaddress", ip_address, true},
    {"arnequals", arn_like, false},
    {"arnlike", arn_like, false},
    {"arnnotequals", arn_like, true},
    {"arnnotlike", arn_like, true},
};

struct ParsedOperator {
  const Operator* base = nullptr;
  bool null_check = false;
  bool if_exists = false;
  enum class Set { single, all, any } set = Set::single;
};

bool cut_prefix(std::string& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

std::optional<ParsedOperator> parse_operator(std::string_view written) {
  std::string name = lower(written);
  ParsedOperator out;
  if (cut_prefix(name, "forallvalues:"))
    out.set = ParsedOperator::Set::all;
  else if (cut_prefix(name, "foranyvalue:"))
    out.set = ParsedOperator::Set::any;
  if (name.ends_with("ifexists")) {
    out.if_exists = true;
    name.resize(name.size() - 8);
  }
  out.null_check = name == "null";
  auto found = std::find_if(std::begin(kOperators), std::end(kOperators),
                            [&](const Operator& entry) { return entry.name == name; });
  if (found == std::end(kOperators)) return out.null_check ? std::optional(out) : std::nullopt;
  out.base = &*found;
  return out;
}

std::vector<std::string> texts_of(const Json& values) {
  std::vector<std::string> out;
  for (const Json& value : values.is_array() ? values : Json::array({values})) {
    out.push_back(value.is_string() ? value.get<std::string>()
                                    : value.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return out;
}

bool one_value(const Operator& op, const std::string& value, const std::vector<std::string>& patterns,
               const AccessRequest& request) {
  bool any = std::any_of(patterns.begin(), patterns.end(),
                         [&](const std::string& pattern) { return op.compare(value, pattern, request); });
  return any != op.negated;
}

bool key_met(const ParsedOperator& op, const std::string& key, const std::vector<std::string>& patterns,
             const AccessRequest& request) {
  auto found = request.context.find(key);
  bool present = found != request.context.end() && !found->second.empty();
  if (op.null_check) return !patterns.empty() && (lower(patterns[0]) == "true") == !present;
  if (!present)
    return op.if_exists || op.set == ParsedOperator::Set::all ||
           (op.base->negated && op.set == ParsedOperator::Set::single);
  auto meets = [&](const std::string& value) { return one_value(*op.base, value, patterns, request); };
  const std::vector<std::string>& values = found->second;
  if (op.set == ParsedOperator::Set::any) return std::any_of(values.begin(), values.end(), meets);
  return std::all_of(values.begin(), values.end(), meets);
}

}  // namespace

ConditionVerdict judge_conditions(const Json& block, const AccessRequest& request) {
  if (block.is_null()) return ConditionVerdict::met;
  if (!block.is_object()) return ConditionVerdict::not_understood;
  bool met = true;
  for (const auto& [written, keys] : block.items()) {
    std::optional<ParsedOperator> op = parse_operator(written);
    if (!op || !keys.is_object()) return ConditionVerdict::not_understood;
    for (const auto& [key, values] : keys.items()) met = met && key_met(*op, lower(key), texts_of(values), request);
  }
  return met ? ConditionVerdict::met : ConditionVerdict::not_met;
}

}  // namespace setpoint::twin
