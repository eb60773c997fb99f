// What an execution works on, as names of locks. A fleet's member locks the value of its TargetParameterName; any other
// execution the values of its parameters that name a resource: those of a type AWS::…, and texts that are an id
// ("sg-0a1b…") or an ARN. Roles, keys and topics are tools, not targets: many runs may use one.
//
// The plans of remediations lock by resource key and by resource_lock(), so a direct run and a plan exclude one
// another.
#pragma once

#include <string>
#include <vector>

#include "response/execution_record.h"

namespace setpoint::response {

std::vector<std::string> target_locks(const runbook::Document& document, const base::Json& parameters,
                                      const runbook::ExecutionContext& context,
                                      const std::string& target_parameter_name);

// "target/111122223333/sg-0a1b…"; an ARN is cut to its last part.
std::string resource_lock(const std::string& account, const std::string& id);

}  // namespace setpoint::response
