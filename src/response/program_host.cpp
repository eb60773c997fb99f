#include "response/program_host.h"

namespace setpoint::response {

using base::ErrorCode;
using runbook::CallSite;

namespace {

tl::unexpected<base::Error> not_here(const char* what) {
  return base::fail(ErrorCode::unsupported, "{} is not carried out by this build", what);
}

}  // namespace

std::string site_text(const CallSite& site) { return fmt::format("{}@{}#{}", site.path, site.attempt, site.sequence); }

runbook::Answer<runbook::Done> ProgramHost::before_step(const CallSite&, const runbook::StepRecord&) {
  return runbook::Done{};
}

void ProgramHost::note_step(const CallSite&, const runbook::StepRecord&) {}

runbook::Answer<runbook::ScriptResult> ProgramHost::run_script(const CallSite&, const runbook::ScriptRequest&) {
  return not_here("aws:executeScript");
}

runbook::Answer<std::optional<runbook::Signal>> ProgramHost::wait_for_signal(const CallSite&,
                                                                             const runbook::SignalRequest&) {
  return not_here("waiting for a signal (aws:approve, aws:pause)");
}

base::Result<std::string> ProgramHost::resolve_ssm_parameter(const std::string&) {
  return not_here("a default from {{ssm:…}}");
}

runbook::Answer<runbook::ChildResult> ProgramHost::start_child(const CallSite&,
                                                               const runbook::ExecuteAutomationRequest&) {
  return not_here("aws:executeAutomation");
}

runbook::Answer<runbook::WebhookResponse> ProgramHost::invoke_webhook(const CallSite&, const runbook::WebhookRequest&) {
  return not_here("aws:invokeWebhook");
}

base::Result<std::string> ProgramHost::read_attachment(const std::string&) { return not_here("an attachment"); }

}  // namespace setpoint::response
