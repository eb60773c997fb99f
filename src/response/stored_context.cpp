#include "response/stored_context.h"

namespace setpoint::response {

using base::Json;
using base::string_member;

Json context_json(const runbook::ExecutionContext& context) {
  return {{"execution_id", context.execution_id}, {"account", context.account},         {"region", context.region},
          {"partition", context.partition},       {"executed_by", context.executed_by}, {"mode", context.mode}};
}

runbook::ExecutionContext context_from_json(const Json& json) {
  runbook::ExecutionContext out;
  out.execution_id = string_member(json, "execution_id");
  out.account = string_member(json, "account");
  out.region = string_member(json, "region");
  out.partition = string_member(json, "partition");
  out.executed_by = string_member(json, "executed_by");
  if (json.contains("mode")) out.mode = string_member(json, "mode");
  return out;
}

std::size_t count_member(const Json& json, std::string_view name) {
  const Json& value = base::member(json, name);
  return value.is_number_integer() ? value.get<std::size_t>() : 0;
}

std::vector<std::string> texts_member(const Json& json, std::string_view name) {
  std::vector<std::string> out;
  for (const Json& text : base::member(json, name)) out.push_back(text.is_string() ? text.get<std::string>() : "");
  return out;
}

}  // namespace setpoint::response
