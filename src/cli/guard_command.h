// setpoint guard eval: Guard rules against a document, or a batch of both.
//
//   setpoint guard eval --rules ec2-13.guard --input item.json            table: rule, verdict; the evidence below
//   setpoint guard eval --rules ec2-13.guard --input item.json --json
//   setpoint guard eval --batch pairs.jsonl                               JSON lines in, JSON lines out; - is standard
//   input
//
// Exit codes: 0 every rule passes or skips, 1 a rule fails, 2 rules or input are not readable, 9 (unknown) a rule could
// not be judged. A batch ends with 0 once every line has its answer.
#pragma once

namespace CLI {
class App;
}

namespace setpoint::cli {

void add_guard_commands(CLI::App& app, int& exit_code);

}  // namespace setpoint::cli
