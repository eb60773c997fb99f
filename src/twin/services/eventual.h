// States that take their time. The document says at once what it will be, and beside it what shows until then; nothing
// has to come back later to finish it, and a rehearsal that waits sees the same as a person who waits.
//
//   show_until(instance, {{"State", {{"Code", 0}, {"Name", "pending"}}}}, request.clock().now() + kStartingFor);
//   Json shown = seen_at(instance, request.clock().now());   // pending, then running
#pragma once

#include "base/clock.h"
#include "base/json.h"

namespace setpoint::twin::services {

inline constexpr const char* kMeanwhile = "Meanwhile";  // member of a document; never on the wire, no part of an item

// A member that is null does not show until then.
void show_until(base::Json& document, base::Json members, base::Timestamp until);
base::Json seen_at(base::Json document, base::Timestamp now);

}  // namespace setpoint::twin::services
