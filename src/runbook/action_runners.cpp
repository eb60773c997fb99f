#include "runbook/action_runners.h"

#include "runbook/step_run.h"

namespace setpoint::runbook {

Outcome run_action(StepRun& run) {
  switch (run.step().action) {
    case Action::approve:
      return run_approve(run);
    case Action::assert_aws_resource_property:
      return run_assert_property(run);
    case Action::change_instance_state:
      return run_change_instance_state(run);
    case Action::copy_image:
      return run_copy_image(run);
    case Action::create_image:
      return run_create_image(run);
    case Action::create_stack:
      return run_create_stack(run);
    case Action::create_tags:
      return run_create_tags(run);
    case Action::delete_image:
      return run_delete_image(run);
    case Action::delete_stack:
      return run_delete_stack(run);
    case Action::execute_automation:
      return run_execute_automation(run);
    case Action::execute_aws_api:
      return run_execute_aws_api(run);
    case Action::execute_script:
      return run_execute_script(run);
    case Action::execute_state_machine:
      return run_state_machine(run);
    case Action::invoke_lambda_function:
      return run_invoke_lambda(run);
    case Action::invoke_webhook:
      return run_invoke_webhook(run);
    case Action::pause:
      return run_pause(run);
    case Action::run_command:
      return run_run_command(run);
    case Action::run_instances:
      return run_run_instances(run);
    case Action::sleep:
      return run_sleep(run);
    case Action::wait_for_aws_resource_property:
      return run_wait_for_property(run);
    case Action::branch:
    case Action::loop:
    case Action::update_variable:
      break;  // the interpreter's own
  }
  SETPOINT_ASSERT(false);
}

}  // namespace setpoint::runbook
