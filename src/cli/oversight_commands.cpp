// approve, waiting, stop: what people say to automations
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
  auto release = std::make_shared<bool>(false);
  auto reason = std::make_shared<std::string>();
  CLI::App* stop = app.add_subcommand("stop", "The kill switch: nothing but undoing is applied until it is released");
  stop->add_flag("--release", *release, "let plans be applied again");
  stop->add_option("--reason", *reason, "why; it is recorded");
  stop->callback([&context, release, reason] { stop_command(context, *release, *reason); });
}

}  // namespace setpoint::cli
