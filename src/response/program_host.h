// What the rehearsal's and the apply's hosts share: everything of runbook::Host that is neither a call of the cloud nor
// a script.
#pragma once

#include "response/ports.h"
#include "runbook/host.h"

namespace setpoint::response {

class ProgramHost : public runbook::Host {
 public:
  explicit ProgramHost(const Library* library) : library_(library) {}

  runbook::Answer<runbook::Done> before_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  void note_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  runbook::Answer<runbook::ScriptResult> run_script(const runbook::CallSite& site,
                                                    const runbook::ScriptRequest& request) override;
  runbook::Answer<std::optional<runbook::Signal>> wait_for_signal(const runbook::CallSite& site,
                                                                  const runbook::SignalRequest& request) override;
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override;
  runbook::Answer<runbook::ChildResult> start_child(const runbook::CallSite& site,
                                                    const runbook::ExecuteAutomationRequest& request) override;
  runbook::Answer<runbook::WebhookResponse> invoke_webhook(const runbook::CallSite& site,
                                                           const runbook::WebhookRequest& request) override;
  base::Result<std::string> read_attachment(const std::string& name) override;

 protected:
  const Library* library_;
};

// "step path#sequence": names one question of a program, equal on every replay.
std::string site_text(const runbook::CallSite& site);

}  // namespace setpoint::response
