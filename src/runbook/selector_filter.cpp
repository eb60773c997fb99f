#include "runbook/selector_path.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;
using base::Result;

namespace {

// An indefinite path that finds nothing yields [], which exists; a definite one is absent.
Result<std::optional<Json>> value_of(const Operand& operand, const Json& root, const Json& current, Budget& budget) {
  if (operand.literal) return operand.literal;
  return evaluate(*operand.path, root, current, budget);
}

bool contains(const Json& list, const Json& item) {
  return list.is_array() && std::find(list.begin(), list.end(), item) != list.end();
}

bool any_in(const Json& items, const Json& list) {
  return items.is_array() &&
         std::any_of(items.begin(), items.end(), [&](const Json& item) { return contains(list, item); });
}

bool all_in(const Json& items, const Json& list) {
  return items.is_array() &&
         std::all_of(items.begin(), items.end(), [&](const Json& item) { return contains(list, item); });
}

std::optional<std::size_t> size_of(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().size();
  if (value.is_structured()) return value.size();
  return std::nullopt;
}

// Numbers with numbers, texts with texts; anything else has no order.
std::optional<int> order(const Json& left, const Json& right) {
  auto sign = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (left.is_number() && right.is_number()) {
    if (left.is_number_integer() && right.is_number_integer())
      return sign(left.get<std::int64_t>(), right.get<std::int64_t>());
    return sign(left.get<double>(), right.get<double>());
  }
  if (left.is_string() && right.is_string())
    return left.get_ref<const std::string&>().compare(right.get_ref<const std::string&>());
  return std::nullopt;
}

bool ordered(const std::string& op, const Json& left, const Json& right) {
  auto sign = order(left, right);
  if (!sign) return false;
  if (op == "<") return *sign < 0;
  if (op == "<=") return *sign <= 0;
  if (op == ">") return *sign > 0;
  return *sign >= 0;
}

bool in_words(const std::string& op, const Json& left, const Json& right) {
  if (op == "in") return contains(right, left);
  if (op == "nin") return !contains(right, left);
  if (op == "anyof") return any_in(left, right);
  if (op == "noneof") return !any_in(left, right);
  if (op == "subsetof") return all_in(left, right);
  if (op == "contains") {
    if (left.is_string() && right.is_string())
      return left.get_ref<const std::string&>().find(right.get_ref<const std::string&>()) != std::string::npos;
    return contains(left, right);
  }
  auto size = size_of(left);
  if (op == "size") return size && Json(*size) == (right.is_structured() ? Json(right.size()) : right);
  return size && Json(*size == 0) == right;  // empty
}

Result<bool> compare(const Filter& filter, const Json& root, const Json& current, Budget& budget) {
  TRY(auto left, value_of(filter.left, root, current, budget));
  if (filter.op == "=~") {
    if (!left || !left->is_string()) return false;
    return filter.right.pattern->matches(left->get_ref<const std::string&>());
  }
  TRY(auto right, value_of(filter.right, root, current, budget));
  if (filter.op == "==" || filter.op == "!=") return (left == right) == (filter.op == "==");
  if (!left || !right) return filter.op == "nin" || filter.op == "noneof";
  if (!std::isalpha(static_cast<unsigned char>(filter.op.front()))) return ordered(filter.op, *left, *right);
  return in_words(filter.op, *left, *right);
}

}  // namespace

Result<bool> holds(const Filter& filter, const Json& root, const Json& current, Budget& budget) {
  TRY_VOID(budget.spend());
  switch (filter.kind) {
    case Filter::Kind::all:
    case Filter::Kind::any: {
      bool stops_at = filter.kind == Filter::Kind::any;
      for (const Filter& part : filter.parts) {
        TRY(bool held, holds(part, root, current, budget));
        if (held == stops_at) return stops_at;
      }
      return !stops_at;
    }
    case Filter::Kind::negate: {
      TRY(bool held, holds(filter.parts.front(), root, current, budget));
      return !held;
    }
    case Filter::Kind::exists: {
      TRY(auto found, value_of(filter.left, root, current, budget));
      return found.has_value();
    }
    case Filter::Kind::compare:
      return compare(filter, root, current, budget);
  }
  return false;
}

}  // namespace setpoint::runbook
