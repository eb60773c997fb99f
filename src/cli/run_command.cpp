// run: one Automation document directly against an endpoint, and the execution as the SSM API renders it
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/direct_run.h"
#include "cli/execution_commands.h"
#include "cli/exit_code.h"
#include "engine/engine.h"

namespace setpoint::cli {

namespace {

// Takes the place of an account that nobody named until the endpoint has told its own.
constexpr char kUnnamedAccount[] = "000000000000";

constexpr char kFooter[] =
    "Exit codes: 0 Success; 1 Failed, TimedOut, Cancelled or Rejected; 2 refused before it began\n"
    "A run that was interrupted goes on with --resume; each call has its effect once.\n"
    "Examples\n"
    "  setpoint run stop.yaml --parameters '{\"InstanceId\": [\"i-0a1b\"]}' --endpoint-url http://127.0.0.1:4566 "
    "--region eu-west-1 --yes --json\n"
    "  setpoint run stop.yaml --target-parameter-name InstanceId --targets Key=tag:Env,Values=test --max-concurrency "
    "10% "
    "--max-errors 2 --yes\n"
    "  setpoint run stop.yaml --target-locations "
    "Accounts=111122223333,222233334444,Regions=eu-west-1,ExecutionRoleName=runner --yes\n"
    "  setpoint run signal 1f0c3a7e-... Approve --as ada\n"
    "  setpoint run --resume 1f0c3a7e-...";

void run_document(Context& context, const RunArguments& arguments) {
  if (context.options.account.empty()) context.options.fallback_account = kUnnamedAccount;
  context.exit_code = kOk;
  bool began = false;
  context.with_engine([&](engine::Engine& engine) {
    DirectRun run(context, engine, arguments);
    base::Status done = run.run();
    began = run.began();
    return done;
  });
  if (!began && context.exit_code != kOk) context.exit_code = kBadInput;
}

void add_fleet_options(CLI::App& command, RunArguments& arguments) {
  FleetArguments& fleet = arguments.fleet;
  command.add_option("--target-parameter-name", fleet.target_parameter_name, "the parameter that each target fills");
  auto list = [&](const char* name, std::vector<std::string>& into, const char* what) {
    // Without extra arguments CLI11 leaves text in brackets alone: it is JSON.
    command.add_option(name, into, what)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  };
  list("--targets", fleet.targets, "Key=ParameterValues|tag:NAME|ResourceGroup,Values=...; or JSON");
  list("--target-maps", fleet.target_maps, "maps of parameters, one for each target: JSON");
  list("--target-locations", fleet.target_locations, "Accounts=...,Regions=...,ExecutionRoleName=...; or JSON");
  command.add_option("--max-concurrency", fleet.max_concurrency, "targets at once: a number or N% (default 10)");
  command.add_option("--max-errors", fleet.max_errors, "failures before no further target starts: a number or N%");
}

void add_rehearsal_options(CLI::App& command, RunArguments& arguments) {
  auto* skip = command.add_flag("--no-rehearsal", arguments.no_rehearsal, "do not rehearse first; it is recorded");
  command.add_flag("--rehearse", arguments.rehearse, "only rehearse on a simulated copy; nothing is changed")
      ->excludes(skip);
}

void add_role_options(CLI::App& command, RunArguments& arguments) {
  command.add_flag("!--no-assume-role", arguments.assume_role,
                   "make the calls with your own credentials, not with the document's assumeRole; it is recorded");
  command.add_option("--session-policy", arguments.session_policy, "JSON, or a file of it: bounds the assumed role");
}

void add_endpoint_options(CLI::App& command, Context& context) {
  auto take = [&context](const std::vector<std::string>& given) {
    for (const std::string& one : given) {
      std::size_t equals = one.find('=');
      if (equals == std::string::npos || equals == 0)
        throw CLI::ValidationError("--region-endpoint", "write REGION=URL");
      context.options.region_endpoints[one.substr(0, equals)] = one.substr(equals + 1);
    }
  };
  command
      .add_option_function<std::vector<std::string>>("--region-endpoint", take,
                                                     "REGION=URL: the endpoint of one region, before --endpoint-url")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

void add_run_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand(
      "run", "Run one Automation document directly, and print the execution as the SSM API renders it");
  auto* document = command->add_option("document", arguments->document, "a file, or a runbook's name in the content");
  command->add_option("--resume", arguments->resume, "go on with an interrupted execution")->excludes(document);
  command->add_option("--parameters", arguments->parameters, "a JSON object, or a file of JSON or YAML");
  command->add_option("--mode", arguments->mode, "Auto, or Interactive: each step waits for the StartStep signal")
      ->check(CLI::IsMember({"Auto", "Interactive"}));
  add_fleet_options(*command, *arguments);
  add_rehearsal_options(*command, *arguments);
  add_role_options(*command, *arguments);
  add_endpoint_options(*command, context);
  add_execution_commands(*command, context);
  command->fallthrough();
  command->footer(kFooter);
  command->callback([&context, command, arguments] {
    if (!command->get_subcommands().empty()) return;
    if (arguments->document.empty() && arguments->resume.empty()) throw CLI::RequiredError("document or --resume");
    run_document(context, *arguments);
  });
}

}  // namespace setpoint::cli
