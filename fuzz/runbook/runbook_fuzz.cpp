// Any bytes as a document: compile refuses or accepts, lint judges, and what is accepted runs to an end against a Host
// that answers from the same bytes. Nothing crashes, hangs or grows beyond bounds.
#include "runbook/execution.h"
#include "runbook/lint.h"

namespace setpoint::runbook {
namespace {

using base::Json;

class FuzzHost final : public Host {
 public:
  explicit FuzzHost(std::string_view bytes) : bytes_(bytes) {}
  base::Timestamp now() override { return now_; }
  Answer<Done> before_step(const CallSite&, const StepRecord&) override {
    if (++asked_ > 500) return Interrupt::cancel;
    return Done{};
  }
  void note_step(const CallSite&, const StepRecord&) override {}
  Answer<Json> call_api(const CallSite&, const model::ApiCall& call) override {
    switch (++asked_ > 500 ? 3 : pick()) {
      case 0:
        return call.parameters;
      case 1:
        return base::fail(base::ErrorCode::throttled, "slow");
      case 2:
        return base::fail(base::ErrorCode::access_denied, "no");
      case 3:
        return Interrupt::suspend;
      default:
        return Json{{"Payload", call.parameters}, {"Items", Json::array({1, "a", nullptr})}};
    }
  }
  Answer<ScriptResult> run_script(const CallSite&, const ScriptRequest& request) override {
    ScriptResult out;
    out.payload = request.payload;
    return out;
  }
  Answer<Done> sleep_until(const CallSite&, base::Timestamp until) override {
    now_ = std::max(now_, until);
    return Done{};
  }
  Answer<std::optional<Signal>> wait_for_signal(const CallSite& site, const SignalRequest&) override {
    if (pick() != 0) return std::optional<Signal>(Signal{static_cast<SignalType>(pick() % 6), "alice", {}, now_});
    now_ = site.deadline;
    return std::optional<Signal>();
  }
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override { return name; }
  Answer<ChildResult> start_child(const CallSite&, const ExecuteAutomationRequest& request) override {
    return ChildResult{"child", ExecutionStatus::success, request.parameters, {}, {}};
  }
  Answer<WebhookResponse> invoke_webhook(const CallSite&, const WebhookRequest&) override {
    return WebhookResponse{200, "ok"};
  }
  base::Result<std::string> read_attachment(const std::string& name) override { return name; }

 private:
  int pick() { return bytes_.empty() ? 0 : static_cast<unsigned char>(bytes_[at_++ % bytes_.size()]) % 5; }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t asked_ = 0;
  base::Timestamp now_{1'763'755'200'000};
};

void try_document(std::string_view text) {
  base::Diagnostics diagnostics;
  auto document = Document::compile({"fuzz.yaml", text}, diagnostics);
  SETPOINT_ASSERT(document.has_value() != diagnostics.has_errors());
  if (!document) return;
  lint(*document, "fuzz.yaml", diagnostics);
  (void)api_calls(*document);
  FuzzHost host(text);
  Json given = Json::object();
  for (const Parameter& parameter : document->parameters()) {
    if (!parameter.default_value) given[parameter.name] = Json::array({"1"});
  }
  ExecutionContext context;
  context.execution_id = "fuzz";
  auto parameters = bind_parameters(*document, given, context, host);
  ExecutionReport report = run(*document, parameters ? *parameters : Json::object(), context, host);
  SETPOINT_ASSERT(report.suspended || is_terminal(report.status));
  (void)render_automation_execution(*document, context, report);
}

}  // namespace
}  // namespace setpoint::runbook

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  setpoint::runbook::try_document({reinterpret_cast<const char*>(data), size});
  return 0;
}
