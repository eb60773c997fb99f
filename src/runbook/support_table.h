// docs/ssm-automation.md as the code has it: the action table and the limits, generated so that the page cannot drift.
// A test compares; SETPOINT_UPDATE_GOLDEN=1 writes.
#pragma once

#include <string>

namespace setpoint::runbook {

std::string support_page();

}  // namespace setpoint::runbook
