// Rehearsal: a program is run on a simulated copy of the real configuration, over the same wire protocol, and what it
// did becomes a Plan (design section 5). Nothing leaves for the real cloud but reads that the simulation cannot answer,
// and those are listed in the plan.
//
//   Rehearsal rehearsal(worlds, judge, observer, clock);
//   TRY(Plan plan, rehearsal.run({.program = program, .trigger = {...}, .world = inventory, .target = group}));
//
// The plan is deterministic: same program, same world, same bytes. Threads: one rehearsal a thread; the ports are
// shared. Errors: the world cannot be made; the target is not known; the program fails in the simulation (refused: a
// plan that does not work is no plan), unless it failed on a call that the simulation does not model, which is then
// marked.
#pragma once

#include "base/clock.h"
#include "cloud/ports.h"
#include "response/ports.h"
#include "response/program.h"
#include "response/simulated_world.h"

namespace setpoint::response {

struct Trigger {
  std::string finding;
  std::string control;
  std::vector<model::Evidence> evidence;
  std::string undo_of;
};

struct RehearsalInput {
  Program program;
  Trigger trigger;
  model::ResourceKey target;           // whose state the plan is bound to, beside all that it changes
  std::vector<model::Resource> world;  // fresh reads of the target and what is known around it
};

class Rehearsal {
 public:
  Rehearsal(const WorldFactory& worlds, const Judge& judge, cloud::Observer& observer, base::Clock& clock,
            const Library* library = nullptr)
      : worlds_(worlds), judge_(judge), observer_(observer), clock_(clock), library_(library) {}

  base::Result<model::Plan> run(const RehearsalInput& input) const;

 private:
  const WorldFactory& worlds_;
  const Judge& judge_;
  cloud::Observer& observer_;
  base::Clock& clock_;
  const Library* library_;
};

}  // namespace setpoint::response
