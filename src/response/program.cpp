#include "response/program.h"

namespace setpoint::response {

namespace {

constexpr char kUndo[] = "undo";

ProgramReport run_calls(const Program& program, runbook::Host& host) {
  std::size_t number = 0;
  for (const model::ApiCall& call : program.calls) {
    std::string step = fmt::format("{}-{}", kUndo, ++number);
    runbook::Answer<base::Json> answer = host.call_api({step, step, 1, 0, {}}, call);
    if (answer.interrupted()) return {false, true, "suspended", std::nullopt};
    if (!answer.result()) return {false, false, answer.result().error().text(), std::nullopt};
  }
  return {true, false, {}, std::nullopt};
}

}  // namespace

std::string Program::name() const { return document ? document->name() : kUndo; }

base::Digest Program::digest() const {
  if (document) return document->digest();
  base::Json list = base::Json::array();
  for (const model::ApiCall& call : calls) list.push_back(call.json());
  return base::digest_of(list);
}

ProgramReport run_program(const Program& program, runbook::Host& host) {
  if (!program.document) return run_calls(program, host);
  runbook::ExecutionReport report = runbook::run(*program.document, program.parameters, program.context, host);
  bool succeeded = report.status == runbook::ExecutionStatus::success;
  return {succeeded, report.suspended, report.failure_message, std::move(report)};
}

}  // namespace setpoint::response
