// SimulatedWorld over twin/: the state is loaded from configuration items, calls go through cloud/aws's own client and
// codecs to the twin in the same process, so a rehearsal sends the very bytes that an apply would.
#pragma once

#include "base/clock.h"
#include "cloud/aws/model_catalog.h"
#include "response/rehearsal.h"
#include "response/simulated_world.h"

namespace setpoint::response {

// Thread-safe; each world it makes is for one thread.
class TwinWorldFactory final : public WorldFactory {
 public:
  explicit TwinWorldFactory(std::shared_ptr<const cloud::aws::ModelCatalog> catalog) : catalog_(std::move(catalog)) {}
  base::Result<std::unique_ptr<SimulatedWorld>> create(const std::vector<model::Resource>& resources) const override;

 private:
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
};

}  // namespace setpoint::response
