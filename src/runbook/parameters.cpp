#include "runbook/parameters.h"

#include <set>

#include "runbook/document.h"
#include "runbook/host.h"
#include "runbook/interpolation.h"
#include "runbook/limits.h"
#include "runbook/pattern.h"
#include "runbook/system_values.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kTypes[] = {"String", "Integer", "Boolean", "StringList", "StringMap", "MapList"};

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// The wire form wraps every scalar into a list of one.
const Json& unwrapped(const Json& given) { return given.is_array() && given.size() == 1 ? given.front() : given; }

Result<Json> parsed_text(const Json& given) {
  if (!given.is_string()) return given;
  auto parsed = base::parse_json(given.get_ref<const std::string&>());
  if (!parsed) return fail(ErrorCode::invalid_input, "expected JSON, found text that is none");
  return *parsed;
}

Result<Json> convert_list(const Json& given) {
  if (given.is_string()) {
    auto parsed = base::parse_json(given.get_ref<const std::string&>());
    if (parsed && parsed->is_array()) return fit(ValueType::string_list, *parsed);
  }
  if (given.is_array()) {
    for (const Json& item : given) {
      if (item.is_structured())
        return fail(ErrorCode::invalid_input, "expected a list of text, found {} in it", kind_of(item));
    }
  }
  return fit(ValueType::string_list, given);
}

Result<Json> convert_maps(const Json& given) {
  if (!given.is_array()) {
    TRY(Json parsed, parsed_text(given));
    return fit(ValueType::map_list, parsed);
  }
  Json out = Json::array();
  for (const Json& item : given) {
    TRY(Json parsed, parsed_text(item));
    // One text may also hold the whole list.
    if (parsed.is_array()) {
      out.insert(out.end(), parsed.begin(), parsed.end());
    } else {
      out.push_back(std::move(parsed));
    }
  }
  return fit(ValueType::map_list, out);
}

Status check_allowed(const Parameter& parameter, const Json& value) {
  if (parameter.allowed_values.empty()) return {};
  auto allowed = [&](const Json& one) {
    return std::any_of(parameter.allowed_values.begin(), parameter.allowed_values.end(), [&](const Json& candidate) {
      return candidate == one || (!one.is_structured() && text_form(candidate) == text_form(one));
    });
  };
  if (allowed(value)) return {};
  bool each = value.is_array() && std::all_of(value.begin(), value.end(), allowed);
  if (each) return {};
  std::string names;
  for (const Json& candidate : parameter.allowed_values) names += (names.empty() ? "" : ", ") + text_form(candidate);
  return fail(ErrorCode::invalid_input, "must be one of: {}", names);
}

Status check_text(const Parameter& parameter, const std::string& text) {
  auto size = static_cast<std::int64_t>(characters(text));
  if (parameter.min_chars && size < *parameter.min_chars) {
    return fail(ErrorCode::invalid_input, "has {} characters, needs at least {}", size, *parameter.min_chars);
  }
  if (parameter.max_chars && size > *parameter.max_chars) {
    return fail(ErrorCode::invalid_input, "has {} characters, may have at most {}", size, *parameter.max_chars);
  }
  // An optional parameter is written as one with an empty default beside a pattern that "" would not pass.
  bool optional_and_empty = text.empty() && parameter.default_value && *parameter.default_value == Json("");
  if (!parameter.pattern || optional_and_empty) return {};
  TRY(bool matched, parameter.pattern->matches(text));
  if (!matched) return fail(ErrorCode::invalid_input, "does not match the pattern {}", parameter.allowed_pattern);
  return {};
}

Status check_count(const Parameter& parameter, const Json& value) {
  auto size = static_cast<std::int64_t>(value.size());
  if (parameter.min_items && size < *parameter.min_items) {
    return fail(ErrorCode::invalid_input, "has {} items, needs at least {}", size, *parameter.min_items);
  }
  if (parameter.max_items && size > *parameter.max_items) {
    return fail(ErrorCode::invalid_input, "has {} items, may have at most {}", size, *parameter.max_items);
  }
  return {};
}

bool holds_reference(const Json& value) {
  bool found = false;
  for_each_reference(value, [&](const Reference&) { found = true; });
  return found;
}

