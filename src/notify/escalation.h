// When to tell whom next, while nobody has taken it: a pure function of times. "Taken" is an acknowledgement, a
// decision or a resolution, whichever came first.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"

namespace setpoint::notify {

struct EscalationStep {
  base::Milliseconds after{0};  // since it began
  std::string to;               // a channel
  bool operator==(const EscalationStep&) const = default;
};

struct EscalationState {
  base::Timestamp began;
  base::Timestamp taken;       // unknown: nobody has
  std::set<std::size_t> sent;  // indices of the steps that were sent
};

// Steps to be sent now, by index, in order of their time. After a pause (we were down) all that fell due are given,
// each once.
std::vector<std::size_t> due_steps(std::span<const EscalationStep> steps, const EscalationState& state,
                                   base::Timestamp now);
// When to look again; nullopt where nothing is left to send.
std::optional<base::Timestamp> next_look(std::span<const EscalationStep> steps, const EscalationState& state);

}  // namespace setpoint::notify
