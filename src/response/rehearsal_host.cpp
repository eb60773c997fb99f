#include "response/rehearsal_host.h"

#include <algorithm>

#include "base/limits.h"

namespace setpoint::response {

using base::Json;
using model::ApiCall;

namespace {

// A script that polls sleeps by its own clock, and the world would stand still for it: the same question asked again
// says that time went by.
constexpr base::Milliseconds kPollTime{1'000};

}  // namespace

base::Timestamp RehearsalHost::as_of() {
  as_of_told_ = as_of_.known() ? as_of_ : kRehearsalStart;
  return as_of_told_;
}

runbook::Answer<std::optional<runbook::Signal>> RehearsalHost::wait_for_signal(const runbook::CallSite&,
                                                                               const runbook::SignalRequest& request) {
  if (request.kind == runbook::SignalRequest::Kind::pause)
    return std::optional(runbook::Signal{runbook::SignalType::resume, "rehearsal", "", clock_.now()});
  // Each approver in turn; there are at least as many as must approve.
  std::size_t next = std::min(request.so_far.size(), request.approvers.size() - 1);
  return std::optional(runbook::Signal{runbook::SignalType::approve, request.approvers[next], "", clock_.now()});
}

runbook::Answer<Json> RehearsalHost::call_api(const runbook::CallSite& site, const ApiCall& call) {
  bool reads_only = world_.reads_only(call.service, call.operation);
  if (!reads_only) return change(site.step, call);
  if (!world_.models(call.service, call.operation)) return read_real(call);
  simulated_reads_.push_back(call);
  if (!asked_.insert(call.digest()).second) world_.advance(kPollTime);
  return simulate(call);
}

base::Result<Json> RehearsalHost::simulate(const ApiCall& call) {
  base::Result<Json> output = world_.call(call);
  if (!output && output.error().code == base::ErrorCode::not_found) missed_.insert(call.service);
  return output;
}

base::Result<Json> RehearsalHost::change(const std::string& step, const ApiCall& call) {
  if (calls_.size() >= base::kPlanCallsMax) {
    return base::fail(base::ErrorCode::limit_exceeded, "a plan holds at most {} changing calls", base::kPlanCallsMax);
  }
  model::PlannedCall planned{step, call, false, {}, {}};
  if (!world_.models(call.service, call.operation)) {
    note_unmodelled(call);
    calls_.push_back(std::move(planned));
    return Json::object();
  }
  std::size_t before = world_.version();
  base::Result<Json> output = simulate(call);
  if (!output) return output;
  std::size_t after = world_.version();
  for (const model::ResourceKey& key : world_.changed(before, after)) {
    planned.changes.push_back(
        {key, world_.render(before, key).state_digest(), world_.render(after, key).state_digest()});
  }
  calls_.push_back(std::move(planned));
  return output;
}

base::Result<Json> RehearsalHost::read_real(const ApiCall& call) {
  real_reads_.push_back(call);
  TRY(cloud::CallResult result, observer_.read(call));
  return std::move(result.output);
}

std::vector<std::string> RehearsalHost::unmodelled() const {
  std::vector<std::string> out = unmodelled_;
  for (std::string& what : world_.unmodelled()) out.push_back(std::move(what));
  return out;
}

void RehearsalHost::note_unmodelled(const ApiCall& call) {
  std::string name = call.service + ":" + call.operation;
  if (std::find(unmodelled_.begin(), unmodelled_.end(), name) == unmodelled_.end())
    unmodelled_.push_back(std::move(name));
}

runbook::Answer<runbook::Done> RehearsalHost::sleep_until(const runbook::CallSite&, base::Timestamp until) {
  if (until > clock_.now()) {
    base::Milliseconds time = until - clock_.now();
    clock_.advance(time);
    world_.advance(time);
  }
  return runbook::Done{};
}

}  // namespace setpoint::response
