// A fork of the simulated cloud for one rehearsal: calls go over the same wire protocol as to the real one, and every
// state on the way is kept (a version costs a pointer). Not thread-safe: one rehearsal owns it.
//
//   std::size_t before = world->version();
//   TRY(Json output, world->call(revoke));
//   for (const ResourceKey& key : world->changed(before, world->version())) ... world->render(before, key) ...
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::response {

class SimulatedWorld {
 public:
  virtual ~SimulatedWorld() = default;
  virtual bool models(std::string_view service, std::string_view operation) const = 0;
  virtual bool reads_only(std::string_view service, std::string_view operation) const = 0;
  virtual base::Result<base::Json> call(const model::ApiCall& call) = 0;
  // Lets the world's own clock go on: what takes time there (a database that is being modified) goes on with it.
  virtual void advance(base::Milliseconds time) = 0;

  // What the calls so far asked for that this world does not simulate, each once: a parameter, what a script would do.
  virtual std::vector<std::string> unmodelled() const = 0;

  virtual std::size_t version() = 0;  // names the present state for the functions below
  virtual std::vector<model::ResourceKey> changed(std::size_t from, std::size_t to) const = 0;
  // Knowledge::deleted where that version has no such resource.
  virtual model::Resource render(std::size_t version, const model::ResourceKey& key) const = 0;
};

class WorldFactory {
 public:
  virtual ~WorldFactory() = default;
  // Loaded from what the inventory knows; resources of unknown state are left out.
  virtual base::Result<std::unique_ptr<SimulatedWorld>> create(const std::vector<model::Resource>& resources) const = 0;
};

}  // namespace setpoint::response
