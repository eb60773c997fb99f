// run: one Automation document directly against an endpoint, and the execution as the SSM API renders it
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cloud/aws/endpoint.h"
#include "cloud/aws/read_only.h"
#include "engine/engine.h"
#include "response/direct_host.h"
#include "response/rehearsal_host.h"
#include "runbook/limits.h"

namespace setpoint::cli {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Json;
using engine::Engine;

namespace {

// Takes the place of an account that nobody named until the endpoint has told its own.
constexpr char kUnnamedAccount[] = "000000000000";

constexpr std::size_t kPageSize = 1'000;

struct RunArguments {
  std::string document;
  std::string parameters;
  bool no_rehearsal = false;
  bool rehearse = false;
};

struct Named {
  runbook::Document document;
  std::string name;
  std::string folder;  // "" for a runbook of the content
};

base::Result<Named> read_document(Engine& engine, const std::string& what) {
  if (!fs::is_regular_file(what)) {
    TRY(runbook::Document document, engine.parts().library.document(what));
    return Named{std::move(document), what, ""};
  }
  TRY(std::string text, base::read_file(what, runbook::kDocumentBytesMax));
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile({what, text}, diagnostics);
  if (!document)
    return base::fail({ErrorCode::invalid_input, "the document has mistakes:\n" + diagnostics.render(), what, {}, {}});
  return Named{*document, document->name(), fs::absolute(what).parent_path().string()};
}

// JSON as an argument, or a file of JSON or YAML.
base::Result<Json> read_parameters(const std::string& given) {
  if (given.empty()) return Json::object();
  bool inline_json =
      given.find_first_not_of(" \t\r\n") != std::string::npos && given[given.find_first_not_of(" \t\r\n")] == '{';
  std::string text = given;
  if (!inline_json) {
    TRY(text, base::read_file(given, base::kYamlBytesMax));
  }
  base::Diagnostics diagnostics;
  auto root = base::parse_yaml({inline_json ? "--parameters" : given, text}, diagnostics);
  if (!root) return base::fail(ErrorCode::invalid_input, "the parameters have mistakes:\n{}", diagnostics.render());
  if (root->is_map()) return root->json();
  return base::fail(ErrorCode::invalid_input, "the parameters are no map of names to values");
}

base::Result<const engine::AccountAccess*> chosen_account(Engine& engine, const GlobalOptions& options) {
  if (!options.account.empty()) return engine.parts().account(options.account);
  if (engine.parts().accounts.size() == 1) return &engine.parts().accounts.front();
  return base::fail({ErrorCode::invalid_input, "several accounts are connected", {}, "choose one with --account", {}});
}

// Who we are there; an endpoint that cannot tell leaves what was given.
void ask_identity(const engine::AccountAccess& access, runbook::ExecutionContext& context) {
  auto told = access.client->call({context.account, context.region, "sts", "GetCallerIdentity", Json::object()});
  if (!told) return;
  context.executed_by = base::string_member(told->output, "Arn");
  std::string account = base::string_member(told->output, "Account");
  if (context.account == kUnnamedAccount && !account.empty()) context.account = account;
}

runbook::ExecutionContext context_of(Engine& engine, const engine::AccountAccess& access) {
  runbook::ExecutionContext out;
  out.execution_id = base::new_uuid(engine.parts().random);
  out.account = access.account;
  out.region = access.regions.front();
  out.partition = std::string(to_string(cloud::aws::partition_of(out.region)));
  ask_identity(access, out);
  return out;
}

bool may_change(const runbook::Document& document) {
  std::vector<runbook::StaticCall> calls = runbook::api_calls(document);
  return std::any_of(calls.begin(), calls.end(), [](const runbook::StaticCall& call) {
    return call.dynamic || !cloud::aws::is_read_only(call.service, call.operation);
  });
}

int exit_code_of_execution(runbook::ExecutionStatus status) {
  using runbook::ExecutionStatus;
  bool good = status == ExecutionStatus::success || status == ExecutionStatus::completed_with_success;
  return good ? kOk : kNegative;
}

std::string steps_text(const Json& execution, const Paint& paint) {
  Table table({"STEP", "ACTION", "STATUS", "MESSAGE"});
  for (const Json& step : base::member(execution, "StepExecutions")) {
    table.add({base::string_member(step, "StepName"), base::string_member(step, "Action"),
               base::string_member(step, "StepStatus"), printable(base::string_member(step, "FailureMessage"), 200)});
  }
  return table.render(paint);
}

class DirectRun {
 public:
  DirectRun(Context& context, Engine& engine, const RunArguments& arguments)
      : context_(context), engine_(engine), arguments_(arguments) {}

