#include "response/rehearsal.h"

#include "response/plan_builder.h"
#include "response/rehearsal_host.h"

namespace setpoint::response {

base::Result<model::Plan> Rehearsal::run(const RehearsalInput& input) const {
  TRY(std::unique_ptr<SimulatedWorld> world, ports_.worlds.create(input.world));
  std::size_t start = world->version();
  if (world->render(start, input.target).knowledge != model::Knowledge::known) {
    return base::fail({base::ErrorCode::not_found,
                       "the resource is not known, so nothing can be rehearsed on it",
                       input.target.text(),
                       "scan it first",
                       {}});
  }
  PlanBuilder builder(ports_, input, *world);
  RehearsalHost host(*world, ports_.observer, {ports_.library, ports_.scripts, input.program.context}, input.as_of);
  ProgramReport report = run_program(input.program, host);
  if (!report.succeeded && host.unmodelled().empty()) {
    return base::fail({base::ErrorCode::refused,
                       "the rehearsal failed: " + report.message,
                       input.program.name(),
                       "a plan that does not work in the simulation is not made",
                       {}});
  }
  return builder.build(host);
}

}  // namespace setpoint::response
