// What the records of runs (run.h) and executions (execution_record.h) have in common, as they are stored.
#pragma once

#include "base/json.h"
#include "runbook/execution.h"

namespace setpoint::response {

base::Json context_json(const runbook::ExecutionContext& context);
// The parent is not kept: whoever has one knows it from elsewhere.
runbook::ExecutionContext context_from_json(const base::Json& json);
// 0 where it is absent or no number.
std::size_t count_member(const base::Json& json, std::string_view name);
// Empty where it is no list; "" for what is no text in it.
std::vector<std::string> texts_member(const base::Json& json, std::string_view name);

}  // namespace setpoint::response
