#include "response/apply_host.h"

#include <algorithm>

#include "response/signals.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using model::ApiCall;
using model::RunStatus;
using runbook::Answer;
using runbook::Interrupt;

// Halting unwinds the interpreter by the only interrupt that makes no further call.
Interrupt ApplyHost::halt(Halt why) {
  if (!halt_) halt_ = std::move(why);
  return Interrupt::suspend;
}

base::Timestamp ApplyHost::now() {
  std::string site = fmt::format("now#{}", next_time_++);
  auto kept = recorder_.replay(kTime, site);
  if (kept && *kept) return {(*kept)->get<std::int64_t>()};
  if (!kept) halt({RunStatus::unknown, kept.error().text(), "run.unknown", {}});
  base::Timestamp time = ports_.clock.now();
  recorder_.keep(kTime, site, time.ms);
  return time;
}

Answer<runbook::Done> ApplyHost::sleep_until(const runbook::CallSite& where, base::Timestamp until) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.replay(kSleep, site);
  if (!kept) return halt({RunStatus::unknown, kept.error().text(), "run.unknown", {}});
  if (*kept) return runbook::Done{};
  if (auto written = recorder_.commit({}); !written)
    return halt({RunStatus::applying, written.error().text(), "run.halted", {}});
  base::Timestamp now = ports_.clock.now();
  if (until > now) ports_.clock.sleep_for(until - now);
  recorder_.keep(kSleep, site, until.ms);
  return runbook::Done{};
}

Answer<Json> ApplyHost::call_api(const runbook::CallSite& where, const ApiCall& call) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  bool planned = next_call_ < plan_.calls.size() && plan_.calls[next_call_].call == call;
  if (!planned && ports_.observer.reads_only(call)) return read(site, call);
  return change(site, call);
}

Answer<Json> ApplyHost::read(const std::string& site, const ApiCall& call) {
  auto kept = recorder_.replay(kCall, site);
  if (!kept) return halt({RunStatus::unknown, kept.error().text(), "run.unknown", {}});
  if (*kept) return from_kept(**kept);
  auto result = ports_.observer.read(call);
  base::Result<Json> output = result ? base::Result<Json>(std::move(result->output)) : base::fail(result.error());
  recorder_.keep(kCall, site, kept_form(output));
  return output;
}

// A script that ended is not run again after a crash: its answer stands, and the calls it made with it. One that was
// interrupted is, and must then ask what it asked before.
Answer<runbook::ScriptResult> ApplyHost::run_script(const runbook::CallSite& where,
                                                    const runbook::ScriptRequest& request) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  if (std::optional<Json> kept = recorder_.replay_to(kScript, site)) {
    next_call_ = member(*kept, "next_call").get<std::size_t>();
    return script_from_kept(*kept);
  }
  Answer<runbook::ScriptResult> answer = ProgramHost::run_script(where, request);
  if (halt_ || answer.interrupted()) return Interrupt::suspend;
  Json kept = kept_script(answer.result());
  kept["next_call"] = next_call_;
  recorder_.keep(kScript, site, std::move(kept));
  return answer;
}

Answer<std::optional<runbook::Signal>> ApplyHost::wait_for_signal(const runbook::CallSite& where,
                                                                  const runbook::SignalRequest& request) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.replay(kSignal, site);
  if (!kept) return halt({RunStatus::unknown, kept.error().text(), "run.unknown", {}});
  if (*kept) return signal_from_kept(**kept);
  Signals signals(ports_.journal, ports_.records, ports_.clock);
  auto said = signals.since(recorder_.run().id, recorder_.run().signals);
  if (!said) return base::fail(said.error());
  for (const HeardSignal& one : *said) {
    recorder_.run().signals = one.number;
    if (!is_wanted(request, one, where.step)) continue;
    recorder_.keep(kSignal, site, kept_signal(one.signal));
    return std::optional(one.signal);
  }
  if (ports_.clock.now() >= where.deadline) {
    recorder_.keep(kSignal, site, kept_signal(std::nullopt));
    return std::optional<runbook::Signal>();
  }
  std::string what = fmt::format("step {} waits for {}: setpoint run signal {} ...", where.step,
                                 request.kind == runbook::SignalRequest::Kind::pause ? "Resume" : "Approve or Reject",
                                 recorder_.run().id);
  return halt({RunStatus::applying, std::move(what), "run.waiting", {{"step", where.step}}});
}

std::optional<ApplyHost::Halt> ApplyHost::refusal(std::size_t ordinal, const ApiCall& call) const {
  Json body = {{"call", call.json()}, {"number", ordinal + 1}};
  if (ordinal >= plan_.calls.size()) {
    return Halt{RunStatus::deviated,
                fmt::format("{}:{} is not in the plan, which ends before it", call.service, call.operation),
                "run.deviation", std::move(body)};
  }
  if (plan_.calls[ordinal].call != call) {
    body["planned"] = plan_.calls[ordinal].call.json();
    return Halt{RunStatus::deviated,
                fmt::format("{}:{} is not the plan's call {}", call.service, call.operation, ordinal + 1),
                "run.deviation", std::move(body)};
  }
  return std::nullopt;
}

