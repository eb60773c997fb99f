#include "pattern/operator_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "pattern/limits.h"

namespace setpoint::pattern {

namespace {

constexpr std::string_view kOperators[] = {
    "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr", "exists", "exactly"};
constexpr std::string_view kExcludable[] = {"prefix", "suffix", "equals-ignore-case", "wildcard"};

class OperatorParser {
 public:
  explicit OperatorParser(Complaints& complaints) : complaints_(complaints) {}

  std::shared_ptr<const FieldTest> array(const JsonNode& node) {
    if (node.items.empty()) {
      fail(node.at, "pattern-empty-array", "an empty array matches nothing and is not allowed",
           "list the values to match, or {\"exists\": false} for an absent field");
      return nullptr;
    }
    std::vector<Operator> any;
    any.reserve(node.items.size());
    bool ok = true;
    for (const JsonNode& item : node.items) {
      std::optional<Operator> op = member(item);
      ok = ok && op;
      if (op) any.push_back(std::move(*op));
    }
    return ok ? std::make_shared<FieldTest>(std::move(any)) : nullptr;
  }

 private:
  using Made = std::optional<Operator>;

  Made fail(std::size_t at, const char* code, std::string what, std::string hint = {}) {
    complaints_.error(at, code, std::move(what), std::move(hint));
    return std::nullopt;
  }

  Made member(const JsonNode& node) {
    switch (node.kind) {
      case JsonNode::Kind::null:
        return Literal{ValueKind::null, {}};
      case JsonNode::Kind::boolean_false:
        return Literal{ValueKind::boolean_false, {}};
      case JsonNode::Kind::boolean_true:
        return Literal{ValueKind::boolean_true, {}};
      case JsonNode::Kind::number:
        return ExactNumber{number(node), !is_double(number(node)->view())};
      case JsonNode::Kind::string:
        return Literal{ValueKind::string, node.text};
      case JsonNode::Kind::object:
        return expression(node);
      case JsonNode::Kind::array:
        break;
    }
    return fail(node.at, "pattern-nested-list", "a list inside a list of values",
                "put the values into the outer list; it already means 'any of these'");
  }

  // {"<operator>": operand}
  Made expression(const JsonNode& node) {
    if (node.keys.size() != 1) {
      return fail(
          node.keys.empty() ? node.at : node.keys[1].at, "pattern-operator",
          node.keys.empty() ? "an empty object is not a match expression" : "more than one key in a match expression",
          "one operator an object; several objects in the list mean 'any of these'");
    }
    const std::string& name = node.keys[0].name;
    const JsonNode& operand = node.items[0];
    if (name == "prefix") return affix(operand, false);
    if (name == "suffix") return affix(operand, true);
    if (name == "equals-ignore-case") return ignore_case(operand, CasePart::whole, name);
    if (name == "wildcard") return wildcard(operand);
    if (name == "anything-but") return anything_but(operand);
    if (name == "numeric") return numeric(operand);
    if (name == "cidr") return cidr(operand);
    if (name == "exists") return exists(operand);
    if (name == "exactly") return exactly(operand);
    return unknown(node.keys[0], kOperators, "match operator");
  }

  Made unknown(const JsonNode::Key& key, std::span<const std::string_view> known, const char* what) {
    std::string hint = base::did_you_mean(key.name, known);
    if (hint.empty()) hint = fmt::format("one of: {}", fmt::join(known, ", "));
    return fail(key.at, "pattern-operator", fmt::format("unknown {} '{}'", what, key.name), hint);
  }

  Made wants_text(const JsonNode& operand, std::string_view name) {
    bool list = operand.is_array();
    return fail(
        operand.at, "pattern-operand", fmt::format("'{}' takes one string", name),
        list ? fmt::format("write one {{\"{}\": ..}} for each value; only inside anything-but may it be a list", name)
             : "put the value in quotes");
  }

