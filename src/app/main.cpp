#include <CLI/CLI.hpp>
#include <iostream>

#include "app/lint.h"
#include "app/wiring.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "engine/controls.h"
#include "engine/engine.h"

int main(int argc, char** argv) {
  setpoint::cli::Context context;
  context.open = setpoint::app::open_engine;
  context.open_controls = setpoint::app::open_controls;
  context.lint = setpoint::app::lint;
  context.content_roots = [&context] { return setpoint::app::content_roots(context.options, {}); };
  context.program = argv[0];
  CLI::App app("Setpoint holds cloud resources to their declared security state and answers security events.",
               "setpoint");
  setpoint::cli::add_commands(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    int code = app.exit(problem);
    return code == 0 ? 0 : static_cast<int>(setpoint::cli::kBadInput);
  }
  return context.exit_code;
}
