// setpoint runbook test | policy: runbooks against their cases, and the IAM policy that they need. Works offline, on
// the twin in the same process.
//
//   setpoint runbook test content/runbooks                    every case of every runbook; what differs is named
//   setpoint runbook test content/runbooks --junit FILE       for CI
//   setpoint runbook test content/runbooks/X --update         writes what was seen into its cases: read the diff
//   setpoint runbook test content/runbooks --mutate           which changes of a document no case would notice
//   setpoint runbook policy content/runbooks/X [--account 111122223333 --region eu-west-1]
//
// Exit codes: 0 all hold, 1 a case or a promise does not, 2 a folder or file is not what it must be.
#pragma once

#include "cli/options.h"

namespace CLI {
class App;
}

namespace setpoint::cli {

void add_runbook_commands(CLI::App& app, Context& context);

}  // namespace setpoint::cli
