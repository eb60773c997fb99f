// run list, run show, run signal, run stop: what people say to executions, and what they are told of them.
#include "cli/execution_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/run_view.h"
#include "engine/engine.h"
#include "response/executor.h"
#include "response/run.h"

namespace setpoint::cli {

using base::ErrorCode;
using base::Json;
using engine::Engine;
using response::ExecutionRecord;

namespace {

struct ExecutionArguments {
  std::string id;
  std::string type;
  std::string step;
  std::string comment;
  bool all = false;
};

Json summary(const ExecutionRecord& record) {
  return {{"AutomationExecutionId", record.id},
          {"DocumentName", record.document_name},
          {"AutomationExecutionStatus", runbook::to_string(record.status)},
          {"ExecutionStartTime", static_cast<double>(record.started.ms) / 1000.0},
          {"ExecutedBy", record.actor},
          {"FailureMessage", record.message}};
}

base::Status list(Context& context, Engine& engine, bool all) {
  const response::Records& records = engine.parts().records;
  TRY(auto stored,
      all ? records.list(response::kExecutionSpace, "") : records.find(response::kExecutionSpace, "open", "yes"));
  Table table({"EXECUTION", "DOCUMENT", "STATUS", "STARTED", "BY"});
  Json out = Json::array();
  for (const auto& [key, document] : stored) {
    TRY(ExecutionRecord record, response::execution_from_json(document.body));
    if (!record.ancestors.empty()) continue;
    out.push_back(summary(record));
    table.add({record.id, record.document_name, std::string(runbook::to_string(record.status)),
               base::to_iso8601(record.started), record.actor});
  }
  std::cout << (context.options.json ? out.dump(2) + "\n" : table.render(context.paint));
  return {};
}

base::Status show(Context& context, Engine& engine, const std::string& id) {
  TRY(Json rendered, response::rendered_execution(engine.parts().records, id));
  std::cout << (context.options.json ? rendered.dump(2) + "\n" : execution_text(rendered, context.paint));
  return {};
}

// Whether it waits: a direct execution's status tells; a plan's run is told what it asks when it goes on.
base::Result<bool> waits(Engine& engine, const std::string& id) {
  if (id.starts_with("run-")) {
    TRY(response::Run run, response::load_run(engine.parts().records, id));
    if (run.status == model::RunStatus::applying) return true;
    return base::fail(ErrorCode::conflict, "the run {} is over", id);
  }
  TRY(ExecutionRecord record, response::load_execution(engine.parts().records, id));
  if (!record.over()) return record.status == runbook::ExecutionStatus::waiting;
  return base::fail({ErrorCode::conflict, "the execution is over", id, {}, {}});
}

base::Status signal(Context& context, Engine& engine, const ExecutionArguments& arguments) {
  TRY(runbook::SignalType type, runbook::parse_signal_type(arguments.type));
  TRY(bool waiting, waits(engine, arguments.id));
  engine::Parts& parts = engine.parts();
  response::Signals signals(parts.journal, parts.records, parts.clock);
  runbook::Signal said{type, context.options.identity(), arguments.comment, {}};
  return signals.send(arguments.id, said, arguments.step, waiting);
}

base::Status stop(Context& context, Engine& engine, const ExecutionArguments& arguments) {
  TRY(response::StopType type, response::parse_stop_type(arguments.type));
  TRY(ExecutionRecord record, response::load_execution(engine.parts().records, arguments.id));
  if (record.over()) return base::fail({ErrorCode::conflict, "the execution is over", arguments.id, {}, {}});
  engine::Parts& parts = engine.parts();
  return response::Signals(parts.journal, parts.records, parts.clock)
      .stop(arguments.id, type, context.options.identity());
}

using Act = std::function<base::Status(Engine&, const ExecutionArguments&)>;

CLI::App* add(CLI::App& run, Context& context, const char* name, const char* what,
              const std::shared_ptr<ExecutionArguments>& arguments, Act act) {
  CLI::App* command = run.add_subcommand(name, what);
  command->fallthrough();
  command->callback([&context, arguments, act = std::move(act)] {
    context.with_engine([&](Engine& engine) { return act(engine, *arguments); });
  });
  return command;
}

}  // namespace

void add_execution_commands(CLI::App& run, Context& context) {
  auto arguments = std::make_shared<ExecutionArguments>();
  add(run, context, "list", "Executions that are not over", arguments,
      [&context](Engine& engine, const ExecutionArguments& given) { return list(context, engine, given.all); })
      ->add_flag("--all", arguments->all, "those that are over, too");
  add(run, context, "show", "One execution, as GetAutomationExecution renders it", arguments,
      [&context](Engine& engine, const ExecutionArguments& given) { return show(context, engine, given.id); })
      ->add_option("execution", arguments->id)
      ->required();
  CLI::App* told =
      add(run, context, "signal", "Tell an execution: SendAutomationSignal", arguments,
          [&context](Engine& engine, const ExecutionArguments& given) { return signal(context, engine, given); });
  told->add_option("execution", arguments->id, "an execution's id, or that of a plan's run")->required();
  told->add_option("type", arguments->type, "Approve, Reject, Revoke, Resume, StartStep or StopStep")->required();
  told->add_option("--step", arguments->step, "the step that is meant (default: the one that waits)");
  told->add_option("--comment", arguments->comment, "why");
  CLI::App* stopped =
      add(run, context, "stop", "Stop an execution: StopAutomationExecution", arguments,
          [&context](Engine& engine, const ExecutionArguments& given) { return stop(context, engine, given); });
  stopped->add_option("execution", arguments->id)->required();
  stopped->add_option("--type", arguments->type, "Cancel: now; Complete: after the present step")
      ->default_val("Cancel");
}

}  // namespace setpoint::cli
