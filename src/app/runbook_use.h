// Whether what a control or an automation hands to a runbook is what that takes: told when the content is loaded or
// linted, not when somebody waits for the remedy.
#pragma once

#include "base/diagnostic.h"
#include "model/control.h"
#include "response/ports.h"

namespace setpoint::app {

// Errors: no such runbook, a parameter that it does not have or that is missing, a literal that it refuses. A value with
// a reference may become anything. `file` is where `use` stands.
void check_runbook_use(const model::Remediation& use, const std::string& file, const response::Library& library,
                       base::Diagnostics& diagnostics);

}  // namespace setpoint::app
