#include "response/program.h"

#include "response/program_host.h"

namespace setpoint::response {

namespace {

constexpr char kUndo[] = "undo";

// Binding asks a Host for nothing but SSM parameters.
class BindingHost final : public ProgramHost {
 public:
  BindingHost(cloud::Observer& observer, const runbook::ExecutionContext& context)
      : ProgramHost({}), observer_(observer), context_(context) {}

  base::Timestamp now() override { return {}; }
  runbook::Answer<base::Json> call_api(const runbook::CallSite&, const model::ApiCall&) override {
    return runbook::Interrupt::cancel;
  }
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite&, base::Timestamp) override {
    return runbook::Interrupt::cancel;
  }
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override {
    TRY(auto result, observer_.read({context_.account, context_.region, "ssm", "GetParameter", {{"Name", name}}}));
    return base::string_member(base::member(result.output, "Parameter"), "Value");
  }

 private:
  cloud::Observer& observer_;
  const runbook::ExecutionContext& context_;
};

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

std::string Program::name() const { return document ? runbook : kUndo; }

base::Digest Program::digest() const {
  if (document) return document->digest();
  base::Json list = base::Json::array();
  for (const model::ApiCall& call : calls) list.push_back(call.json());
  return base::digest_of(list);
}

base::Result<Program> bind_program(runbook::Document document, const base::Json& given,
                                   runbook::ExecutionContext context, cloud::Observer& observer) {
  BindingHost host(observer, context);
  TRY(base::Json parameters, runbook::bind_parameters(document, given, context, host));
  Program program;
  program.document = std::move(document);
  program.parameters = std::move(parameters);
  program.context = std::move(context);
  return program;
}

ProgramReport run_program(const Program& program, runbook::Host& host) {
  if (!program.document) return run_calls(program, host);
  runbook::ExecutionReport report = runbook::run(*program.document, program.parameters, program.context, host);
  bool succeeded = report.status == runbook::ExecutionStatus::success;
  return {succeeded, report.suspended, report.failure_message, std::move(report)};
}

}  // namespace setpoint::response