  Made affix(const JsonNode& operand, bool suffix) {
    const char* name = suffix ? "suffix" : "prefix";
    if (operand.is_string()) return Affix{suffix, operand.text};
    if (!operand.is_object()) return wants_text(operand, name);
    if (operand.keys.size() != 1) {
      return fail(operand.at, "pattern-operand", fmt::format("'{}' takes one string or one equals-ignore-case", name),
                  fmt::format("{{\"{}\": {{\"equals-ignore-case\": \"..\"}}}}", name));
    }
    static constexpr std::string_view kOnly[] = {"equals-ignore-case"};
    if (operand.keys[0].name != kOnly[0]) return unknown(operand.keys[0], kOnly, "operator inside an affix");
    return ignore_case(operand.items[0], suffix ? CasePart::suffix : CasePart::prefix, kOnly[0]);
  }

  Made ignore_case(const JsonNode& operand, CasePart part, std::string_view name) {
    if (!operand.is_string()) return wants_text(operand, name);
    return IgnoreCase{part, std::make_shared<AnyCase>(operand.text)};
  }

  Made exactly(const JsonNode& operand) {
    if (!operand.is_string()) return wants_text(operand, "exactly");
    return Literal{ValueKind::string, operand.text};
  }

  Made exists(const JsonNode& operand) {
    if (operand.kind == JsonNode::Kind::boolean_true) return Exists{};
    if (operand.kind == JsonNode::Kind::boolean_false) return Absent{};
    return fail(operand.at, "pattern-operand", "'exists' takes true or false", "without quotes");
  }

  Made wildcard(const JsonNode& operand) {
    if (!operand.is_string()) return wants_text(operand, "wildcard");
    auto made = std::make_shared<Wildcard>();
    WildcardFault fault;
    if (!made->parse(operand.text, fault)) {
      return fail(operand.at, "pattern-wildcard",
                  fmt::format("{} at character {} of the text", fault.what, fault.at + 1), fault.hint);
    }
    if (made->pieces().size() > kStarsMax + 1) {
      return fail(operand.at, "pattern-limit", fmt::format("a wildcard of more than {} stars", kStarsMax),
                  "fewer stars, or several simpler wildcards");
    }
    return WildcardTest{std::move(made)};
  }

  Made cidr(const JsonNode& operand) {
    if (!operand.is_string()) return wants_text(operand, "cidr");
    std::optional<Network> network = parse_network(operand.text);
    if (network) return CidrTest{std::make_shared<Network>(*network), operand.text};
    return fail(operand.at, "pattern-cidr", fmt::format("'{}' is not a network", operand.text),
                "address/bits: 10.0.0.0/8 (0 to 32 bits) or 2001:db8::/32 (0 to 128 bits)");
  }

  std::shared_ptr<const OwnedNumber> number(const JsonNode& node) {
    Number parsed;
    parse_number(node.raw, parsed);
    return std::make_shared<OwnedNumber>(parsed);
  }

  // ["=", 5], [">", 3], [">=", 0, "<", 10]
  Made numeric(const JsonNode& operand) {
    static constexpr const char* kHint =
        "[\"=\", n], [\"<\", n], [\"<=\", n], [\">\", n], [\">=\", n], or a range [\">=\", low, \"<\", high]";
    const auto& items = operand.items;
    if (!operand.is_array() || (items.size() != 2 && items.size() != 4)) {
      return fail(operand.at, "pattern-numeric",
                  "'numeric' takes a list of one comparison or of a lower and an upper bound", kHint);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      bool right = i % 2 == 0 ? items[i].is_string() : items[i].is_number();
      if (!right)
        return fail(items[i].at, "pattern-numeric", i % 2 ? "a number must stand here" : "a comparison must stand here",
                    kHint);
    }
    Range range;
    const std::string& first = items[0].text;
    if (!bound(first, items[1], range))
      return fail(items[0].at, "pattern-numeric", fmt::format("unknown comparison '{}'", first), kHint);
    if (items.size() == 4) return two_bounds(operand, std::move(range), kHint);
    return range;
  }

