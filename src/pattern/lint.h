// What AWS would refuse though it compiles here: `setpoint pattern lint --eventbridge`. Warnings, each with its place
// and a remedy.
#pragma once

#include "base/diagnostic.h"

namespace setpoint::pattern {

// The pattern must compile (its errors are reported as Pattern::compile does); then warnings are added. True where
// nothing was found.
bool lint_for_eventbridge(const base::SourceText& source, base::Diagnostics& diagnostics);

}  // namespace setpoint::pattern
