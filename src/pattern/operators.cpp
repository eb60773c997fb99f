#include "pattern/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace setpoint::pattern {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

bool is_string(const Value& value) { return value.kind == ValueKind::string; }

bool within(const Range& range, const Value& value) {
  if (value.kind != ValueKind::number) return false;
  if (range.low) {
    auto order = compare(value.number(), range.low->view());
    if (order < 0 || (order == 0 && range.low_open)) return false;
  }
  if (range.high) {
    auto order = compare(value.number(), range.high->view());
    if (order > 0 || (order == 0 && range.high_open)) return false;
  }
  return true;
}

bool in_case(const IgnoreCase& op, std::string_view text) {
  switch (op.part) {
    case CasePart::whole:
      return op.text->equals(text);
    case CasePart::prefix:
      return op.text->begins(text);
    case CasePart::suffix:
      return op.text->ends(text);
  }
  return false;
}

bool in_network(const CidrTest& op, const Value& value) {
  if (!is_string(value)) return false;
  std::optional<Address> address = parse_address(value.text);
  return address && op.network->contains(*address);
}

bool any_matches(const std::vector<Operator>& operators, const Value& value) {
  return std::any_of(operators.begin(), operators.end(), [&](const Operator& op) { return matches(op, value); });
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

std::string json_text(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) return '"' + std::string(text) + '"';
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string describe_literal(const Literal& op) {
  switch (op.kind) {
    case ValueKind::null:
      return "null";
    case ValueKind::boolean_false:
      return "false";
    case ValueKind::boolean_true:
      return "true";
    default:
      return json_text(op.text);
  }
}

std::string describe_range(const Range& range) {
  std::string out;
  if (range.low) out = fmt::format("\"{}\",{}", range.low_open ? ">" : ">=", range.low->text());
  if (range.high)
    out += fmt::format("{}\"{}\",{}", out.empty() ? "" : ",", range.high_open ? "<" : "<=", range.high->text());
  return "{\"numeric\":[" + out + "]}";
}

std::string describe_case(const IgnoreCase& op) {
  std::string inner = "{\"equals-ignore-case\":" + json_text(op.text->text()) + "}";
  if (op.part == CasePart::whole) return inner;
  return fmt::format("{{\"{}\":{}}}", op.part == CasePart::prefix ? "prefix" : "suffix", inner);
}

// {"prefix":"x"} -> prefix and "x"; a plain value has no name.
std::pair<std::string, std::string> split_operator(const std::string& text) {
  std::size_t colon = text.find(':');
  if (text.front() != '{' || colon == std::string::npos) return {"", text};
  return {text.substr(1, colon - 1), text.substr(colon + 1, text.size() - colon - 2)};
}

std::string describe_anything_but(const AnythingBut& op) {
  std::string name, values;
  for (const Operator& excluded : *op.excluded) {
    auto [operator_name, operand] = split_operator(describe(excluded));
    name = operator_name;
    values += (values.empty() ? "" : ",") + operand;
  }
  if (op.list) values = "[" + values + "]";
  return "{\"anything-but\":" + (name.empty() ? values : "{" + name + ":" + values + "}") + "}";
}

void append_part(std::string_view text, std::string& out) {
  auto size = static_cast<std::uint32_t>(text.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
}

void append_bound(const std::shared_ptr<const OwnedNumber>& bound, bool open, std::string& out) {
  append_part(bound ? std::string_view(bound->text()) : std::string_view(), out);
  out += open ? 'o' : 'c';
}

void append_identity(const Operator& op, std::string& out) {
  out += static_cast<char>(op.index());
  std::visit(Overloaded{
                 [&](const Literal& o) { append_part(o.text, out += static_cast<char>(o.kind)); },
                 [&](const ExactNumber& o) { append_part(o.value->text(), out += o.as_written ? 'w' : 'v'); },
                 [&](const Exists&) {},
                 [&](const Absent&) {},
                 [&](const Affix& o) { append_part(o.text, out += o.suffix ? 's' : 'p'); },
                 [&](const IgnoreCase& o) { append_part(o.text->text(), out += static_cast<char>(o.part)); },
                 [&](const WildcardTest& o) { append_part(o.wildcard->text(), out); },
                 [&](const Range& o) {
                   append_bound(o.low, o.low_open, out);
                   append_bound(o.high, o.high_open, out);
                 },
                 [&](const CidrTest& o) { append_part(o.text, out); },
                 [&](const AnythingBut& o) {
                   append_part(std::to_string(o.excluded->size()), out);
                   for (const Operator& excluded : *o.excluded) append_identity(excluded, out);
                 },
             },
             op);
}

}  // namespace

bool matches(const Operator& op, const Value& value) {
  return std::visit(
      Overloaded{
          [&](const Literal& o) { return o.kind == value.kind && (!is_string(value) || o.text == value.text); },
          [&](const ExactNumber& o) {
            if (value.kind != ValueKind::number) return false;
            return o.as_written ? value.text == o.value->text() : compare(value.number(), o.value->view()) == 0;
          },
          [&](const Exists&) { return true; },
          [&](const Absent&) { return false; },
          [&](const Affix& o) {
            return is_string(value) && (o.suffix ? value.text.ends_with(o.text) : value.text.starts_with(o.text));
          },
          [&](const IgnoreCase& o) { return is_string(value) && in_case(o, value.text); },
          [&](const WildcardTest& o) { return is_string(value) && o.wildcard->matches(value.text); },
          [&](const Range& o) { return within(o, value); },
          [&](const CidrTest& o) { return in_network(o, value); },
          [&](const AnythingBut& o) { return !any_matches(*o.excluded, value); },
      },
      op);
}

std::string describe(const Operator& op) {
  return std::visit(Overloaded{
                        [](const Literal& o) { return describe_literal(o); },
                        [](const ExactNumber& o) { return o.value->text(); },
                        [](const Exists&) { return std::string("{\"exists\":true}"); },
                        [](const Absent&) { return std::string("{\"exists\":false}"); },
                        [](const Affix& o) {
                          return fmt::format("{{\"{}\":{}}}", o.suffix ? "suffix" : "prefix", json_text(o.text));
                        },
                        [](const IgnoreCase& o) { return describe_case(o); },
                        [](const WildcardTest& o) { return "{\"wildcard\":" + json_text(o.wildcard->text()) + "}"; },
                        [](const Range& o) { return describe_range(o); },
                        [](const CidrTest& o) { return "{\"cidr\":" + json_text(o.text) + "}"; },
                        [](const AnythingBut& o) { return describe_anything_but(o); },
                    },
                    op);
}

FieldTest::FieldTest(std::vector<Operator> any) : any_(std::move(any)) {
  any_.shrink_to_fit();
  allows_absence_ =
      std::any_of(any_.begin(), any_.end(), [](const Operator& op) { return std::holds_alternative<Absent>(op); });
}

// Lists of strings are what patterns are mostly made of: they go by without the visitor.
bool FieldTest::matches(const Value& value) const {
  for (const Operator& op : any_) {
    if (const auto* literal = std::get_if<Literal>(&op)) {
      if (literal->kind == value.kind && (!is_string(value) || literal->text == value.text)) return true;
    } else if (pattern::matches(op, value)) {
      return true;
    }
  }
  return false;
}

void FieldTest::append_identity(std::string& out) const {
  for (const Operator& op : any_) pattern::append_identity(op, out);
}

std::string FieldTest::describe() const {
  std::string out;
  for (const Operator& op : any_) out += (out.empty() ? "" : ",") + pattern::describe(op);
  return "[" + out + "]";
}

}  // namespace setpoint::pattern
