#include "runbook/values.h"

#include <charconv>
#include <cmath>

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

tl::unexpected<base::Error> misfit(ValueType type, const Json& value) {
  return fail(ErrorCode::invalid_input, "expected {}, found {}", to_string(type), kind_of(value));
}

Result<Json> fit_list(const Json& value) {
  Json out = Json::array();
  if (!value.is_array()) {
    if (value.is_structured()) return misfit(ValueType::string_list, value);
    out.push_back(text_form(value));
    return out;
  }
  for (const Json& item : value) out.push_back(text_form(item));
  return out;
}

Result<Json> fit_maps(const Json& value) {
  if (value.is_object()) return Json::array({value});
  if (!value.is_array()) return misfit(ValueType::map_list, value);
  for (const Json& item : value) {
    if (!item.is_object()) return misfit(ValueType::map_list, value);
  }
  return value;
}

Result<Json> fit_map(const Json& value) {
  if (value.is_object()) return value;
  if (value.is_string()) {
    if (auto parsed = base::parse_json(value.get_ref<const std::string&>()); parsed && parsed->is_object())
      return *parsed;
  }
  return misfit(ValueType::string_map, value);
}

}  // namespace

std::string text_form(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  return base::canonical(value);
}

std::string_view kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "nothing";
    case Json::value_t::boolean:
      return "true/false";
    case Json::value_t::string:
      return "text";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "a map";
    case Json::value_t::number_float:
      return "a number";
    default:
      return "an integer";
  }
}

std::optional<std::int64_t> as_integer(const Json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    double number = value.get<double>();
    // Beyond 2^53 a double no longer tells neighbouring integers apart.
    if (std::floor(number) != number || std::abs(number) > 9007199254740992.0) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (!value.is_string()) return std::nullopt;
  std::string_view text = trimmed(value.get_ref<const std::string&>());
  std::int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<double> as_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  std::string_view text = trimmed(value.get_ref<const std::string&>());
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(out))
    return std::nullopt;
  return out;
}

std::optional<bool> as_boolean(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_string()) return std::nullopt;
  std::string text(trimmed(value.get_ref<const std::string&>()));
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

Result<Json> fit(ValueType type, const Json& value) {
  switch (type) {
    case ValueType::string:
      return Json(text_form(value));
    case ValueType::integer:
      if (auto number = as_integer(value)) return Json(*number);
      if (value.is_number()) return value;  // a real: the scripts' own division; AWS keeps it
      return misfit(type, value);
    case ValueType::boolean:
      if (auto truth = as_boolean(value)) return Json(*truth);
      return misfit(type, value);
    case ValueType::string_list:
      return fit_list(value);
    case ValueType::string_map:
      return fit_map(value);
    case ValueType::map_list:
      return fit_maps(value);
  }
  return misfit(type, value);
}

std::size_t weight(const Json& value, std::size_t bound) {
  std::size_t bytes = sizeof(Json);
  if (value.is_string()) return bytes + value.get_ref<const std::string&>().size();
  if (!value.is_structured()) return bytes;
  for (auto item = value.begin(); item != value.end() && bytes < bound; ++item) {
    if (value.is_object()) bytes += item.key().size() + 48;
    bytes += weight(*item, bound);
  }
  return bytes;
}

}  // namespace setpoint::runbook
