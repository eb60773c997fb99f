// lint: everything that a person writes, checked before it runs: controls and their rules, runbooks, automations,
// setpoint.yaml. Folders are walked; what a file is, is told by its name and place.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"

namespace setpoint::app {

// How many files were checked. Errors: a path that does not exist, AWS models that do not open.
base::Result<std::size_t> lint(const std::vector<std::string>& paths, base::Diagnostics& diagnostics);

}  // namespace setpoint::app
