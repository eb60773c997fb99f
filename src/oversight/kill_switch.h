// The kill switch: one person stops everything that Setpoint would change, at once. Only undoing goes on. A value; the
// caller stores it, and journals each change, before it counts.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::oversight {

struct KillSwitch {
  bool engaged = false;
  std::string by;
  std::string reason;
  base::Timestamp at;
  bool operator==(const KillSwitch&) const = default;
  base::Json json() const;
};
// Anything but a whole, well-formed value is an error: an unreadable switch is never "off".
base::Result<KillSwitch> kill_switch_from_json(const base::Json& json);

// Both need to know who; engaging what is engaged keeps the first reason.
base::Result<KillSwitch> engage(const KillSwitch& before, const std::string& by, const std::string& reason,
                                base::Timestamp now);
base::Result<KillSwitch> release(const KillSwitch& before, const std::string& by, base::Timestamp now);

}  // namespace setpoint::oversight
