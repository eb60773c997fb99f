// A plan and a decision as text that people like to read.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "model/decision.h"
#include "model/plan.h"

namespace setpoint::cli {

std::string show_plan(const model::Plan& plan, const Paint& paint);
std::string show_decision(const model::Decision& decision, const Paint& paint);

}  // namespace setpoint::cli
