// Our own outcomes as events (design section 2): journalled, and queued for routing in the same transaction, so that no
// event is acted on that is not on record and none is forgotten by a crash.
#pragma once

#include <span>

#include "journal/journal.h"
#include "model/event.h"

namespace setpoint::engine {

inline constexpr char kEventQueue[] = "events";    // for automations: worked on by `serve`
inline constexpr char kNoticeQueue[] = "notices";  // for people: worked on by whoever is there

// Journal kind of an event of ours: "Finding Opened" -> "finding.opened".
std::string journal_kind(const model::Event& event);

// The entry and the tasks of one event, to go into a larger batch.
void add_event(journal::Batch& batch, const model::Event& event);

base::Status journal_events(journal::Journal& journal, std::span<const model::Event> events);

}  // namespace setpoint::engine