  bool bound(const std::string& comparison, const JsonNode& operand, Range& range) {
    bool low = comparison == ">" || comparison == ">=", high = comparison == "<" || comparison == "<=";
    if (low || comparison == "=") range.low = number(operand);
    if (high || comparison == "=") range.high = comparison == "=" ? range.low : number(operand);
    range.low_open = range.low_open || comparison == ">";
    range.high_open = range.high_open || comparison == "<";
    return low || high || comparison == "=";
  }

  Made two_bounds(const JsonNode& operand, Range range, const char* hint) {
    const std::string& second = operand.items[2].text;
    if (range.high)
      return fail(operand.items[0].at, "pattern-numeric", "a range gives its lower bound first, with > or >=", hint);
    if (second != "<" && second != "<=") {
      return fail(operand.items[2].at, "pattern-numeric", "a range's second comparison is < or <=", hint);
    }
    bound(second, operand.items[3], range);
    if (compare(range.low->view(), range.high->view()) >= 0) {
      return fail(operand.items[3].at, "pattern-numeric", "the upper bound must be greater than the lower",
                  "[\"=\", n] for one value");
    }
    return range;
  }

  Made anything_but(const JsonNode& operand) {
    if (operand.is_object()) return anything_but_operator(operand);
    bool list = operand.is_array();
    std::span<const JsonNode> values = list ? std::span(operand.items) : std::span(&operand, 1);
    std::vector<Operator> excluded;
    for (const JsonNode& value : values) {
      if (!value.is_string() && !value.is_number()) {
        return fail(value.at, "pattern-operand", "'anything-but' takes strings or numbers",
                    "null, true and false cannot be excluded; list what may match instead");
      }
      if (value.kind != values[0].kind) {
        return fail(value.at, "pattern-operand", "'anything-but' mixes strings and numbers",
                    "all strings, or all numbers");
      }
      excluded.push_back(value.is_number() ? Operator(ExactNumber{number(value)}) : *member(value));
    }
    if (excluded.empty())
      return fail(operand.at, "pattern-empty-array", "'anything-but' of an empty list", "list the values to exclude");
    return AnythingBut{std::make_shared<std::vector<Operator>>(std::move(excluded)), list};
  }

  // {"anything-but": {"prefix": "x" or ["x", "y"]}}
  Made anything_but_operator(const JsonNode& operand) {
    if (operand.keys.size() != 1) {
      return fail(operand.at, "pattern-operand", "'anything-but' takes one operator",
                  fmt::format("one of: {}", fmt::join(kExcludable, ", ")));
    }
    const JsonNode::Key& key = operand.keys[0];
    if (std::find(std::begin(kExcludable), std::end(kExcludable), key.name) == std::end(kExcludable)) {
      return unknown(key, kExcludable, "operator inside anything-but");
    }
    const JsonNode& inner = operand.items[0];
    bool list = inner.is_array();
    std::vector<Operator> excluded;
    for (const JsonNode& value : list ? std::span(inner.items) : std::span(&inner, 1)) {
      Made op = excluded_operator(key.name, value);
      if (!op) return std::nullopt;
      excluded.push_back(std::move(*op));
    }
    if (excluded.empty())
      return fail(inner.at, "pattern-empty-array", fmt::format("'{}' of an empty list", key.name),
                  "list what to exclude");
    return AnythingBut{std::make_shared<std::vector<Operator>>(std::move(excluded)), list};
  }

  Made excluded_operator(const std::string& name, const JsonNode& value) {
    if (!value.is_string()) return wants_text(value, name);
    if (name == "wildcard") return wildcard(value);
    if (name == "equals-ignore-case") return ignore_case(value, CasePart::whole, name);
    if (value.text.empty()) {
      return fail(value.at, "pattern-operand", fmt::format("an empty {} would exclude every string", name),
                  "leave it out, or name a text");
    }
    return Affix{name == "suffix", value.text};
  }

  Complaints& complaints_;
};

}  // namespace

std::shared_ptr<const FieldTest> parse_field_test(const JsonNode& array, Complaints& complaints) {
  return OperatorParser(complaints).array(array);
}

}  // namespace setpoint::pattern
