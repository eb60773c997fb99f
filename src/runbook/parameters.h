// Parameters and variables of a document: their types, their checks, and how values from outside are bound to them.
//
//   TRY(Json parameters, bind_parameters(document, given, host));   // {"InstanceId": "i-…", "Force": true}
//
// `given` may be native JSON ({"Force": true, "Ids": ["a"]}) or the API's wire form, map<string, list<string>>
// ({"Force":
// ["true"], "Ids": ["a"], "Tags": ["{\"k\": \"v\"}"]}); each value is told apart by the parameter's type. What is
// absent takes its default; a default that holds {{ssm:/path}} is resolved through the Host. Refusals
// (ErrorCode::invalid_input, every problem in one message): unknown or missing parameters, a value that is not of the
// type, allowedValues, allowedPattern (PCRE2 in the dialect that Java's users write; a match that needs more than the
// bounded number of steps is refused, not waited for), minChars/maxChars, minItems/maxItems, more than kParametersMax.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"
#include "base/result.h"

#include <nlohmann/json.hpp>

namespace setpoint::runbook {

class Document;
class Host;
class Pattern;
struct ExecutionContext;

enum class ValueType { string, integer, boolean, string_list, string_map, map_list };
std::string_view to_string(ValueType type);  // "StringList"
// "String", "AWS::EC2::Instance::Id" (a String), "List<AWS::EC2::Instance::Id>" (a StringList), ...
std::optional<ValueType> parse_value_type(std::string_view text);

struct Parameter {
  std::string name;
  ValueType type = ValueType::string;
  std::string type_text;  // as written
  std::string description;
  std::optional<base::Json> default_value;
  std::vector<base::Json> allowed_values;
  std::string allowed_pattern;
  std::shared_ptr<const Pattern> pattern;  // compiled; null without allowedPattern
  std::optional<std::int64_t> min_chars, max_chars, min_items, max_items;
  base::Position at;
};

// Same keys as a parameter; always has a default.
using Variable = Parameter;

// What is given, and the defaults of what is not. A default may name SSM parameters, {{ global:... }}, {{ automation:...
// }} and other parameters; what is given is never expanded.
base::Result<base::Json> bind_parameters(const Document& document, const base::Json& given,
                                         const ExecutionContext& context, Host& host);

// One value against one parameter's checks, after conversion to its type.
base::Status check_value(const Parameter& parameter, const base::Json& value);
// Native or wire form to the parameter's own type.
base::Result<base::Json> convert_value(const Parameter& parameter, const base::Json& given);

}  // namespace setpoint::runbook
