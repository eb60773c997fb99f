#pragma once

#include "cli/options.h"

namespace CLI {
class App;
}

namespace setpoint::cli {

// Beneath `run`.
void add_execution_commands(CLI::App& run, Context& context);

}  // namespace setpoint::cli
