// runner.py, built into the binary.
#pragma once

#include <string_view>

namespace setpoint::runbook {

std::string_view runner_text();

}  // namespace setpoint::runbook