  base::Status run() {
    TRY(Named named, read_document(engine_, arguments_.document));
    TRY(Json given, read_parameters(arguments_.parameters));
    TRY(const engine::AccountAccess* access, chosen_account(engine_, context_.options));
    execution_ = context_of(engine_, *access);
    const engine::Parts& parts = engine_.parts();
    response::DirectHost host({parts.journal, *access->client, parts.clock}, program_ports(named),
                              context_.options.identity());
    TRY(Json parameters, runbook::bind_parameters(named.document, given, host));
    if (!arguments_.no_rehearsal) TRY_VOID(rehearse(named, parameters, *access));
    if (arguments_.rehearse) return {};
    TRY_VOID(ask(named));
    return carry_out(named, parameters, host);
  }

  bool began() const { return began_; }

 private:
  response::ProgramPorts program_ports(const Named& named) const {
    return {&engine_.parts().library, engine_.parts().scripts, execution_, named.folder};
  }

  base::Result<std::vector<model::Resource>> known_resources() const {
    inventory::ResourceFilter filter;
    filter.account = execution_.account;
    std::vector<model::Resource> out;
    std::string after;
    do {
      TRY(auto page, engine_.parts().resources.list(filter, after, kPageSize));
      for (model::Resource& resource : page.resources) out.push_back(std::move(resource));
      after = page.next;
    } while (!after.empty());
    return out;
  }

  // On a copy of what the last scan saw. Nothing seen is nothing to rehearse on: said, recorded, and no reason to stop.
  base::Status rehearse(const Named& named, const Json& parameters, const engine::AccountAccess& access) {
    TRY(auto resources, known_resources());
    if (resources.empty()) {
      unrehearsed_ = fmt::format("nothing is known of account {}", execution_.account);
      if (arguments_.rehearse)
        return base::fail({ErrorCode::not_found, *unrehearsed_, named.name, "setpoint scan first", {}});
      std::cerr << fmt::format("setpoint: not rehearsed: {}; setpoint scan reads it\n", *unrehearsed_);
      return {};
    }
    const engine::Parts& parts = engine_.parts();
    TRY(auto world, parts.worlds.create(resources));
    response::RehearsalHost host(*world, *access.observer, program_ports(named));
    runbook::ExecutionReport report = runbook::run(named.document, parameters, execution_, host);
    return conclude_rehearsal(named, report, host);
  }

  base::Status conclude_rehearsal(const Named& named, const runbook::ExecutionReport& report,
                                  response::RehearsalHost& host) {
    std::string unmodelled;
    for (const std::string& name : host.unmodelled()) unmodelled += (unmodelled.empty() ? "" : ", ") + name;
    if (!unmodelled.empty()) std::cerr << "setpoint: the rehearsal cannot simulate " << printable(unmodelled) << "\n";
    if (arguments_.rehearse) {
      print(named, report, rehearsal_json(host));
      context_.exit_code = exit_code_of_execution(report.status) == kOk ? kOk : kBadInput;
      return {};
    }
    if (exit_code_of_execution(report.status) == kOk) return {};
    if (!unmodelled.empty()) {
      unrehearsed_ = "the rehearsal failed behind calls that it cannot simulate: " + unmodelled;
      return {};
    }
    return base::fail({ErrorCode::refused,
                       "the rehearsal failed: " + report.failure_message,
                       named.name,
                       "setpoint scan, if the account has changed; --no-rehearsal runs it all the same",
                       {}});
  }

  static Json rehearsal_json(response::RehearsalHost& host) {
    Json calls = Json::array();
    for (const model::PlannedCall& planned : host.calls())
      calls.push_back({{"step", planned.step}, {"call", planned.call.json()}});
    return {{"calls", std::move(calls)}, {"unmodelled", host.unmodelled()}};
  }

  base::Status ask(const Named& named) {
    if (context_.options.yes || !may_change(named.document)) return {};
    if (ask_yes_no(fmt::format("run {} in account {}, {}?", named.name, execution_.account, execution_.region), false))
      return {};
    return base::fail({ErrorCode::refused,
                       "the document may change things, and nobody said yes",
                       named.name,
                       "give --yes, or --rehearse to see what it would do",
                       {}});
  }

