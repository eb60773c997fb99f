// A plan, a decision and a finding as text that people like to read.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "model/decision.h"
#include "model/plan.h"

namespace setpoint::cli {

std::string show_plan(const model::Plan& plan, const Paint& paint);
std::string show_decision(const model::Decision& decision, const Paint& paint);
std::string show_finding(const model::Finding& finding, const Paint& paint);
std::string show_findings(const std::vector<model::Finding>& findings, const Paint& paint);

}  // namespace setpoint::cli