std::string without_edges(const std::string& text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Json split_commas(const std::string& text) {
  Json out = Json::array();
  std::size_t start = 0;
  while (start <= text.size()) {
    std::size_t comma = std::min(text.find(',', start), text.size());
    out.push_back(without_edges(text.substr(start, comma - start)));
    start = comma + 1;
  }
  return out;
}

// Each parameter once; a default that needs another one waits for it.
class Binder {
 public:
  Binder(const Document& document, const Json& given, const ExecutionContext& context, Host& host)
      : document_(document), given_(given), context_(context), host_(host) {}

  Result<Json> bind(const Parameter& parameter) {
    if (auto known = bound_.find(parameter.name); known != bound_.end()) return *known;
    if (!pending_.insert(parameter.name).second)
      return fail(ErrorCode::invalid_input, "its default needs itself, by way of others");
    auto value = bind_afresh(parameter);
    pending_.erase(parameter.name);
    if (value) bound_[parameter.name] = *value;
    return value;
  }

 private:
  Result<Json> bind_afresh(const Parameter& parameter) {
    auto found = given_.find(parameter.name);
    Json value;
    if (found != given_.end()) {
      value = *found;
    } else if (parameter.default_value) {
      TRY(value, resolved_default(parameter));
    } else {
      return fail(ErrorCode::invalid_input, "is missing and has no default");
    }
    TRY(Json converted, convert_value(parameter, value));
    TRY_VOID(check_value(parameter, converted));
    return converted;
  }

  Result<Json> resolved_default(const Parameter& parameter) {
    const Json& written = *parameter.default_value;
    if (!holds_reference(written)) return written;
    // YAML's folded scalars leave white space around the reference.
    Json input = written.is_string() ? Json(without_edges(written.get<std::string>())) : written;
    bool from_store = false;
    TRY(Json resolved, substitute(input, [&](const Reference& reference) {
          from_store = from_store || reference.kind == Reference::Kind::ssm;
          return lookup(reference);
        }));
    // Parameter Store keeps a StringList as text with commas.
    if (from_store && parameter.type == ValueType::string_list && resolved.is_string())
      return split_commas(resolved.get<std::string>());
    return resolved;
  }

  Result<Json> lookup(const Reference& reference) {
    using Kind = Reference::Kind;
    if (reference.kind == Kind::global || reference.kind == Kind::automation)
      return system_value(reference, context_, host_);
    if (reference.kind == Kind::ssm) {
      TRY(std::string value, host_.resolve_ssm_parameter(reference.name));
      return Json(std::move(value));
    }
    const Parameter* other = reference.kind == Kind::parameter ? document_.parameter(reference.name) : nullptr;
    if (other != nullptr) return bind(*other);
    return fail(ErrorCode::invalid_input, "a default may not refer to {}", reference.text());
  }

  const Document& document_;
  const Json& given_;
  const ExecutionContext& context_;
  Host& host_;
  Json bound_ = Json::object();
  std::set<std::string> pending_;
};

std::string unknown_names(const Document& document, const Json& given) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : document.parameters()) names.push_back(parameter.name);
  std::string problems;
  for (auto item = given.begin(); item != given.end(); ++item) {
    if (document.parameter(item.key()) != nullptr) continue;
    std::string hint = base::did_you_mean(item.key(), names);
    problems += fmt::format("{}the document has no parameter '{}'{}", problems.empty() ? "" : "; ", item.key(),
                            hint.empty() ? "" : ", " + hint);
  }
  return problems;
}

}  // namespace

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::string:
      return "String";
    case ValueType::integer:
      return "Integer";
    case ValueType::boolean:
      return "Boolean";
    case ValueType::string_list:
      return "StringList";
    case ValueType::string_map:
      return "StringMap";
    case ValueType::map_list:
      return "MapList";
  }
  return "?";
}

std::optional<ValueType> parse_value_type(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kTypes); ++i) {
    if (kTypes[i] == text) return static_cast<ValueType>(i);
  }
  if (text.starts_with("AWS::")) return ValueType::string;
  if (text.starts_with("List<") && text.ends_with(">")) return ValueType::string_list;
  return std::nullopt;
}

Result<Json> convert_value(const Parameter& parameter, const Json& given) {
  switch (parameter.type) {
    case ValueType::string:
      if (unwrapped(given).is_structured())
        return fail(ErrorCode::invalid_input, "expected text, found {}", kind_of(given));
      return fit(parameter.type, unwrapped(given));
    case ValueType::integer: {
      auto number = as_integer(unwrapped(given));
      if (!number) return fail(ErrorCode::invalid_input, "expected an integer, found {}", kind_of(unwrapped(given)));
      return Json(*number);
    }
    case ValueType::boolean:
      return fit(parameter.type, unwrapped(given));
    case ValueType::string_list:
      return convert_list(given);
    case ValueType::string_map: {
      TRY(Json parsed, parsed_text(unwrapped(given)));
      return fit(parameter.type, parsed);
    }
    case ValueType::map_list:
      return convert_maps(given);
  }
  return fail(ErrorCode::invalid_input, "unknown type");
}

Status check_value(const Parameter& parameter, const Json& value) {
  if (weight(value, kValueBytesMax) > kValueBytesMax) {
    return fail(ErrorCode::limit_exceeded, "is larger than {} bytes", kValueBytesMax);
  }
  TRY_VOID(check_allowed(parameter, value));
  if (value.is_structured()) TRY_VOID(check_count(parameter, value));
  if (value.is_string()) return check_text(parameter, value.get_ref<const std::string&>());
  if (value.is_number() && parameter.pattern) return check_text(parameter, text_form(value));
  if (parameter.type != ValueType::string_list) return {};
  for (const Json& item : value) TRY_VOID(check_text(parameter, item.get_ref<const std::string&>()));
  return {};
}

Result<Json> bind_parameters(const Document& document, const Json& given_or_null, const ExecutionContext& context,
                             Host& host) {
  const Json given = given_or_null.is_null() ? Json::object() : given_or_null;
  if (!given.is_object()) return fail(ErrorCode::invalid_input, "parameters must be a map, found {}", kind_of(given));
  if (given.size() > kParametersMax) return fail(ErrorCode::limit_exceeded, "more than {} parameters", kParametersMax);
  std::string problems = unknown_names(document, given);
  Json bound = Json::object();
  Binder binder(document, given, context, host);
  for (const Parameter& parameter : document.parameters()) {
    auto value = binder.bind(parameter);
    if (value) {
      bound[parameter.name] = std::move(*value);
    } else {
      problems += fmt::format("{}{}: {}", problems.empty() ? "" : "; ", parameter.name, value.error().text());
    }
  }
  if (!problems.empty())
    return fail(
        {ErrorCode::invalid_input, problems, document.name(), {}, "InvalidAutomationExecutionParametersException"});
  return bound;
}

}  // namespace setpoint::runbook
