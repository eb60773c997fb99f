#include "oversight/breaker.h"

namespace setpoint::oversight {

using base::ErrorCode;
using base::fail;

namespace {

bool is_failure(model::RunStatus outcome) {
  using enum model::RunStatus;
  return outcome == ineffective || outcome == failed || outcome == deviated || outcome == unknown;
}

void forget_old(Breaker& breaker, base::Timestamp now, const BreakerSettings& settings) {
  std::erase_if(breaker.failures, [&](base::Timestamp at) { return now - at > settings.failure_memory; });
  while (breaker.failures.size() > settings.failures_to_open) breaker.failures.erase(breaker.failures.begin());
}

base::Status take_time(const base::Json& json, const char* name, base::Timestamp& out) {
  const base::Json& value = base::member(json, name);
  if (!value.is_number_integer()) return fail(ErrorCode::corrupted, "the breaker's '{}' cannot be read", name);
  out = {value.get<std::int64_t>()};
  return {};
}

}  // namespace

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::open:
      return "open";
    case BreakerState::half_open:
      return "half open";
  }
  return "?";
}

base::Json Breaker::json() const {
  base::Json times = base::Json::array();
  for (base::Timestamp at : failures) times.push_back(at.ms);
  return {{"failures_ms", times}, {"opened_at_ms", opened_at.ms}, {"trial_at_ms", trial_at.ms}};
}

base::Result<Breaker> breaker_from_json(const base::Json& json) {
  Breaker out;
  TRY_VOID(take_time(json, "opened_at_ms", out.opened_at));
  TRY_VOID(take_time(json, "trial_at_ms", out.trial_at));
  const base::Json& times = base::member(json, "failures_ms");
  if (!times.is_array()) return fail(ErrorCode::corrupted, "the breaker's failures cannot be read");
  for (const base::Json& at : times) {
    if (!at.is_number_integer()) return fail(ErrorCode::corrupted, "the breaker's failures cannot be read");
    out.failures.push_back({at.get<std::int64_t>()});
  }
  return out;
}

BreakerState state_at(const Breaker& breaker, base::Timestamp now, const BreakerSettings& settings) {
  if (!breaker.opened_at.known()) return BreakerState::closed;
  return now - breaker.opened_at < settings.open_for ? BreakerState::open : BreakerState::half_open;
}

bool trial_running(const Breaker& breaker, base::Timestamp now, const BreakerSettings& settings) {
  bool half_open = state_at(breaker, now, settings) == BreakerState::half_open;
  return half_open && breaker.trial_at.known() && now - breaker.trial_at < settings.trial_for;
}

Breaker after_start(Breaker before, base::Timestamp now, const BreakerSettings& settings) {
  if (state_at(before, now, settings) == BreakerState::half_open) before.trial_at = now;
  return before;
}

Breaker after_outcome(Breaker before, model::RunStatus outcome, base::Timestamp now, const BreakerSettings& settings) {
  BreakerState state = state_at(before, now, settings);
  if (outcome == model::RunStatus::effective) return state == BreakerState::open ? before : Breaker{};
  if (!is_failure(outcome)) {
    if (model::is_terminal(outcome)) before.trial_at = {};
    return before;
  }
  before.failures.push_back(now);
  forget_old(before, now, settings);
  if (state == BreakerState::half_open || before.failures.size() >= settings.failures_to_open) {
    before.opened_at = now;
    before.trial_at = {};
  }
  return before;
}

}  // namespace setpoint::oversight
