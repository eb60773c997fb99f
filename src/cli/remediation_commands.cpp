// plan, apply, verify, undo, runs, recover
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/plan_view.h"
#include "cli/run_inputs.h"
#include "engine/engine.h"

namespace setpoint::cli {

using base::Json;
using engine::Applied;
using engine::Engine;

namespace {

base::Status print_plan(Engine& engine, Context& context, const model::Plan& plan) {
  TRY(model::Decision decision, engine.remediation().decide(plan));
  if (context.options.json) {
    std::cout << Json{{"id", plan.id()},
                      {"hash", plan.hash().hex()},
                      {"plan", plan.json()},
                      {"decision", decision.json()}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << show_plan(plan, context.paint) << "\n" << show_decision(decision, context.paint);
    std::cout << "\nnext: setpoint approve " << plan.id() << " --as SOMEONE-ELSE, then setpoint apply " << plan.id()
              << "\n";
  }
  return {};
}

struct PlanArguments {
  std::string what;
  std::string runbook;
  std::string with;
};

base::Result<model::Plan> plan_of(Engine& engine, Context& context, const PlanArguments& arguments) {
  if (arguments.what.starts_with("p-")) return response::load_plan(engine.parts().records, arguments.what);
  std::string requester = context.options.identity();
  if (arguments.runbook.empty()) return engine.remediation().plan(arguments.what, requester, "");
  TRY(Json with, read_value(arguments.with, "--with"));
  if (with.is_null()) with = Json::object();
  return engine.remediation().plan_response(arguments.what, {{arguments.runbook, std::move(with)}}, requester, "");
}

void plan_command(Context& context, const PlanArguments& arguments) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(model::Plan plan, plan_of(engine, context, arguments));
    return print_plan(engine, context, plan);
  });
}

constexpr char kPlanFooter[] =
    "Examples\n"
    "  setpoint plan f-1c2d3e4f5a6b --as ada\n"
    "  setpoint plan f-1c2d3e4f5a6b --runbook Setpoint-RevokeRoleSessions --as ada \\\n"
    "    --with '{\"RoleName\": \"{{resource.name}}\", \"IssuedBefore\": \"{{now}}\", \"ExpireAfter\": "
    "\"{{now+4h}}\"}'\n"
    "References in --with: resource.*, evidence.*, parameters.*, now, now+DURATION";

Json applied_json(const Applied& applied) {
  Json out = {{"decision", applied.decision.json()}};
  if (applied.run) out["run"] = applied.run->json();
  if (applied.verification) {
    out["verification"] = {{"effect", verification::to_string(applied.verification->effect)},
                           {"text", applied.verification->text}};
  }
  return out;
}

std::string applied_text(const Applied& applied, const Paint& paint) {
  if (!applied.run) return show_decision(applied.decision, paint);
  const response::Run& run = *applied.run;
  bool good = exit_code_of(run.status) == kOk;
  std::string out = fmt::format("{}  {}{}\n", paint(Tone::bold, run.id),
                                paint(good ? Tone::good : Tone::bad, model::to_string(run.status)),
                                run.message.empty() ? "" : "  " + printable(run.message));
  if (run.status == model::RunStatus::effective) out += fmt::format("to take it back: setpoint undo {}\n", run.id);
  return out;
}

base::Status report_applied(Engine& engine, Context& context, const Applied& applied) {
  std::cout << (context.options.json ? applied_json(applied).dump(2) + "\n" : applied_text(applied, context.paint));
  context.exit_code = applied.run ? exit_code_of(applied.run->status) : static_cast<int>(kHeld);
  TRY(notify::CourierReport told, engine.settle());
  if (!context.options.json && told.claimed > 0) {
    std::cout << fmt::format("notifications: {} delivered, {} to be tried again, {} failed\n", told.delivered,
                             told.retried, told.failed);
  }
  return {};
}

void apply_command(Context& context, const std::string& id) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(Applied applied, engine.remediation().apply(id, context.options.identity()));
    return report_applied(engine, context, applied);
  });
}

