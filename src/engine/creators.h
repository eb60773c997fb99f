// Who made a resource, as CloudTrail saw it: kept when events are imported, asked for when an owner is looked for.
#pragma once

#include <span>

#include "journal/journal.h"
#include "model/event.h"
#include "model/resource.h"

namespace setpoint::engine {

inline constexpr char kCreatorSpace[] = "creators";  // by resource key: {"creator": ARN, "event": id}

struct Creation {
  model::ResourceKey resource;
  std::string creator;  // the caller's ARN
};
// nullopt for an event that is no successful creation of a resource whose id stands in the answer.
std::optional<Creation> creation_of(const model::Event& event);

base::Status note_creators(journal::Journal& journal, std::span<const model::Event> events);

}  // namespace setpoint::engine
