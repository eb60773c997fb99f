#include "oracle.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

namespace setpoint::pattern::oracle {

namespace {

using Kind = JsonNode::Kind;

// Numbers as (sign, digits, exponent): value = 0.digits * 10^exponent.
struct Exact {
  int sign = 0;
  std::string digits;
  long exponent = 0;
};

Exact exact(std::string_view text) {
  Exact out;
  out.sign = 1;
  if (text[0] == '-') {
    out.sign = -1;
    text.remove_prefix(1);
  }
  std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) out.exponent = std::strtol(std::string(text.substr(e + 1)).c_str(), nullptr, 10);
  std::string mantissa(text.substr(0, e));
  std::size_t point = mantissa.find('.');
  out.exponent += static_cast<long>(point == std::string::npos ? mantissa.size() : point);
  if (point != std::string::npos) mantissa.erase(point, 1);
  while (!mantissa.empty() && mantissa.back() == '0') mantissa.pop_back();
  while (!mantissa.empty() && mantissa.front() == '0') {
    mantissa.erase(0, 1);
    --out.exponent;
  }
  if (mantissa.empty()) return {};
  out.digits = mantissa;
  return out;
}

int compare(std::string_view left, std::string_view right) {
  Exact a = exact(left), b = exact(right);
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  if (a.sign == 0) return 0;
  int size = 0;
  if (a.exponent != b.exponent) {
    size = a.exponent < b.exponent ? -1 : 1;
  } else {
    size = a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
  }
  return size * a.sign;
}

// Case by a small table of its own: ASCII, and the letters that the generators use.
std::vector<std::string> spellings(const std::string& letter) {
  static const std::map<std::string, std::vector<std::string>> kOthers = {
      {"ß", {"SS"}}, {"é", {"É"}}, {"É", {"é"}}, {"σ", {"Σ"}},  {"ς", {"Σ"}},
      {"Σ", {"σ"}},  {"İ", {"i̇"}}, {"ı", {"I"}}, {"ǆ", {"Ǆ"}},  {"ǅ", {"ǆ", "Ǆ"}},
      {"Ǆ", {"ǆ"}},  {"𐐨", {"𐐀"}}, {"𐐀", {"𐐨"}}, {"ﬁ", {"FI"}}, {"K", {"k"}}};
  std::vector<std::string> out{letter};
  if (letter.size() == 1 && std::isalpha(static_cast<unsigned char>(letter[0])))
    out.push_back({static_cast<char>(letter[0] ^ 0x20)});
  if (auto found = kOthers.find(letter); found != kOthers.end())
    out.insert(out.end(), found->second.begin(), found->second.end());
  return out;
}

std::vector<std::string> letters(const std::string& text) {
  std::vector<std::string> out;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) {
      out.back() += c;
    } else {
      out.push_back({c});
    }
  }
  return out;
}

// Every prefix of `value` that spells the whole of `text`: their lengths.
std::vector<std::size_t> spelled_lengths(const std::string& text, std::string_view value) {
  std::vector<std::size_t> lengths{0};
  for (const std::string& letter : letters(text)) {
    std::vector<std::size_t> next;
    for (std::size_t length : lengths) {
      for (const std::string& s : spellings(letter)) {
        if (value.substr(length, s.size()) == s) next.push_back(length + s.size());
      }
    }
    lengths = next;
  }
  return lengths;
}

bool spells(const std::string& text, std::string_view value) {
  auto lengths = spelled_lengths(text, value);
  return std::find(lengths.begin(), lengths.end(), value.size()) != lengths.end();
}

bool ends_spelled(const std::string& text, std::string_view value) {
  for (std::size_t from = 0; from <= value.size(); ++from) {
    if (spells(text, value.substr(from))) return true;
  }
  return false;
}

// Straight recursion; texts in tests are short.
bool wild(std::string_view pattern, std::string_view value) {
  if (pattern.empty()) return value.empty();
  if (pattern[0] == '*') return wild(pattern.substr(1), value) || (!value.empty() && wild(pattern, value.substr(1)));
  if (pattern[0] == '\\') pattern.remove_prefix(1);
  return !value.empty() && pattern[0] == value[0] && wild(pattern.substr(1), value.substr(1));
}

