// Rehearsal: a program is run on a simulated copy of the real configuration, over the same wire protocol, and what it
// did becomes a Plan (design section 5). Nothing leaves for the real cloud but reads that the simulation cannot answer,
// and those are listed in the plan.
//
//   Rehearsal rehearsal({worlds, judge, observer, permissions, library});
//   TRY(Plan plan, rehearsal.run({.program = program, .trigger = {...}, .target = group, .world = inventory}));
//
// The plan is deterministic: same program, same world, same bytes. Threads: run() may be called from many threads, the
// ports are shared. Errors: the world cannot be made; the target is not in it; the program fails in the simulation
// (refused: a plan that does not work is no plan), unless it met a write that the simulation does not model, which the
// plan then says.
#pragma once

#include "cloud/ports.h"
#include "response/ports.h"
#include "response/program.h"
#include "response/simulated_world.h"

namespace setpoint::response {

class Scripts;

// The IAM actions and resources that a call needs. Thread-safe.
class PermissionSource {
 public:
  virtual ~PermissionSource() = default;
  virtual std::vector<model::Permission> required(const model::ApiCall& call) const = 0;
};

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
  base::Timestamp as_of = {};          // what the runbook's dates say; in the plan where it asks for them
};

struct RehearsalPorts {
  const WorldFactory& worlds;
  const Judge& judge;
  cloud::Observer& observer;
  const PermissionSource& permissions;
  const Library* library = nullptr;
  Scripts* scripts = nullptr;  // null: scripts are refused
};

class Rehearsal {
 public:
  explicit Rehearsal(RehearsalPorts ports) : ports_(ports) {}
  base::Result<model::Plan> run(const RehearsalInput& input) const;

 private:
  RehearsalPorts ports_;
};

}  // namespace setpoint::response
