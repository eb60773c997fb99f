// The 23 actions of the language with their inputs, outputs and defaults: one table that the loader, the linter, the
// interpreter and the generated page docs/ssm-automation.md read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace setpoint::runbook {

enum class Action {
  approve,
  assert_aws_resource_property,
  branch,
  change_instance_state,
  copy_image,
  create_image,
  create_stack,
  create_tags,
  delete_image,
  delete_stack,
  execute_automation,
  execute_aws_api,
  execute_script,
  execute_state_machine,
  invoke_lambda_function,
  invoke_webhook,
  loop,
  pause,
  run_command,
  run_instances,
  sleep,
  update_variable,
  wait_for_aws_resource_property,
};

struct InputSpec {
  std::string_view name;
  bool required = false;
};

struct ActionSpec {
  Action action;
  std::string_view name;  // "aws:executeAwsApi"
  std::vector<InputSpec> inputs;
  bool open_inputs = false;               // further inputs are parameters of an API
  std::vector<std::string_view> outputs;  // that the action has by itself
  std::int64_t timeout_seconds;           // where the step gives none
  bool cancel_target = true;              // may stand behind onCancel: step:…
  std::string_view calls;                 // "ssm:SendCommand ssm:GetCommandInvocation"; "" for none
  std::string_view note;                  // for the support table
};

std::span<const ActionSpec> all_actions();
const ActionSpec& spec_of(Action action);
std::optional<Action> parse_action(std::string_view name);
std::string_view to_string(Action action);  // "aws:sleep"

}  // namespace setpoint::runbook
