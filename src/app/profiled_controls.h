// Controls and exceptions as setpoint.yaml has them: the content roots' standards, its profiles, its exceptions.
//
// Mistakes in controls are left to `diagnostics`, and the others work; a mistake in a profile or an exception is an
// error of the configuration: judging by half a profile would judge too kindly, or too harshly.
#pragma once

#include <memory>

#include "app/adapters.h"
#include "app/config.h"
#include "findings/exceptions.h"

namespace setpoint::app {

base::Result<std::unique_ptr<LoadedControls>> load_controls(const Config& config, const std::vector<std::string>& roots,
                                                            const guard::Surroundings& surroundings,
                                                            base::Diagnostics& diagnostics);
// Null where the configuration has none.
base::Result<std::shared_ptr<const findings::Exceptions>> load_exceptions(const Config& config);

// For lint: the same checks, mistakes as diagnostics with their places.
void check_profiles_and_exceptions(const Config& config, const std::vector<std::string>& roots,
                                   base::Diagnostics& diagnostics);

}  // namespace setpoint::app
