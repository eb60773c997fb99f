// The Host of an apply: reads go to the real cloud, changes only as the plan has them; every answer is kept.
#pragma once

#include "response/applier.h"
#include "response/program_host.h"
#include "response/recorder.h"

namespace setpoint::response {

class ApplyHost final : public ProgramHost {
 public:
  // Why the program was stopped from outside; the interpreter unwinds and the applier takes the status from here.
  struct Halt {
    model::RunStatus status;
    std::string message;
    std::string kind;  // of the journal entry: "run.deviation", ...
    base::Json body = base::Json::object();
  };

  ApplyHost(const ApplyPorts& ports, const model::Plan& plan, Recorder& recorder)
      : ProgramHost({ports.library, ports.scripts, recorder.run().context}),
        ports_(ports),
        plan_(plan),
        recorder_(recorder) {}

  base::Timestamp now() override;
  base::Timestamp as_of() override { return plan_.as_of.known() ? plan_.as_of : now(); }
  // Signals are documents by the run's id (signals.h). Where none is there yet the run stays as it is, APPLYING, and
  // the next `setpoint recover` or `apply` asks again.
  runbook::Answer<std::optional<runbook::Signal>> wait_for_signal(const runbook::CallSite& site,
                                                                  const runbook::SignalRequest& request) override;
  runbook::Answer<base::Json> call_api(const runbook::CallSite& site, const model::ApiCall& call) override;
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite& site, base::Timestamp until) override;

  runbook::Answer<runbook::ScriptResult> run_script(const runbook::CallSite& site,
                                                    const runbook::ScriptRequest& request) override;

  const std::optional<Halt>& halted() const { return halt_; }
  std::size_t calls_made() const { return next_call_; }

 private:
  enum class Settled { happened, did_not_happen, unknown };

  runbook::Interrupt halt(Halt why);
  runbook::Answer<base::Json> read(const std::string& site, const model::ApiCall& call);
  runbook::Answer<base::Json> change(const std::string& site, const model::ApiCall& call);
  std::optional<Halt> refusal(std::size_t ordinal, const model::ApiCall& call) const;
  runbook::Answer<base::Json> send(const std::string& site, std::size_t ordinal);
  runbook::Answer<base::Json> settle_open_intent(const std::string& site, std::size_t ordinal);
  runbook::Answer<base::Json> record_outcome(const std::string& site, std::size_t ordinal,
                                             const base::Result<base::Json>& outcome, base::Json more);
  Settled read_back(const model::PlannedCall& planned) const;
  runbook::Interrupt halt_unknown(std::size_t ordinal, const std::string& why);
  std::string token(std::size_t ordinal) const;

  const ApplyPorts& ports_;
  const model::Plan& plan_;
  Recorder& recorder_;
  std::size_t next_call_ = 0;
  std::size_t next_time_ = 0;
  std::optional<Halt> halt_;
};

}  // namespace setpoint::response
