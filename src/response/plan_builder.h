// From what a rehearsal did to the Plan's claims: what changes, what of it nobody asked for, which verdicts turn, how
// to get back, what it needs.
#pragma once

#include "response/rehearsal.h"

namespace setpoint::response {

class RehearsalHost;

class PlanBuilder {
 public:
  PlanBuilder(const RehearsalPorts& ports, const RehearsalInput& input, SimulatedWorld& world)
      : ports_(ports), input_(input), world_(world), start_(world.version()) {}

  // After the program ran: everything between the builder's making and now.
  model::Plan build(RehearsalHost& host);

 private:
  void add_changes();
  void add_verdicts();
  void add_undo();
  void add_basis();
  void add_permissions(const RehearsalHost& host);
  std::vector<model::ResourceKey> last_changed_first() const;
  void mark_irreversible(const model::ResourceKey& key, const std::string& because);
  void check_reproduced(const model::ResourceKey& key, const model::Resource& simulated);

  const RehearsalPorts& ports_;
  const RehearsalInput& input_;
  SimulatedWorld& world_;
  std::size_t start_;
  std::size_t end_ = 0;
  std::vector<model::ResourceKey> changed_;
  model::Plan plan_;
};

// True where `before` -> `after` goes beyond what the trigger's evidence names. Without evidence (a person's run, an
// undo) nothing is collateral.
bool goes_beyond(const Trigger& trigger, const model::ResourceKey& target, const model::Resource& before,
                 const model::Resource& after, const std::vector<model::FieldChange>& fields);

}  // namespace setpoint::response
