// Every command of the program. Each file <subject>_commands.cpp owns the words, options and output of one subject.
#pragma once

#include "cli/options.h"

namespace CLI {
class App;
}

namespace setpoint::cli {

inline constexpr char kVersion[] = "0.1.0";

void add_commands(CLI::App& app, Context& context);

void add_scan_command(CLI::App& app, Context& context);
void add_check_command(CLI::App& app, Context& context);
void add_scan_commands(CLI::App& app, Context& context);         // import, findings, resource; calls the two above
void add_remediation_commands(CLI::App& app, Context& context);  // plan, apply, verify, undo, runs, recover
void add_oversight_commands(CLI::App& app, Context& context);    // approve, waiting, stop
void add_journal_command(CLI::App& app, Context& context);
void add_content_commands(CLI::App& app, Context& context);  // lint; calls add_standards_command
void add_standards_command(CLI::App& app, Context& context);
void add_run_command(CLI::App& app, Context& context);
void add_serve_command(CLI::App& app, Context& context);
void add_demo_command(CLI::App& app, Context& context);
void add_completion_command(CLI::App& app, Context& context);

}  // namespace setpoint::cli
