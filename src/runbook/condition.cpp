#include "runbook/condition.h"

#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool on_texts(std::string_view operation, const std::string& left, const std::string& right) {
  if (operation == "StringEquals") return left == right;
  if (operation == "EqualsIgnoreCase") return lower(left) == lower(right);
  if (operation == "StartsWith") return left.starts_with(right);
  if (operation == "EndsWith") return left.ends_with(right);
  return left.find(right) != std::string::npos;
}

Result<bool> on_numbers(std::string_view operation, const Json& variable, const Json& operand) {
  auto left = as_number(variable);
  auto right = as_number(operand);
  if (!left || !right) {
    return fail(ErrorCode::invalid_input, "{} needs numbers, found '{}' and '{}'", operation, text_form(variable),
                text_form(operand));
  }
  if (operation == "NumericEquals") return *left == *right;
  if (operation == "NumericGreater") return *left > *right;
  if (operation == "NumericLesser") return *left < *right;
  if (operation == "NumericGreaterOrEquals") return *left >= *right;
  return *left <= *right;
}

Result<bool> on_booleans(const Json& variable, const Json& operand) {
  auto left = as_boolean(variable);
  auto right = as_boolean(operand);
  if (!left || !right) {
    return fail(ErrorCode::invalid_input, "BooleanEquals needs true or false, found '{}' and '{}'", text_form(variable),
                text_form(operand));
  }
  return *left == *right;
}

Result<bool> all_or_any(const Json& parts, bool stops_at, const Lookup& lookup) {
  if (!parts.is_array()) return evaluate_condition(parts, lookup);
  for (const Json& part : parts) {
    TRY(bool held, evaluate_condition(part, lookup));
    if (held == stops_at) return stops_at;
  }
  return !stops_at;
}

// A list under Not, as some documents write it, is one condition.
Result<bool> negation(const Json& part, const Lookup& lookup) {
  TRY(bool held, part.is_array() ? all_or_any(part, false, lookup) : evaluate_condition(part, lookup));
  return !held;
}

}  // namespace

Result<bool> evaluate_operation(std::string_view operation, const Json& variable, const Json& operand) {
  if (variable.is_null()) return false;
  if (operation == "BooleanEquals") return on_booleans(variable, operand);
  if (operation.starts_with("Numeric")) return on_numbers(operation, variable, operand);
  // A list contains an element, a text a part.
  if (operation == "Contains" && variable.is_array()) {
    return std::any_of(variable.begin(), variable.end(),
                       [&](const Json& item) { return text_form(item) == text_form(operand); });
  }
  return on_texts(operation, text_form(variable), text_form(operand));
}

Result<bool> evaluate_condition(const Json& condition, const Lookup& lookup) {
  if (auto part = condition.find("And"); part != condition.end()) return all_or_any(*part, false, lookup);
  if (auto part = condition.find("Or"); part != condition.end()) return all_or_any(*part, true, lookup);
  if (auto part = condition.find("Not"); part != condition.end()) return negation(*part, lookup);
  for (std::string_view operation : kConditionOperations) {
    auto operand = condition.find(operation);
    if (operand == condition.end()) continue;
    TRY(Json left, substitute(base::member(condition, "Variable"), lookup));
    TRY(Json right, substitute(*operand, lookup));
    return evaluate_operation(operation, left, right);
  }
  return fail(ErrorCode::invalid_input, "a condition has no operation");
}

}  // namespace setpoint::runbook
