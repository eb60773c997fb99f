// What the hosts of a rehearsal, an apply and a direct run share: everything of runbook::Host that is not a call of the
// cloud. Scripts and child documents come back to the same host's call_api, so what holds for a step's calls holds for
// theirs: planned, recorded, counted.
#pragma once

#include "response/ports.h"
#include "runbook/document.h"
#include "runbook/execution.h"
#include "runbook/host.h"

namespace setpoint::runbook {
class ApiCatalog;
}

namespace setpoint::response {

class Scripts;

inline constexpr std::size_t kChildDepthMax = 8;  // documents that run documents, and fleets within fleets

// The same for everything that one program runs.
struct ProgramPorts {
  const Library* library = nullptr;  // child documents
  Scripts* scripts = nullptr;        // null: scripts are refused
  runbook::ExecutionContext context = {};
  std::string folder = {};  // of a document that is a file: its attachments and children lie there; "" for none
  const runbook::ApiCatalog* apis = nullptr;  // children that are files are checked against it
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
  // In this account and region, one after the other: a plan's calls have one order. Targets must be named
  // (ParameterValues, TargetMaps); tags, groups and other locations are only of direct runs.
  runbook::Answer<runbook::ChildResult> start_child(const runbook::CallSite& site,
                                                    const runbook::ExecuteAutomationRequest& request) override;
  runbook::Answer<runbook::WebhookResponse> invoke_webhook(const runbook::CallSite& site,
                                                           const runbook::WebhookRequest& request) override;
  base::Result<std::string> read_attachment(const std::string& name) override;

 protected:
  const runbook::ExecutionContext& context() const { return program_.context; }
  base::Result<runbook::Document> child_document(const std::string& name) const;

 private:
  runbook::Answer<runbook::ChildResult> run_child_here(const runbook::CallSite& site, const runbook::Document& document,
                                                       const base::Json& given);
  runbook::Answer<runbook::ChildResult> run_fleet_here(const runbook::CallSite& site, const runbook::Document& document,
                                                       const runbook::ExecuteAutomationRequest& request);
  ProgramPorts program_;
  std::size_t children_ = 0;        // begun so far
  std::size_t child_depth_ = 0;     // running now, one within the other
  std::size_t ssm_parameters_ = 0;  // asked so far
};

// A document in a file; its mistakes are in the error.
base::Result<runbook::Document> compile_document(const std::string& path, const runbook::ApiCatalog* apis);
// corrupted where an attachment of `folder` has another SHA-256 than the document pins, not_found where it is not
// there.
base::Status check_attachments(const runbook::Document& document, const std::string& folder);

// "step path#sequence": names one question of a program, equal on every replay.
std::string site_text(const runbook::CallSite& site);
// The same text gives the same, in the form of a UUID.
std::string stable_uuid(const std::string& text);

}  // namespace setpoint::response
