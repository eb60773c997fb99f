#include "notify/escalation.h"

#include <algorithm>

namespace setpoint::notify {

std::vector<std::size_t> due_steps(std::span<const EscalationStep> steps, const EscalationState& state,
                                   base::Timestamp now) {
  std::vector<std::size_t> out;
  if (state.taken.known()) return out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!state.sent.contains(i) && state.began + steps[i].after <= now) out.push_back(i);
  }
  std::stable_sort(out.begin(), out.end(),
                   [&](std::size_t a, std::size_t b) { return steps[a].after < steps[b].after; });
  return out;
}

std::optional<base::Timestamp> next_look(std::span<const EscalationStep> steps, const EscalationState& state) {
  std::optional<base::Timestamp> out;
  if (state.taken.known()) return out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (state.sent.contains(i)) continue;
    base::Timestamp at = state.began + steps[i].after;
    out = std::min(out.value_or(at), at);
  }
  return out;
}

}  // namespace setpoint::notify
