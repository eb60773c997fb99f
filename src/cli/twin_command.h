// `setpoint twin`: serves the simulated cloud on loopback until SIGINT or SIGTERM.
//
//   setpoint twin --port 4566 --seed content/demo/account.yaml
//   aws --endpoint-url http://127.0.0.1:4566 ec2 describe-security-groups
//
// Prints "listening on http://127.0.0.1:PORT" when it takes requests. Exit codes: exit_code.h.
#pragma once

namespace CLI {
class App;
}

namespace setpoint::cli {

void add_twin_command(CLI::App& app, int& exit_code);

}  // namespace setpoint::cli
