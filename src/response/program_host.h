// What the hosts of a rehearsal, an apply and a direct run share: everything of runbook::Host that is not a call of the
// cloud. Scripts and child documents come back to the same host's call_api, so what holds for a step's calls holds for
// theirs: planned, recorded, counted.
#pragma once

#include "response/ports.h"
#include "runbook/document.h"
#include "runbook/execution.h"
#include "runbook/host.h"

namespace setpoint::response {

class Scripts;

// The same for everything that one program runs.
struct ProgramPorts {
  const Library* library = nullptr;  // child documents
  Scripts* scripts = nullptr;        // null: scripts are refused
  runbook::ExecutionContext context = {};
  std::string folder = {};  // of a document that is a file: its attachments and children lie there; "" for none
};

class ProgramHost : public runbook::Host {
 public:
  explicit ProgramHost(ProgramPorts ports) : program_(std::move(ports)) {}

  runbook::Answer<runbook::Done> before_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  void note_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  runbook::Answer<runbook::ScriptResult> run_script(const runbook::CallSite& site,
                                                    const runbook::ScriptRequest& request) override;
  runbook::Answer<std::optional<runbook::Signal>> wait_for_signal(const runbook::CallSite& site,
                                                                  const runbook::SignalRequest& request) override;
  // Asked while a child's parameters are bound; a call like any other.
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override;
  // One child, once, in this account and region.
  runbook::Answer<runbook::ChildResult> start_child(const runbook::CallSite& site,
                                                    const runbook::ExecuteAutomationRequest& request) override;
  runbook::Answer<runbook::WebhookResponse> invoke_webhook(const runbook::CallSite& site,
                                                           const runbook::WebhookRequest& request) override;
  base::Result<std::string> read_attachment(const std::string& name) override;

 protected:
  const runbook::ExecutionContext& context() const { return program_.context; }
  base::Result<runbook::Document> child_document(const std::string& name) const;

 private:
  ProgramPorts program_;
  std::size_t children_ = 0;        // begun so far
  std::size_t child_depth_ = 0;     // running now, one within the other
  std::size_t ssm_parameters_ = 0;  // asked so far
};

// "step path#sequence": names one question of a program, equal on every replay.
std::string site_text(const runbook::CallSite& site);
// The same text gives the same, in the form of a UUID.
std::string stable_uuid(const std::string& text);

}  // namespace setpoint::response
