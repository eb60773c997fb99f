// The Host of a rehearsal: calls go to the simulated world and are recorded with what they changed.
#pragma once

#include "base/clock.h"
#include "cloud/ports.h"
#include "response/program_host.h"
#include "response/simulated_world.h"

namespace setpoint::response {

class RehearsalHost final : public ProgramHost {
 public:
  // Time in a rehearsal starts at a fixed point and moves only by sleeping: a plan must not depend on when it was made.
  RehearsalHost(SimulatedWorld& world, cloud::Observer& observer, ProgramPorts ports)
      : ProgramHost(std::move(ports)), world_(world), observer_(observer), clock_(kRehearsalStart) {}

  base::Timestamp now() override { return clock_.now(); }
  runbook::Answer<base::Json> call_api(const runbook::CallSite& site, const model::ApiCall& call) override;
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite& site, base::Timestamp until) override;

  std::vector<model::PlannedCall>& calls() { return calls_; }
  const std::vector<std::string>& unmodelled() const { return unmodelled_; }
  const std::vector<model::ApiCall>& simulated_reads() const { return simulated_reads_; }
  const std::vector<model::ApiCall>& real_reads() const { return real_reads_; }

 private:
  static constexpr base::Timestamp kRehearsalStart{1'767'225'600'000};  // 2026-01-01T00:00:00Z

  base::Result<base::Json> change(const std::string& step, const model::ApiCall& call);
  base::Result<base::Json> read_real(const model::ApiCall& call);
  void note_unmodelled(const model::ApiCall& call);

  SimulatedWorld& world_;
  cloud::Observer& observer_;
  base::ManualClock clock_;
  std::vector<model::PlannedCall> calls_;
  std::vector<std::string> unmodelled_;
  std::vector<model::ApiCall> simulated_reads_;
  std::vector<model::ApiCall> real_reads_;
};

}  // namespace setpoint::response
