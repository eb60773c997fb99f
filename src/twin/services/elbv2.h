// What a load balancer's document leaves out: attributes that nobody set have the service's own values.
#pragma once

#include "base/json.h"

namespace setpoint::twin::services {

base::Json balancer_attributes(const base::Json& balancer);  // [{Key, Value}], every one that its kind has

}  // namespace setpoint::twin::services
