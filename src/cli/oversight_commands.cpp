// approve, waiting, containments, stop: what people say to automations
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "engine/engine.h"

namespace setpoint::cli {

using base::Json;
using engine::Engine;

namespace {

base::Status print_approval(Context& context, const model::Plan& plan, const model::Approval& approval) {
  if (context.options.json) {
    std::cout << approval.json().dump(2) << "\n";
    return {};
  }
  std::cout << fmt::format("{} approved {} (sha256 {}), asked for by {}; valid until {}\n", approval.approver,
                           plan.id(), plan.hash().hex().substr(0, 16), approval.requested_by,
                           base::to_iso8601(approval.expires));
  return {};
}

void approve_command(Context& context, const std::string& id, const std::vector<std::string>& restraints) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(model::Plan plan, response::load_plan(engine.parts().records, id));
    for (const std::string& code : restraints) {
      TRY(auto confirmed, engine.oversight().confirm(plan, code, context.options.identity()));
      std::cerr << fmt::format("{} confirmed {} for {}\n", confirmed.by, code, id);
    }
    TRY(model::Approval approval, engine.oversight().approve(plan, context.options.identity()));
    return print_approval(context, plan, approval);
  });
}

void waiting_command(Context& context) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(std::vector<engine::HeldPlan> held, engine.held_plans());
    Json all = Json::array();
    Table table({"PLAN", "AUTOMATION", "FINDING", "SINCE", "ESCALATED"});
    for (const engine::HeldPlan& each : held) {
      all.push_back(each.json());
      table.add({each.plan, each.automation, each.finding, base::to_iso8601(each.since),
                 each.escalated.empty() ? "no" : fmt::format("{} times", each.escalated.size())});
    }
    std::cout << (context.options.json ? all.dump(2) + "\n" : table.render(context.paint));
    return {};
  });
}

base::Status print_containments(Context& context, const std::vector<response::Containment>& all) {
  Json out = Json::array();
  Table table({"EXECUTION", "RUNBOOK", "RESOURCE", "BY", "UNTIL", "WAY BACK"});
  for (const response::Containment& each : all) {
    out.push_back(each.json());
    table.add({each.execution, each.runbook, each.resource_name, each.actor, base::to_iso8601(each.until),
               each.plan.empty() ? each.release : each.plan});
  }
  std::cout << (context.options.json ? out.dump(2) + "\n" : table.render(context.paint));
  return {};
}

void containments_command(Context& context, const std::string& forget, const std::string& reason) {
  context.with_engine([&](Engine& engine) -> base::Status {
    if (!forget.empty()) {
      std::string why = reason.empty() ? "a person's word" : reason;
      return engine.containments().forget(forget, context.options.identity(), why);
    }
    TRY(std::vector<response::Containment> all, engine.containments().all());
    return print_containments(context, all);
  });
}

void add_containments(CLI::App& app, Context& context) {
  auto forget = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "containments", "What is isolated, disabled or closed for a time, until when, and what takes it back");
  command->add_option("--forget", *forget, "an execution's id: it stays for good, or was taken back by other means");
  command->add_option("--reason", *reason, "why; it is recorded");
  command->footer(
      "Examples\n  setpoint containments\n  setpoint containments --forget EXECUTION --reason 'the instance is "
      "gone'\n\n"
      "When the time of one is over, `setpoint serve` makes the plan of its way back, tells the owner, and applies it\n"
      "once somebody approves.");
  command->callback([&context, forget, reason] { containments_command(context, *forget, *reason); });
}

void stop_command(Context& context, bool release, const std::string& reason) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY_VOID(engine.oversight().set_kill_switch(!release, context.options.identity(), reason));
    std::cout << (release ? "released: plans may be applied again\n"
                          : "engaged: nothing but undoing is applied until `setpoint stop --release`\n");
    return {};
  });
}

void add_approve(CLI::App& app, Context& context) {
  auto plan = std::make_shared<std::string>();
  auto restraints = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("approve", "Say yes to one exact plan; never to one's own");
  command->add_option("plan", *plan, "a plan's id")->required();
  command->add_option("--confirm", *restraints,
                      "go on in spite of a restraint, by its code: outside-window, breaker-open, budget-...");
  command->footer(
      "Examples\n  setpoint approve p-0123456789ab --as bob\n  setpoint approve p-0123456789ab --as bob --confirm "
      "outside-window");
  command->callback([&context, plan, restraints] { approve_command(context, *plan, *restraints); });
}

}  // namespace

void add_oversight_commands(CLI::App& app, Context& context) {
  add_approve(app, context);
  app.add_subcommand("waiting", "Plans of automations that wait for a person or a change window")->callback([&context] {
    waiting_command(context);
  });
  add_containments(app, context);
  auto release = std::make_shared<bool>(false);
  auto reason = std::make_shared<std::string>();
  CLI::App* stop = app.add_subcommand("stop", "The kill switch: nothing but undoing is applied until it is released");
  stop->add_flag("--release", *release, "let plans be applied again");
  stop->add_option("--reason", *reason, "why; it is recorded");
  stop->callback([&context, release, reason] { stop_command(context, *release, *reason); });
}

}  // namespace setpoint::cli
