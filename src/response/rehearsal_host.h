// The Host of a rehearsal: calls go to the simulated world and are recorded with what they changed.
#pragma once

#include <set>

#include "base/clock.h"
#include "cloud/ports.h"
#include "response/program_host.h"
#include "response/simulated_world.h"

namespace setpoint::response {

class RehearsalHost final : public ProgramHost {
 public:
  // Time in a rehearsal starts at a fixed point and moves only by sleeping: a plan must not depend on when it was made.
  // `as_of` is what the runbook's dates say (unknown: that fixed point).
  RehearsalHost(SimulatedWorld& world, cloud::Observer& observer, ProgramPorts ports, base::Timestamp as_of = {})
      : ProgramHost(std::move(ports)), world_(world), observer_(observer), clock_(kRehearsalStart), as_of_(as_of) {}

  base::Timestamp now() override { return clock_.now(); }
  base::Timestamp as_of() override;
  // Approvals are taken as given and pauses as ended: what would be done then is what a plan tells.
  runbook::Answer<std::optional<runbook::Signal>> wait_for_signal(const runbook::CallSite& site,
                                                                  const runbook::SignalRequest& request) override;
  runbook::Answer<base::Json> call_api(const runbook::CallSite& site, const model::ApiCall& call) override;
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite& site, base::Timestamp until) override;

  std::vector<model::PlannedCall>& calls() { return calls_; }
  // Calls that were not simulated at all, then what was left out of those that were.
  std::vector<std::string> unmodelled() const;
  // Services in which the simulated world did not find what was asked for.
  const std::set<std::string>& missed() const { return missed_; }
  const std::vector<model::ApiCall>& simulated_reads() const { return simulated_reads_; }
  const std::vector<model::ApiCall>& real_reads() const { return real_reads_; }
  // Known where the program asked for it.
  base::Timestamp as_of_told() const { return as_of_told_; }

 private:
  static constexpr base::Timestamp kRehearsalStart{1'767'225'600'000};  // 2026-01-01T00:00:00Z

  base::Result<base::Json> change(const std::string& step, const model::ApiCall& call);
  base::Result<base::Json> simulate(const model::ApiCall& call);
  base::Result<base::Json> read_real(const model::ApiCall& call);
  void note_unmodelled(const model::ApiCall& call);

  SimulatedWorld& world_;
  cloud::Observer& observer_;
  base::ManualClock clock_;
  const base::Timestamp as_of_;
  base::Timestamp as_of_told_;
  std::vector<model::PlannedCall> calls_;
  std::vector<std::string> unmodelled_;
  std::set<std::string> missed_;
  std::vector<model::ApiCall> simulated_reads_;
  std::set<base::Digest> asked_;  // reads of the simulated world so far
  std::vector<model::ApiCall> real_reads_;
};

}  // namespace setpoint::response
