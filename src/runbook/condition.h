// Conditions of aws:branch and aws:loop: {Variable, operation} with And, Or and Not around them.
//
// An operand that is absent (an output that its step did not write) is equal to nothing: every operation on it is
// false, so a Not around it is true. AWS's own example of branching on a script's result relies on it.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "runbook/interpolation.h"

namespace setpoint::runbook {

inline constexpr std::string_view kConditionOperations[] = {"StringEquals",
                                                            "EqualsIgnoreCase",
                                                            "StartsWith",
                                                            "EndsWith",
                                                            "Contains",
                                                            "NumericEquals",
                                                            "NumericGreater",
                                                            "NumericLesser",
                                                            "NumericGreaterOrEquals",
                                                            "NumericLesserOrEquals",
                                                            "BooleanEquals"};
inline constexpr std::string_view kConditionConnectives[] = {"And", "Or", "Not"};

// A Lookup that answers null for an output that was not written. Errors: a reference that cannot be resolved, an
// operand of the wrong type (a number is asked for and "abc" is there).
base::Result<bool> evaluate_condition(const base::Json& condition, const Lookup& lookup);

// One operation on two values.
base::Result<bool> evaluate_operation(std::string_view operation, const base::Json& variable,
                                      const base::Json& operand);

}  // namespace setpoint::runbook
