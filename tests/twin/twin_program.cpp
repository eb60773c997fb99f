// The command alone, so that these tests need nothing else of the program.
#include <CLI/CLI.hpp>

#include "cli/twin_command.h"

int main(int argc, char** argv) {
  CLI::App app("setpoint");
  app.require_subcommand(1);
  int exit_code = 0;
  setpoint::cli::add_twin_command(app, exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
