#include "cli/commands.h"

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/guard_command.h"
#include "cli/pattern_command.h"
#include "cli/runbook_command.h"
#include "cli/twin_command.h"

namespace setpoint::cli {

namespace {

void add_global_options(CLI::App& app, Context& context) {
  GlobalOptions& o = context.options;
  app.add_option("--config", o.config, "setpoint.yaml (default: ./setpoint.yaml, $SETPOINT_CONFIG)");
  app.add_option("--home", o.home, "database, keys, journal (default: $SETPOINT_HOME, ~/.local/share/setpoint)");
  app.add_option("--endpoint-url", o.endpoint_url, "talk to this endpoint instead of AWS");
  app.add_option("--region", o.regions, "regions (default: the account's, $AWS_REGION)")->delimiter(',');
  app.add_option("--account", o.account, "the account's 12 digits");
  app.add_option("--content", o.content, "content roots: standards/, runbooks/, automations/");
  app.add_option("--as", o.as, "act under this identity (default: the OS user); it is recorded");
  app.add_flag("--json", o.json, "output for machines");
  app.add_flag("--yes", o.yes, "answer every question with yes");
}

constexpr char kExamples[] =
    "Examples\n"
    "  setpoint demo --yes                              the whole loop on the built-in cloud\n"
    "  setpoint twin --port 4566 --seed content/demo/account.yaml\n"
    "  setpoint scan --endpoint-url http://127.0.0.1:4566 --account 111122223333 --region eu-west-1\n"
    "  setpoint findings\n"
    "  setpoint plan f-1c2d3e4f5a6b --as ada\n"
    "  setpoint approve p-0123456789ab --as bob\n"
    "  setpoint apply p-0123456789ab --as ada\n"
    "  setpoint journal verify\n";

}  // namespace

void add_commands(CLI::App& app, Context& context) {
  app.set_version_flag("--version", std::string("setpoint ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(std::string(kExamples) + "\nExit codes\n" + exit_code_table());
  add_global_options(app, context);
  add_scan_commands(app, context);
  add_remediation_commands(app, context);
  add_oversight_commands(app, context);
  add_run_command(app, context);
  add_journal_command(app, context);
  add_content_commands(app, context);
  add_serve_command(app, context);
  add_demo_command(app, context);
  add_twin_command(app, context.exit_code);
  add_pattern_commands(app, context.exit_code);
  add_guard_commands(app, context.exit_code);
  add_runbook_commands(app, context);
  add_completion_command(app, context);
}

}  // namespace setpoint::cli
