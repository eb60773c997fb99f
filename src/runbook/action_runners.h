// The actions that are made of Host calls, one function each; private to the interpreter. Each carries out one attempt.
#pragma once

#include "runbook/outcome.h"

namespace setpoint::runbook {

class StepRun;

Outcome run_action(StepRun& run);

// actions_api.cpp
Outcome run_execute_aws_api(StepRun& run);
Outcome run_assert_property(StepRun& run);
Outcome run_wait_for_property(StepRun& run);

// actions_time.cpp
Outcome run_sleep(StepRun& run);
Outcome run_pause(StepRun& run);
Outcome run_approve(StepRun& run);

// actions_script.cpp
Outcome run_execute_script(StepRun& run);

// actions_calls.cpp
Outcome run_execute_automation(StepRun& run);
Outcome run_invoke_lambda(StepRun& run);
Outcome run_invoke_webhook(StepRun& run);
Outcome run_state_machine(StepRun& run);
Outcome run_run_command(StepRun& run);

// actions_instances.cpp
Outcome run_change_instance_state(StepRun& run);
Outcome run_run_instances(StepRun& run);
Outcome run_create_tags(StepRun& run);

// actions_images.cpp
Outcome run_create_image(StepRun& run);
Outcome run_copy_image(StepRun& run);
Outcome run_delete_image(StepRun& run);

// actions_stacks.cpp
Outcome run_create_stack(StepRun& run);
Outcome run_delete_stack(StepRun& run);

}  // namespace setpoint::runbook
