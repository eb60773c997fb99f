// setpoint pattern: event patterns without an engine.
//
//   setpoint pattern test pattern.json event.json...          why each matched, or which field failed first
//   setpoint pattern test '{"source":["aws.ec2"]}' -          the pattern itself instead of a file; an event from
//   standard input setpoint pattern test --batch pairs.jsonl                 JSON lines in, JSON lines out; - is
//   standard input setpoint pattern explain pattern.json                     what it says, in words setpoint pattern
//   lint --eventbridge pattern.json          what AWS would refuse
//
// Exit codes: 0 every event matches, 1 one does not (or lint found something), 2 a pattern or event is not usable. A
// batch ends with 0 once every line has its answer.
#pragma once

namespace CLI {
class App;
}

namespace setpoint::cli {

void add_pattern_commands(CLI::App& app, int& exit_code);

}  // namespace setpoint::cli
