// The Host of a direct run: a document runs against the cloud itself, without a plan. A person said yes to the run as a
// whole, and the journal has that; each changing call is announced in it before it leaves and concluded after.
//
//   DirectHost host(ports, signals, children, access, recorder, document);
//   ExecutionReport report = runbook::run(document, parameters, recorder.record().context, host);
//   if (host.halted()) ...
//
// Durable: every answer is kept, and flushed with the next intent, sleep, wait or child. After a crash the document
// runs again on the kept answers. A call that was announced and has no outcome is settled (settlement.h); what cannot
// be settled halts the run as UNKNOWN: a person must look, and nothing is sent a second time. Interrupts: a stop
// (signals.h) is heard before each call and step, and while it sleeps or waits; it is kept like any answer. Refusals:
// where an intent cannot be recorded, its call is not sent and the run halts where it is, to be resumed.
#pragma once

#include "response/direct_ports.h"
#include "response/execution_record.h"
#include "response/program_host.h"
#include "response/signals.h"

namespace setpoint::response {

// Documents that a document calls. Thread-safe.
class Children {
 public:
  virtual ~Children() = default;
  // Runs it to its end, or goes on with it: `id` names the same child on every replay. nullopt: it was halted.
  virtual base::Result<std::optional<runbook::ChildResult>> run_child(
      const ExecutionRecord& parent, const std::string& id, const runbook::Document& document,
      const runbook::ExecuteAutomationRequest& request) = 0;
};

class DirectHost final : public ProgramHost {
 public:
  struct Halt {
    bool unknown = false;  // a call may or may not have happened; otherwise the run is to be resumed
    std::string message;
  };

  DirectHost(const DirectPorts& ports, Signals& signals, Children& children, Access& access,
             ExecutionRecorder& recorder, const runbook::Document& document);

  base::Timestamp now() override;
  runbook::Answer<runbook::Done> before_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  void note_step(const runbook::CallSite& site, const runbook::StepRecord& record) override;
  runbook::Answer<base::Json> call_api(const runbook::CallSite& site, const model::ApiCall& call) override;
  runbook::Answer<runbook::ScriptResult> run_script(const runbook::CallSite& site,
                                                    const runbook::ScriptRequest& request) override;
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite& site, base::Timestamp until) override;
  runbook::Answer<std::optional<runbook::Signal>> wait_for_signal(const runbook::CallSite& site,
                                                                  const runbook::SignalRequest& request) override;
  runbook::Answer<runbook::ChildResult> start_child(const runbook::CallSite& site,
                                                    const runbook::ExecuteAutomationRequest& request) override;
  runbook::Answer<runbook::WebhookResponse> invoke_webhook(const runbook::CallSite& site,
                                                           const runbook::WebhookRequest& request) override;

  const std::optional<Halt>& halted() const { return halt_; }

 private:
  runbook::Interrupt halt(bool unknown, std::string message);
  runbook::Interrupt halt_unrecorded(const base::Error& error);
  // The interrupt that ends this question now, kept for the replay.
  std::optional<runbook::Interrupt> interrupted_now(std::string_view kind, const std::string& site,
                                                    const std::string& step);
  runbook::Interrupt keep_interrupt(std::string_view kind, const std::string& site, runbook::Interrupt interrupt);
  std::optional<runbook::Interrupt> kept_interrupt(const base::Json& kept);
  base::Result<std::optional<HeardSignal>> next_signal(const std::function<bool(const HeardSignal&)>& wanted);
  base::Status commit();

  base::Result<base::Json> send(const model::ApiCall& call);
  model::ApiCall with_token(const model::ApiCall& call) const;
  runbook::Answer<base::Json> change(const std::string& site, const std::string& step, const model::ApiCall& call);
  runbook::Answer<base::Json> announce_and_send(const std::string& site, const std::string& step,
                                                const model::ApiCall& call);
  runbook::Answer<base::Json> settle(const std::string& site, const std::string& step, const model::ApiCall& call);
  runbook::Answer<base::Json> conclude(const std::string& site, const model::ApiCall& call,
                                       const base::Result<base::Json>& outcome, const char* settled);
  base::Status announce(const std::string& site, const base::Digest& digest, base::Json intent);
  base::Status conclude_intent(bool ok, base::Json more);

  runbook::Answer<runbook::Done> wait_to_be_started(const runbook::CallSite& site, const std::string& key);
  base::Status begin_waiting(const runbook::CallSite& site, const std::string& for_what);
  runbook::Answer<base::Json> notify_approvers(const runbook::CallSite& site, const runbook::SignalRequest& request);
  journal::DocumentWrite snapshot() const;

  const DirectPorts& ports_;
  Signals& signals_;
  Children& children_;
  Access& access_;
  ExecutionRecorder& recorder_;
  const runbook::Document& document_;
  const std::vector<std::string> lineage_;  // whose stop is ours: the execution and those that it is part of
  std::vector<runbook::StepRecord> steps_;  // ended, and the present one
  std::size_t next_time_ = 0;
  bool cancelled_ = false;    // heard; not to be answered again
  bool interactive_ = false;  // each step waits for its start
  std::optional<Halt> halt_;
};

}  // namespace setpoint::response