Answer<Json> ApplyHost::change(const std::string& site, const ApiCall& call) {
  std::size_t ordinal = next_call_;
  if (auto no = refusal(ordinal, call)) return halt(std::move(*no));
  ++next_call_;
  auto kept = recorder_.replay(kCall, site);
  if (!kept) return halt({RunStatus::unknown, kept.error().text(), "run.unknown", {}});
  if (*kept) return from_kept(**kept);
  if (recorder_.run().open_intent == ordinal) return settle_open_intent(site, ordinal);
  return send(site, ordinal);
}

Answer<Json> ApplyHost::send(const std::string& site, std::size_t ordinal) {
  if (auto reason = ports_.stop.stopped()) return halt({RunStatus::failed, "stopped: " + *reason, "run.stopped", {}});
  const ApiCall& call = plan_.calls[ordinal].call;
  recorder_.run().open_intent = ordinal;
  Json intent = {
      {"number", ordinal + 1}, {"call", call.json()}, {"digest", call.digest().hex()}, {"token", token(ordinal)}};
  auto written = recorder_.commit({{"call.intent", recorder_.run().actor, recorder_.run().id, std::move(intent)}});
  if (!written) {
    recorder_.run().open_intent.reset();
    return halt({RunStatus::applying, "the intent could not be recorded: " + written.error().text(), "run.halted", {}});
  }
  auto result = ports_.actuator.apply(call, recorder_.run().decision, token(ordinal));
  if (!result && result.error().code == ErrorCode::timed_out) return settle_open_intent(site, ordinal);
  if (!result) return record_outcome(site, ordinal, base::fail(result.error()), {});
  return record_outcome(site, ordinal, std::move(result->output), {{"request_id", result->request_id}});
}

// The call was announced, and nobody knows whether it happened.
Answer<Json> ApplyHost::settle_open_intent(const std::string& site, std::size_t ordinal) {
  switch (read_back(plan_.calls[ordinal])) {
    case Settled::happened:
      return record_outcome(site, ordinal, Json::object(), {{"settled", "read back: it had happened"}});
    case Settled::did_not_happen:
      return send(site, ordinal);
    case Settled::unknown:
      break;
  }
  return halt_unknown(ordinal,
                      "no outcome is recorded and the state read back is neither the one before nor the one after it");
}

Interrupt ApplyHost::halt_unknown(std::size_t ordinal, const std::string& why) {
  const ApiCall& call = plan_.calls[ordinal].call;
  std::string message =
      fmt::format("{}:{} (call {}) may or may not have happened: {}", call.service, call.operation, ordinal + 1, why);
  return halt(
      {RunStatus::unknown, std::move(message), "run.unknown", {{"call", call.json()}, {"number", ordinal + 1}}});
}

ApplyHost::Settled ApplyHost::read_back(const model::PlannedCall& planned) const {
  std::size_t before = 0;
  std::size_t after = 0;
  for (const model::StateStep& step : planned.changes) {
    auto resource = ports_.observer.observe(step.resource);
    if (!resource) return Settled::unknown;
    base::Digest now = resource->state_digest();
    before += now == step.before ? 1 : 0;
    after += now == step.after ? 1 : 0;
  }
  if (planned.changes.empty()) return Settled::unknown;
  if (after == planned.changes.size()) return Settled::happened;
  return before == planned.changes.size() ? Settled::did_not_happen : Settled::unknown;
}

Answer<Json> ApplyHost::record_outcome(const std::string& site, std::size_t ordinal, const base::Result<Json>& outcome,
                                       Json more) {
  Run& run = recorder_.run();
  run.open_intent.reset();
  run.calls_done = ordinal + 1;
  recorder_.keep(kCall, site, kept_form(outcome));
  Json body = {{"number", ordinal + 1}, {"ok", outcome.has_value()}};
  if (!outcome) body["error"] = error_json(outcome.error());
  if (more.is_object()) body.update(more);
  auto written = recorder_.commit({{"call.outcome", run.actor, run.id, std::move(body)}});
  if (written) return outcome;
  // On disk the intent is still open: the next start settles it.
  return halt({RunStatus::applying, "the outcome could not be recorded: " + written.error().text(), "run.halted", {}});
}

// The same for every attempt of one call of one run, in the form of a UUID, which every service's token member takes.
std::string ApplyHost::token(std::size_t ordinal) const {
  return stable_uuid(fmt::format("{}/{}", recorder_.run().id, ordinal));
}

}  // namespace setpoint::response
