// Does one alternative match one event? Each field must have a value that passes its test, all of these values must be
// able to stand together (array consistency), and a field that has to be absent must have no value that could stand
// with them.
//
// {"f": ["Anna"], "l": [{"exists": false}]} matches [{"f": "Anna"}, {"f": "Bob", "l": "x"}]: Anna has no l.
//
// Choosing is a search; hostile events could make it long, so it takes at most kSelectionStepsMax steps and then says
// so.
#pragma once

#include <span>

#include "pattern/event_fields.h"

namespace setpoint::pattern {

struct FieldAsked {
  std::uint32_t path = 0;
  const FieldTest* test = nullptr;
};

enum class Selection { found, none, gave_up };

// `chosen`, where given, gets for each field the value that was taken (0: the field's absence).
Selection select(std::span<const FieldAsked> fields, const EventFields& event,
                 std::vector<std::uint32_t>* chosen = nullptr);

}  // namespace setpoint::pattern
