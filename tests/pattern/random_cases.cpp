#include "random_cases.h"

namespace setpoint::pattern::oracle {

namespace {

constexpr const char* kNames[] = {"a", "b", "c", "d", "a.b", "b.c", "long-name-1", "long-name-2", "é"};
constexpr const char* kTexts[] = {"",
                                  "a",
                                  "ab",
                                  "abc",
                                  "aba",
                                  "ba",
                                  "b",
                                  "AB",
                                  "aB",
                                  "xyz",
                                  "x*z",
                                  "a\\\\b",
                                  "ß",
                                  "SS",
                                  "ss",
                                  "é",
                                  "É",
                                  "Σ",
                                  "σ",
                                  "ς",
                                  "ﬁ",
                                  "FI",
                                  "𐐨",
                                  "𐐀",
                                  "😀",
                                  "10.0.0.1",
                                  "10.0.0.77",
                                  "10.1.0.1",
                                  "192.168.1.300",
                                  "1",
                                  "5",
                                  "null",
                                  "aab",
                                  "abab",
                                  "ababab",
                                  "naïve"};
constexpr const char* kCaseTexts[] = {"",  "a", "AB", "ab", "Abc", "ß",  "straße", "É",
                                      "σ", "ς", "ﬁ",  "𐐀",  "x",   "BA", "ss",     "😀"};
constexpr const char* kNumbers[] = {"0",
                                    "-0",
                                    "-0.0",
                                    "1",
                                    "1.0",
                                    "1e0",
                                    "5",
                                    "5.5",
                                    "10",
                                    "1e1",
                                    "100",
                                    "1e2",
                                    "-1",
                                    "-5.25",
                                    "0.1",
                                    "0.10",
                                    "9007199254740992",
                                    "9007199254740993",
                                    "9007199254740993.0",
                                    "9007199254740994",
                                    "1e308",
                                    "-1e308",
                                    "123456789012345678901234567890",
                                    "123456789012345678901234567891",
                                    "0.30000000000000004",
                                    "0.3",
                                    "1e-320",
                                    "2.2250738585072014e-308",
                                    "4.9e-324",
                                    "1e-400",
                                    "3",
                                    "7"};
constexpr const char* kWildcards[] = {"*",       "a*",      "*a",         "*b*", "a*b", "ab*ba", "a*b*",
                                      "*a*b*a*", "x\\\\*z", "a\\\\\\\\*", "",    "ab",  "10.*",  "*é*"};
constexpr const char* kNetworks[] = {"10.0.0.0/8", "10.0.0.77/24",   "10.0.0.1/32",
                                     "0.0.0.0/0",  "192.168.0.0/16", "10.0.0.64/27"};

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

std::string RandomCases::name() {
  return one_in(6) ? pick(kNames) : std::string(1, static_cast<char>('a' + choose_(4)));
}

// The same string, a letter of it written as an escape.
std::string RandomCases::escaped(const std::string& text) {
  if (text.size() < 3 || text[1] == '\\' || static_cast<unsigned char>(text[1]) >= 0x80 || !one_in(8)) return text;
  static constexpr char kHex[] = "0123456789abcdef";
  unsigned char c = static_cast<unsigned char>(text[1]);
  return std::string("\"\\u00") + kHex[c >> 4] + kHex[c & 15] + text.substr(2);
}

std::string RandomCases::text() { return escaped(in_quotes(pick(kTexts))); }
std::string RandomCases::case_text() { return escaped(in_quotes(pick(kCaseTexts))); }
std::string RandomCases::number() { return pick(kNumbers); }

std::string RandomCases::scalar() {
  switch (choose_(8)) {
    case 0:
      return "null";
    case 1:
      return "true";
    case 2:
      return "false";
    case 3:
    case 4:
      return number();
    default:
      return text();
  }
}

std::string RandomCases::value(int depth) {
  unsigned kind = depth > 0 ? choose_(6) : 5;
  if (kind == 0) return object(depth - 1);
  if (kind > 2) return scalar();
  std::string out;
  for (unsigned i = choose_(4); i > 0; --i)
    out += (out.empty() ? "" : ",") + (one_in(2) ? object(depth - 1) : value(depth - 1));
  return "[" + out + "]";
}

std::string RandomCases::object(int depth) {
  std::string out;
  for (unsigned i = choose_(4) + 1; i > 0; --i)
    out += (out.empty() ? "" : one_in(5) ? " ,\n" : ",") + in_quotes(name()) + ":" + value(depth);
  return "{" + out + "}";
}

std::string RandomCases::event() { return object(4); }

std::string RandomCases::numeric() {
  static constexpr const char* kSingle[] = {"=", "<", "<=", ">", ">="};
  static constexpr const char* kRanges[] = {"[\">\",0,\"<\",10]", "[\">=\",1,\"<=\",5]",
                                            "[\">\",9007199254740992,\"<=\",9007199254740993]", "[\">=\",-5.5,\"<\",0]",
                                            "[\">\",0.1,\"<\",0.30000000000000004]"};
  if (one_in(3)) return pick(kRanges);
  return "[" + in_quotes(pick(kSingle)) + "," + number() + "]";
}

std::string RandomCases::anything_but() {
  static constexpr const char* kInner[] = {"prefix", "suffix", "equals-ignore-case", "wildcard"};
  unsigned kind = choose_(4);
  if (kind == 0) return text();
  if (kind == 1) return one_in(2) ? number() : "[" + number() + "," + number() + "]";
  if (kind == 2) return "[" + text() + "," + text() + "]";
  std::string inner = pick(kInner);
  auto operand = [&] {
    if (inner == "wildcard") return in_quotes(pick(kWildcards));
    if (inner == "equals-ignore-case") return case_text();
    std::string out = text();
    return out == "\"\"" ? std::string("\"a\"") : out;
  };
  return "{" + in_quotes(inner) + ":" + (one_in(2) ? operand() : "[" + operand() + "," + operand() + "]") + "}";
}

std::string RandomCases::member() {
  switch (choose_(18)) {
    case 0:
      return "{\"prefix\":" + text() + "}";
    case 1:
      return "{\"suffix\":" + text() + "}";
    case 2:
      return "{\"prefix\":{\"equals-ignore-case\":" + case_text() + "}}";
    case 3:
      return "{\"suffix\":{\"equals-ignore-case\":" + case_text() + "}}";
    case 4:
      return "{\"equals-ignore-case\":" + case_text() + "}";
    case 5:
    case 6:
      return "{\"wildcard\":" + in_quotes(pick(kWildcards)) + "}";
    case 7:
    case 8:
      return "{\"numeric\":" + numeric() + "}";
    case 9:
      return "{\"cidr\":" + in_quotes(pick(kNetworks)) + "}";
    case 10:
      return "{\"exists\":true}";
    case 11:
      return "{\"exists\":false}";
    case 12:
    case 13:
      return "{\"anything-but\":" + anything_but() + "}";
    case 14:
      return "{\"exactly\":" + text() + "}";
    default:
      return scalar();
  }
}

std::string RandomCases::field_list() {
  std::string out = member();
  for (unsigned i = choose_(3); i > 0; --i) out += "," + member();
  return "[" + out + "]";
}

std::string RandomCases::pattern_object(int depth, bool inside_or) {
  std::string out;
  for (unsigned i = choose_(3) + 1; i > 0; --i) {
    if (!out.empty()) out += ",";
    if (depth > 0 && one_in(8)) {
      out += "\"$or\":[" + pattern_object(depth - 1, true) + "," + pattern_object(depth - 1, true) + "]";
    } else if (depth > 0 && one_in(3)) {
      out += in_quotes(name()) + ":" + pattern_object(depth - 1, inside_or);
    } else {
      out += in_quotes(name()) + ":" + field_list();
    }
  }
  return "{" + out + "}";
}

std::string RandomCases::pattern() { return pattern_object(3, false); }

}  // namespace setpoint::pattern::oracle