// An IPv4 address as a number, or -1.
std::int64_t ipv4(std::string_view text) {
  std::int64_t out = 0;
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    std::int64_t octet = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])))
      octet = octet * 10 + (text[digits++] - '0');
    if (digits == 0 || digits > 3 || octet > 255 || (digits > 1 && text[0] == '0')) return -1;
    out = out * 256 + octet;
    text.remove_prefix(digits);
    if (part < 3 && (text.empty() || text[0] != '.')) return -1;
    if (part < 3) text.remove_prefix(1);
  }
  return text.empty() ? out : -1;
}

// IPv4 only: the generators write no other networks.
bool in_network(const std::string& network, const std::string& value) {
  std::size_t slash = network.find('/');
  std::int64_t base = ipv4(std::string_view(network).substr(0, slash)), address = ipv4(value);
  int free_bits = 32 - std::atoi(network.c_str() + slash + 1);
  return address >= 0 && (base >> free_bits) == (address >> free_bits);
}

bool holds(const std::string& comparison, int order) {
  if (comparison == "=") return order == 0;
  if (comparison == "<") return order < 0;
  if (comparison == "<=") return order <= 0;
  return comparison == ">" ? order > 0 : order >= 0;
}

bool numeric(const JsonNode& list, const JsonNode& value) {
  if (!value.is_number()) return false;
  bool ok = true;
  for (std::size_t i = 0; i < list.items.size(); i += 2)
    ok = ok && holds(list.items[i].text, compare(value.raw, list.items[i + 1].raw));
  return ok;
}

bool plain_equal(const JsonNode& member, const JsonNode& value) {
  if (member.kind != value.kind) return false;
  if (member.is_number()) return compare(member.raw, value.raw) == 0;
  return !member.is_string() || member.text == value.text;
}

// Does the nearest double print as this number, with as many digits as it takes?
bool prints_as_double(std::string_view number) {
  double nearest = std::strtod(std::string(number).c_str(), nullptr);
  for (int digits = 1; digits <= 17; ++digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*g", digits, nearest);
    if (std::strtod(text, nullptr) == nearest) return compare(text, number) == 0;
  }
  return false;
}

bool expression(const std::string& name, const JsonNode& operand, const JsonNode& value);

// anything-but: what stands inside, for one operand or each of a list of them.
bool excluded(const JsonNode& operand, const JsonNode& value) {
  if (operand.is_object()) {
    const JsonNode& inner = operand.items[0];
    auto one = [&](const JsonNode& o) { return expression(operand.keys[0].name, o, value); };
    return inner.is_array() ? std::any_of(inner.items.begin(), inner.items.end(), one) : one(inner);
  }
  if (!operand.is_array()) return plain_equal(operand, value);
  return std::any_of(operand.items.begin(), operand.items.end(),
                     [&](const JsonNode& o) { return plain_equal(o, value); });
}

bool expression(const std::string& name, const JsonNode& operand, const JsonNode& value) {
  if (name == "exists") return operand.kind == Kind::boolean_true;
  if (name == "anything-but") return !excluded(operand, value);
  if (name == "numeric") return numeric(operand, value);
  if (!value.is_string()) return false;
  const std::string& text = value.text;
  if (operand.is_object()) {  // prefix or suffix in any case
    const std::string& letters_of = operand.items[0].text;
    return name == "prefix" ? !spelled_lengths(letters_of, text).empty() : ends_spelled(letters_of, text);
  }
  if (name == "prefix") return text.substr(0, operand.text.size()) == operand.text;
  if (name == "suffix")
    return text.size() >= operand.text.size() && text.substr(text.size() - operand.text.size()) == operand.text;
  if (name == "equals-ignore-case") return spells(operand.text, text);
  if (name == "wildcard") return wild(operand.text, text);
  if (name == "cidr") return in_network(operand.text, text);
  return text == operand.text;  // exactly
}

// The event, flattened: name, value, and the elements of arrays that it stands in.
using Elements = std::map<int, int>;
struct Leaf {
  std::string name;
  const JsonNode* value;
  Elements elements;
};

