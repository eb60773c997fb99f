// Whether a call happened that was announced and has no outcome, where no plan foretold its effect. The resources that
// the call names are read back and the call is made on a simulated copy of them: where it changes nothing there, its
// effect is in place already; where it would still change them, it did not happen. A call that makes something new,
// that the simulation does not model, or whose resources cannot be read stays unknown.
//
// Costs reads only, and only after a crash or a lost answer. Stateless; thread-safe as its ports are.
#pragma once

#include "cloud/ports.h"
#include "model/plan.h"
#include "response/simulated_world.h"

namespace setpoint::response {

enum class Settled { happened, did_not_happen, unknown };

Settled settle_by_effect(const model::ApiCall& call, cloud::Observer& observer, const WorldFactory& worlds);

}  // namespace setpoint::response
