// Event: an observed fact in the EventBridge envelope. Our own outcomes are Events too (source "setpoint"), so one
// pattern language routes everything.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::model {

struct Event {
  std::string id;
  std::string source;       // "aws.securityhub", "setpoint"
  std::string detail_type;  // "Finding Opened"
  std::string account;
  std::string region;
  base::Timestamp time;
  std::vector<std::string> resources;
  base::Json detail = base::Json::object();

  base::Json envelope() const;  // {"version":"0","id":..,"detail-type":..,...,"detail":{}}
};

// The envelope's fields must have EventBridge's types; `detail` may be absent (then {}). Unknown root keys are kept
// out.
base::Result<Event> event_from_envelope(const base::Json& envelope);

}  // namespace setpoint::model