struct Flattener {
  std::vector<Leaf> leaves;
  int arrays = 0;

  void walk(const JsonNode& node, const std::string& name, Elements elements, bool root) {
    if (node.is_object()) {
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        walk(node.items[i], root ? node.keys[i].name : name + "." + node.keys[i].name, elements, false);
      }
    } else if (node.is_array()) {
      int array = arrays++;
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        Elements inside = elements;
        if (node.items[i].is_object() || node.items[i].is_array()) inside[array] = static_cast<int>(i);
        walk(node.items[i], name, inside, false);
      }
    } else {
      leaves.push_back({name, &node, elements});
    }
  }
};

bool agree(const Elements& a, const Elements& b) {
  return std::all_of(a.begin(), a.end(), [&](const auto& entry) {
    auto found = b.find(entry.first);
    return found == b.end() || found->second == entry.second;
  });
}

// The pattern, flattened: every way through its $ors is one map of fields.
using Fields = std::map<std::string, const JsonNode*>;

void expand(const JsonNode& object, const std::string& prefix, std::vector<Fields>& ways) {
  for (std::size_t i = 0; i < object.items.size(); ++i) {
    const JsonNode& value = object.items[i];
    const std::string& key = object.keys[i].name;
    if (key == "$or" && value.is_array()) {
      std::vector<Fields> all;
      for (const JsonNode& branch : value.items) {
        std::vector<Fields> taken = ways;
        expand(branch, prefix, taken);
        all.insert(all.end(), taken.begin(), taken.end());
      }
      ways = all;
    } else if (value.is_object()) {
      expand(value, prefix + key + ".", ways);
    } else {
      for (Fields& fields : ways) fields[prefix + key] = &value;
    }
  }
}

struct Trial {
  const std::vector<Leaf>& leaves;
  long steps = 0;

  bool absent(const std::string& name, const Elements& taken) const {
    return std::none_of(leaves.begin(), leaves.end(),
                        [&](const Leaf& l) { return l.name == name && agree(taken, l.elements); });
  }

  static bool wants_absence(const JsonNode& list) {
    return std::any_of(list.items.begin(), list.items.end(), [](const JsonNode& m) {
      return m.is_object() && m.keys[0].name == "exists" && m.items[0].kind == Kind::boolean_false;
    });
  }

  bool choose(Fields::const_iterator at, const Fields& fields, const Elements& taken,
              std::vector<std::string> must_be_absent) {
    if (++steps > 200'000) return false;
    if (at == fields.end()) {
      return std::all_of(must_be_absent.begin(), must_be_absent.end(),
                         [&](const std::string& name) { return absent(name, taken); });
    }
    auto next = std::next(at);
    for (const Leaf& leaf : leaves) {
      if (leaf.name != at->first || !agree(taken, leaf.elements)) continue;
      bool passes = std::any_of(at->second->items.begin(), at->second->items.end(),
                                [&](const JsonNode& member) { return value_passes(member, *leaf.value); });
      Elements more = taken;
      more.insert(leaf.elements.begin(), leaf.elements.end());
      if (passes && choose(next, fields, more, must_be_absent)) return true;
    }
    if (!wants_absence(*at->second)) return false;
    must_be_absent.push_back(at->first);
    return choose(next, fields, taken, must_be_absent);
  }
};

}  // namespace

bool value_passes(const JsonNode& member, const JsonNode& value) {
  if (member.is_object()) return expression(member.keys[0].name, member.items[0], value);
  bool as_written = member.is_number() && value.is_number() && !prints_as_double(member.raw);
  return as_written ? member.raw == value.raw : plain_equal(member, value);
}

std::optional<bool> matches(const JsonNode& pattern, const JsonNode& event) {
  Flattener flat;
  flat.walk(event, "", {}, true);
  std::vector<Fields> ways(1);
  expand(pattern, "", ways);
  Trial trial{flat.leaves};
  for (const Fields& fields : ways) {
    if (trial.choose(fields.begin(), fields, {}, {})) return true;
  }
  if (trial.steps > 200'000) return std::nullopt;
  return false;
}

}  // namespace setpoint::pattern::oracle
