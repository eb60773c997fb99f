// Apply: exactly the plan, once, even through a crash (design section 5).
//
//   Applier applier({journal, records, observer, actuator, clock, random, stop, library});
//   TRY(Run run, applier.start(plan, program, decision, "user:ada"));      // or resume(run, ...) after a crash
//
// 1. The plan's basis is read afresh: another state gives STALE, a failed read an error; no call is sent either way.
// 2. The program runs; each changing call must be the plan's next one, else DEVIATION and that call is not sent.
// 3. Before a call its intent is journalled and flushed, after it its outcome. After a crash the program runs again
// from its
//    start on recorded answers; a call that was announced and has no outcome is settled by reading its resources back:
//    in the state after it, it happened; in the state before it, it did not and is sent; anything else is UNKNOWN, and
//    a person's.
//
// Threads: one call a run; the ports are shared. The caller holds the locks of the plan's resources.
// Errors are the world's failures before anything was sent; everything later is the Run's status.
#pragma once

#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "cloud/ports.h"
#include "journal/journal.h"
#include "response/ports.h"
#include "response/program.h"
#include "response/run.h"

namespace setpoint::response {

class Recorder;
class Scripts;

struct ApplyPorts {
  journal::Journal& journal;
  const Records& records;
  cloud::Observer& observer;
  cloud::Actuator& actuator;
  base::Clock& clock;
  base::Random& random;
  const StopSwitch& stop;
  const Library* library = nullptr;
  Scripts* scripts = nullptr;  // null: scripts are refused
};

struct ApplyRequest {
  const model::Plan& plan;
  const Program& program;
  const model::Decision& decision;
  std::string actor;
  // What the run uses up, committed with its first entry or not at all: the request that its approvals answered.
  std::function<std::vector<journal::DocumentWrite>(const std::string& run)> consumed;
};

class Applier {
 public:
  explicit Applier(ApplyPorts ports) : ports_(ports) {}

  base::Result<Run> start(const ApplyRequest& request);
  // `run` was found APPLYING; plan and program are those that it began with.
  base::Result<Run> resume(Run run, const model::Plan& plan, const Program& program);

 private:
  base::Result<Run> execute(Recorder& recorder, const model::Plan& plan, const Program& program);

  ApplyPorts ports_;
};

// The state that a plan leaves each resource in, as its rehearsal foretold.
std::vector<model::BasisEntry> states_after(const model::Plan& plan);

// The resources of the plan's basis that are in another state now, with their present digest; an Error where one could
// not be read: unknown is not "unchanged".
base::Result<std::vector<model::BasisEntry>> stale_entries(cloud::Observer& observer,
                                                           const std::vector<model::BasisEntry>& basis);

}  // namespace setpoint::response