  base::Status carry_out(const Named& named, const Json& parameters, response::DirectHost& host) {
    TRY_VOID(record("run.started", {{"direct", true},
                                    {"document", named.name},
                                    {"digest", named.document.digest().hex()},
                                    {"account", execution_.account},
                                    {"region", execution_.region},
                                    {"parameters", parameters}}));
    began_ = true;
    TRY_VOID(note_assume_role(named, parameters));
    if (arguments_.no_rehearsal) unrehearsed_ = "--no-rehearsal";
    if (unrehearsed_) TRY_VOID(record("run.unrehearsed", {{"why", *unrehearsed_}}));
    runbook::ExecutionReport report = runbook::run(named.document, parameters, execution_, host);
    print(named, report, {});
    context_.exit_code = exit_code_of_execution(report.status);
    return record("run.ended", {{"status", runbook::to_string(report.status)},
                                {"calls", host.changing_calls()},
                                {"message", report.failure_message}});
  }

  base::Status note_assume_role(const Named& named, const Json& parameters) {
    auto role = runbook::resolve_assume_role(named.document, parameters, execution_);
    if (!role || role->empty()) return {};
    std::cerr << fmt::format("setpoint: {} is not assumed; calls are made with your own credentials\n",
                             printable(*role));
    return record("run.role-not-assumed", {{"role", *role}});
  }

  base::Status record(const char* kind, Json body) {
    auto written =
        engine_.parts().journal.append(kind, context_.options.identity(), execution_.execution_id, std::move(body));
    if (!written) return base::fail(std::move(written).error());
    return {};
  }

  void print(const Named& named, const runbook::ExecutionReport& report, Json rehearsal) {
    Json rendered = runbook::render_automation_execution(named.document, execution_, report);
    Json& execution = rendered["AutomationExecution"];
    execution["DocumentName"] = named.name;
    if (!rehearsal.is_null()) rendered["Rehearsal"] = std::move(rehearsal);
    if (context_.options.json) {
      std::cout << rendered.dump(2) << "\n";
      return;
    }
    std::cout << fmt::format("{}  {}{}\n", execution_.execution_id, runbook::to_string(report.status),
                             report.failure_message.empty() ? "" : "  " + printable(report.failure_message))
              << steps_text(execution, context_.paint);
    if (rendered.contains("Rehearsal")) std::cout << rendered["Rehearsal"].dump(2) << "\n";
    if (!report.outputs.empty()) std::cout << report.outputs.dump(2) << "\n";
  }

  Context& context_;
  Engine& engine_;
  const RunArguments& arguments_;
  runbook::ExecutionContext execution_;
  std::optional<std::string> unrehearsed_;  // why
  bool began_ = false;
};

void run_document(Context& context, const RunArguments& arguments) {
  if (context.options.account.empty()) context.options.fallback_account = kUnnamedAccount;
  context.exit_code = kOk;
  bool began = false;
  context.with_engine([&](Engine& engine) {
    DirectRun run(context, engine, arguments);
    base::Status done = run.run();
    began = run.began();
    return done;
  });
  if (!began && context.exit_code != kOk) context.exit_code = kBadInput;
}

}  // namespace

void add_run_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand(
      "run", "Run one Automation document directly, and print the execution as the SSM API renders it");
  command->add_option("document", arguments->document, "a file, or the name of a runbook in the content")->required();
  command->add_option("--parameters", arguments->parameters, "a JSON object, or a file of JSON or YAML");
  auto* skip = command->add_flag("--no-rehearsal", arguments->no_rehearsal, "do not rehearse first; it is recorded");
  command->add_flag("--rehearse", arguments->rehearse, "only rehearse on a simulated copy; nothing is changed")
      ->excludes(skip);
  command->footer(
      "Exit codes: 0 Success; 1 Failed, TimedOut, Cancelled or Rejected; 2 refused before it began\n"
      "Examples\n  setpoint run stop.yaml --parameters '{\"InstanceId\": [\"i-0a1b\"]}' --endpoint-url "
      "http://127.0.0.1:4566 --region eu-west-1 --yes --json");
  command->callback([&context, arguments] { run_document(context, *arguments); });
}

}  // namespace setpoint::cli