void verify_command(Context& context, const std::string& id) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(verification::Verification answer, engine.remediation().verify(id, context.options.identity()));
    if (context.options.json) {
      std::cout << Json{{"effect", verification::to_string(answer.effect)}, {"text", answer.text}}.dump(2) << "\n";
    } else {
      std::cout << verification::to_string(answer.effect) << "  " << printable(answer.text) << "\n";
    }
    using verification::Effect;
    context.exit_code = answer.effect == Effect::effective     ? kOk
                        : answer.effect == Effect::ineffective ? kNegative
                                                               : kPartial;
    return {};
  });
}

void undo_command(Context& context, const std::string& run) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(model::Plan plan, engine.remediation().plan_undo(run, context.options.identity(), ""));
    return print_plan(engine, context, plan);
  });
}

void runs_command(Context& context, const std::string& id) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(auto stored, engine.parts().records.list(response::kRunSpace, id));
    if (stored.empty() && !id.empty()) return base::fail({base::ErrorCode::not_found, "no such run", id, {}, {}});
    Json all = Json::array();
    Table table({"RUN", "STATUS", "PLAN", "FINDING", "BY", "STARTED", "MESSAGE"});
    for (const auto& [key, document] : stored) {
      TRY(response::Run run, response::run_from_json(document.body));
      all.push_back(document.body);
      table.add({run.id, std::string(model::to_string(run.status)), run.plan, run.finding, run.actor,
                 base::to_iso8601(run.started), run.message});
    }
    std::cout << (context.options.json ? all.dump(2) + "\n" : table.render(context.paint));
    return {};
  });
}

void recover_command(Context& context) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(std::vector<Applied> taken_up, engine.remediation().recover());
    for (const Applied& applied : taken_up) TRY_VOID(report_applied(engine, context, applied));
    if (taken_up.empty() && !context.options.json) std::cout << "no interrupted run\n";
    return {};
  });
}

template <class Run>
void add_one_argument(CLI::App& app, const char* name, const char* help, const char* argument,
                      const char* argument_help, const char* footer, Run run) {
  auto value = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option(argument, *value, argument_help)->required();
  command->footer(footer);
  command->callback([value, run] { run(*value); });
}

}  // namespace

void add_remediation_commands(CLI::App& app, Context& context) {
  Context* c = &context;
  auto planned = std::make_shared<PlanArguments>();
  CLI::App* plan = app.add_subcommand(
      "plan", "Rehearse the remedy of a finding on a simulated copy and show exactly what it would do");
  plan->add_option("finding", planned->what, "a finding's id; or a plan's id, to show it again")->required();
  auto* runbook = plan->add_option("--runbook", planned->runbook, "answer with this runbook, not the control's own");
  plan->add_option("--with", planned->with, "its parameters: JSON, or a file of JSON or YAML")->needs(runbook);
  plan->footer(kPlanFooter);
  plan->callback([c, planned] { plan_command(*c, *planned); });
  add_one_argument(app, "apply", "Apply exactly the plan, verify, tell the owner; goes on where a crash stopped it",
                   "plan", "a plan's id", "Examples\n  setpoint apply p-0123456789ab",
                   [c](const std::string& id) { apply_command(*c, id); });
  add_one_argument(app, "verify", "Read the resource afresh and judge it by the rule that raised the finding",
                   "finding", "a finding's id", "", [c](const std::string& id) { verify_command(*c, id); });
  add_one_argument(
      app, "undo", "Make the plan that brings the state before a run back; apply it like any other", "run",
      "a run's id",
      "Examples\n  setpoint undo run-0123456789ab --as ada\n  setpoint approve p-... --as bob\n  setpoint apply p-...",
      [c](const std::string& id) { undo_command(*c, id); });

  auto run_id = std::make_shared<std::string>();
  CLI::App* runs = app.add_subcommand("runs", "What was applied, and what became of it");
  runs->add_option("run", *run_id, "a run's id");
  runs->callback([c, run_id] { runs_command(*c, *run_id); });
  app.add_subcommand("recover", "Take up every run that a crash interrupted")->callback([c] { recover_command(*c); });
}

}  // namespace setpoint::cli
