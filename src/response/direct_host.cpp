#include "response/direct_host.h"

#include "base/digest.h"
#include "cloud/aws/read_only.h"
#include "response/recorder.h"
#include "response/settlement.h"
#include "response/stored_context.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;
using model::ApiCall;
using runbook::Answer;
using runbook::CallSite;
using runbook::Done;
using runbook::ExecutionStatus;
using runbook::Interrupt;
using runbook::Signal;
using runbook::SignalRequest;
using runbook::SignalType;

namespace {

constexpr std::string_view kInterrupts[] = {"suspend", "cancel", "complete", "stop_step"};

Json child_json(const runbook::ChildResult& child) {
  return {{"id", child.execution_id},
          {"status", runbook::to_string(child.status)},
          {"outputs", child.outputs},
          {"output_names", child.output_names},
          {"message", child.failure_message}};
}

base::Result<runbook::ChildResult> child_from(const Json& kept) {
  if (kept.contains("error")) {
    auto error = from_kept(kept);
    return base::fail(std::move(error).error());
  }
  TRY(ExecutionStatus status, runbook::parse_execution_status(string_member(kept, "status")));
  return runbook::ChildResult{string_member(kept, "id"), status, member(kept, "outputs"),
                              texts_member(kept, "output_names"), string_member(kept, "message")};
}

bool means_step(const HeardSignal& said, const std::string& step) { return said.step.empty() || said.step == step; }

std::vector<std::string> lineage_of(const ExecutionRecord& record) {
  std::vector<std::string> out = record.ancestors;
  out.push_back(record.id);
  return out;
}

}  // namespace

DirectHost::DirectHost(const DirectPorts& ports, Signals& signals, Children& children, Access& access,
                       ExecutionRecorder& recorder, const runbook::Document& document)
    : ProgramHost({ports.library, ports.scripts, recorder.record().context, recorder.record().folder, ports.apis}),
      ports_(ports),
      signals_(signals),
      children_(children),
      access_(access),
      recorder_(recorder),
      document_(document),
      lineage_(lineage_of(recorder.record())),
      interactive_(recorder.record().context.mode == "Interactive") {}

// Halting unwinds the interpreter by the only interrupt that makes no further call.
Interrupt DirectHost::halt(bool unknown, std::string message) {
  if (!halt_) halt_ = Halt{unknown, std::move(message)};
  return Interrupt::suspend;
}

Interrupt DirectHost::halt_unrecorded(const base::Error& error) {
  return halt(false, "what happens could not be recorded: " + error.text());
}

base::Status DirectHost::commit() { return recorder_.commit(); }

base::Timestamp DirectHost::now() {
  std::string site = fmt::format("now#{}", next_time_++);
  auto kept = recorder_.log().replay(kTime, site);
  if (kept && *kept) return {(*kept)->get<std::int64_t>()};
  if (!kept) halt(true, kept.error().text());
  base::Timestamp time = ports_.clock.now();
  recorder_.log().keep(kTime, site, time.ms);
  return time;
}

Interrupt DirectHost::keep_interrupt(std::string_view kind, const std::string& site, Interrupt interrupt) {
  recorder_.log().keep(kind, site, {{"interrupt", kInterrupts[static_cast<std::size_t>(interrupt)]}});
  cancelled_ = cancelled_ || interrupt == Interrupt::cancel;
  return interrupt;
}

std::optional<Interrupt> DirectHost::kept_interrupt(const Json& kept) {
  std::string name = string_member(kept, "interrupt");
  for (std::size_t i = 0; i < std::size(kInterrupts); ++i) {
    if (kInterrupts[i] != name) continue;
    Interrupt interrupt = static_cast<Interrupt>(i);
    cancelled_ = cancelled_ || interrupt == Interrupt::cancel;
    return interrupt;
  }
  return std::nullopt;
}

// The first wanted signal that was not heard before. Those passed over are past: nobody waits for them any more.
base::Result<std::optional<HeardSignal>> DirectHost::next_signal(
    const std::function<bool(const HeardSignal&)>& wanted) {
  TRY(auto said, signals_.since(recorder_.record().id, recorder_.record().signals));
  for (HeardSignal& one : said) {
    if (!wanted(one)) continue;
    recorder_.record().signals = one.number;
    return std::optional(std::move(one));
  }
  return std::optional<HeardSignal>();
}

std::optional<Interrupt> DirectHost::interrupted_now(std::string_view kind, const std::string& site,
                                                     const std::string& step) {
  if (!cancelled_ && signals_.stop_asked(lineage_) == StopType::cancel)
    return keep_interrupt(kind, site, Interrupt::cancel);
  if (kind != kSleep && kind != kSignal) return std::nullopt;
  auto stop = next_signal(
      [&](const HeardSignal& said) { return said.signal.type == SignalType::stop_step && means_step(said, step); });
  if (!stop || !*stop) return std::nullopt;
  return keep_interrupt(kind, site, Interrupt::stop_step);
}

Answer<Done> DirectHost::before_step(const CallSite& where, const runbook::StepRecord& record) {
  if (halt_) return Interrupt::suspend;
  steps_.push_back(record);
  std::string site = site_text(where);
  if (auto kept = recorder_.log().replay_if(kStep, site)) {
    if (auto interrupt = kept_interrupt(*kept)) return *interrupt;
    interactive_ = interactive_ && string_member(*kept, "then") != "auto";
    return Done{};
  }
  if (recorder_.log().replaying()) return Done{};
  if (auto interrupt = interrupted_now(kStep, site, where.step)) return *interrupt;
  if (signals_.stop_asked(lineage_) == StopType::complete) return keep_interrupt(kStep, site, Interrupt::complete);
  return interactive_ ? wait_to_be_started(where, site) : Done{};
}

Answer<Done> DirectHost::wait_to_be_started(const CallSite& where, const std::string& site) {
  if (auto begun = begin_waiting(where, fmt::format("StartStep of {}", where.step)); !begun)
    return halt_unrecorded(begun.error());
  for (;;) {
    if (auto interrupt = interrupted_now(kStep, site, where.step)) return *interrupt;
    if (signals_.stop_asked(lineage_) == StopType::complete) return keep_interrupt(kStep, site, Interrupt::complete);
    auto said = next_signal([&](const HeardSignal& one) {
      bool starts = one.signal.type == SignalType::start_step && means_step(one, where.step);
      return starts || one.signal.type == SignalType::resume;
    });
    if (said && *said) {
      interactive_ = (*said)->signal.type == SignalType::start_step;
      recorder_.log().keep(kStep, site, {{"then", interactive_ ? "step" : "auto"}});
      recorder_.record().status = ExecutionStatus::in_progress;
      return Done{};
    }
    ports_.clock.sleep_for(base::Milliseconds(kSignalPollMilliseconds));
  }
}

void DirectHost::note_step(const CallSite&, const runbook::StepRecord& record) {
  for (auto one = steps_.rbegin(); one != steps_.rend(); ++one) {
    if (one->path != record.path) continue;
    *one = record;
    break;
  }
  if (ports_.watcher != nullptr && !recorder_.log().replaying()) ports_.watcher->step_ended(recorder_.record(), record);
}

Answer<Json> DirectHost::call_api(const CallSite& where, const ApiCall& call) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.log().replay(kCall, site);
  if (!kept) return halt(true, kept.error().text());
  if (*kept) {
    if (auto interrupt = kept_interrupt(**kept)) return *interrupt;
    if (string_member(**kept, "digest") == call.digest().hex()) return from_kept(**kept);
    return halt(true, fmt::format("asks {}:{} at {}, which is not the call that it made there before", call.service,
                                  call.operation, site));
  }
  if (auto interrupt = interrupted_now(kCall, site, where.step)) return *interrupt;
  if (!cloud::aws::is_read_only(call.service, call.operation)) return change(site, where.step, call);
  base::Result<Json> output = send(call);
  Json form = kept_form(output);
  form["digest"] = call.digest().hex();
  recorder_.log().keep(kCall, site, std::move(form));
  return output;
}

base::Result<Json> DirectHost::send(const ApiCall& call) {
  TRY(cloud::CallResult result, access_.client().call(call, {recorder_.record().id, cloud::aws::Lane::normal, {}}));
  return std::move(result.output);
}

// The same for every attempt of one call of one execution: so the same intent sent again has its effect once.
ApiCall DirectHost::with_token(const ApiCall& call) const {
  ApiCall out = call;
  auto operation = access_.client().catalog().operation(call.service, call.operation);
  const cloud::aws::Member* token = operation ? (*operation)->idempotency_member() : nullptr;
  if (token == nullptr || !member(call.parameters, token->name).is_null()) return out;
  out.parameters[std::string(token->name)] =
      stable_uuid(fmt::format("{}/{}", recorder_.record().id, recorder_.record().changes));
  return out;
}

Answer<Json> DirectHost::change(const std::string& site, const std::string& step, const ApiCall& call) {
  const std::optional<OpenIntent>& open = recorder_.record().open_intent;
  if (!open) return announce_and_send(site, step, call);
  if (open->site == site && open->call == call.digest()) return settle(site, step, call);
  return halt(true,
              fmt::format("a call at {} was announced and may or may not have happened; {}:{} at {} comes instead",
                          open->site, call.service, call.operation, site));
}

base::Status DirectHost::announce(const std::string& site, const base::Digest& digest, Json intent) {
  ExecutionRecord& record = recorder_.record();
  record.open_intent = OpenIntent{site, digest};
  intent["number"] = ++record.changes;
  intent["direct"] = true;
  recorder_.announce("call.intent", std::move(intent));
  return commit();
}

base::Status DirectHost::conclude_intent(bool ok, Json more) {
  recorder_.record().open_intent.reset();
  Json outcome = {{"number", recorder_.record().changes}, {"ok", ok}};
  outcome.update(more);
  recorder_.announce("call.outcome", std::move(outcome));
  return commit();
}

Answer<Json> DirectHost::announce_and_send(const std::string& site, const std::string& step, const ApiCall& call) {
  Json intent = {{"step", step}, {"call", call.json()}, {"digest", call.digest().hex()}};
  if (auto announced = announce(site, call.digest(), std::move(intent)); !announced)
    return halt_unrecorded(announced.error());
  base::Result<Json> output = send(with_token(call));
  bool lost = !output && output.error().code == ErrorCode::timed_out;
  bool happened = lost && settle_by_effect(call, access_.observer(), ports_.worlds) == Settled::happened;
  if (happened) return conclude(site, call, Json::object(), "read back: it had happened");
  return conclude(site, call, output, nullptr);
}

// The call was announced before a crash, and nobody knows whether it happened.
Answer<Json> DirectHost::settle(const std::string& site, const std::string& step, const ApiCall& call) {
  ApiCall with = with_token(call);
  if (with != call) return conclude(site, call, send(with), "sent again with its token");
  switch (settle_by_effect(call, access_.observer(), ports_.worlds)) {
    case Settled::happened:
      return conclude(site, call, Json::object(), "read back: it had happened");
    case Settled::did_not_happen:
      return conclude(site, call, send(call), "read back: it had not happened");
    case Settled::unknown:
      break;
  }
  return halt(true, fmt::format("{}:{} of step {} may or may not have happened: it was announced, has no outcome, and "
                                "cannot be read back",
                                call.service, call.operation, step));
}

Answer<Json> DirectHost::conclude(const std::string& site, const ApiCall& call, const base::Result<Json>& outcome,
                                  const char* settled) {
  Json form = kept_form(outcome);
  form["digest"] = call.digest().hex();
  recorder_.log().keep(kCall, site, std::move(form));
  Json more = Json::object();
  if (!outcome) more["error"] = error_json(outcome.error());
  if (settled != nullptr) more["settled"] = settled;
  if (auto concluded = conclude_intent(outcome.has_value(), std::move(more)); !concluded)
    return halt_unrecorded(concluded.error());
  return outcome;
}

// A script that ended is not run again after a crash: its answer stands, and the calls it made with it. One that was
// interrupted is, and must then ask what it asked before.
Answer<runbook::ScriptResult> DirectHost::run_script(const CallSite& where, const runbook::ScriptRequest& request) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  if (std::optional<Json> kept = recorder_.log().replay_to(kScript, site)) return script_from_kept(*kept);
  Answer<runbook::ScriptResult> answer = ProgramHost::run_script(where, request);
  if (halt_) return Interrupt::suspend;
  if (!answer.interrupted()) recorder_.log().keep(kScript, site, kept_script(answer.result()));
  return answer;
}

Answer<Done> DirectHost::sleep_until(const CallSite& where, base::Timestamp until) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.log().replay(kSleep, site);
  if (!kept) return halt(true, kept.error().text());
  if (*kept) {
    if (auto interrupt = kept_interrupt(**kept)) return *interrupt;
    return Done{};
  }
  if (auto written = commit(); !written) return halt_unrecorded(written.error());
  for (;;) {
    if (auto interrupt = interrupted_now(kSleep, site, where.step)) return *interrupt;
    base::Timestamp now = ports_.clock.now();
    if (now >= until) break;
    ports_.clock.sleep_for(std::min(until - now, base::Milliseconds(kSignalPollMilliseconds)));
  }
  recorder_.log().keep(kSleep, site, until.ms);
  return Done{};
}

// What `setpoint run show` says of an execution that waits.
journal::DocumentWrite DirectHost::snapshot() const {
  runbook::ExecutionReport report;
  report.suspended = true;
  report.status = recorder_.record().status;
  report.parameters = recorder_.record().parameters;
  report.started = recorder_.record().started;
  report.steps = steps_;
  Json rendered = runbook::render_automation_execution(document_, recorder_.record().context, report);
  rendered["AutomationExecution"]["DocumentName"] = recorder_.record().document_name;
  return {kExecutionReportSpace,
          recorder_.record().id,
          std::move(rendered),
          std::nullopt,
          {{"parent", recorder_.record().parent()}}};
}

base::Status DirectHost::begin_waiting(const CallSite& where, const std::string& for_what) {
  recorder_.record().status = ExecutionStatus::waiting;
  if (!steps_.empty()) steps_.back().status = ExecutionStatus::waiting;
  recorder_.announce("run.waiting", {{"step", where.step}, {"for", for_what}});
  recorder_.add_state(snapshot());
  TRY_VOID(commit());
  if (ports_.watcher != nullptr) ports_.watcher->waiting(recorder_.record(), for_what);
  return {};
}

// As AWS does: the approvers' topic is told once, and a step whose topic cannot be told fails.
Answer<Json> DirectHost::notify_approvers(const CallSite& where, const SignalRequest& request) {
  if (request.notification_arn.empty() || !request.so_far.empty()) return Json::object();
  CallSite inner = where;
  inner.path += "/notify";
  std::string message = fmt::format("{}\n\nsetpoint run signal {} Approve", request.message, recorder_.record().id);
  return call_api(inner, {context().account,
                          context().region,
                          "sns",
                          "Publish",
                          {{"TopicArn", request.notification_arn},
                           {"Subject", "Approval is asked for"},
                           {"Message", std::move(message)}}});
}

Answer<std::optional<Signal>> DirectHost::wait_for_signal(const CallSite& where, const SignalRequest& request) {
  if (halt_) return Interrupt::suspend;
  Answer<Json> told = notify_approvers(where, request);
  if (told.interrupted()) return told.interrupt();
  if (!told.result()) return base::fail(std::move(told.result()).error());
  std::string site = site_text(where);
  auto kept = recorder_.log().replay(kSignal, site);
  if (!kept) return halt(true, kept.error().text());
  if (*kept) {
    if (auto interrupt = kept_interrupt(**kept)) return *interrupt;
    return signal_from_kept(**kept);
  }
  bool approval = request.kind == SignalRequest::Kind::approval;
  if (auto begun = begin_waiting(where, approval ? "Approve or Reject" : "Resume"); !begun)
    return halt_unrecorded(begun.error());
  std::optional<Signal> heard;
  while (!heard && ports_.clock.now() < where.deadline) {
    if (auto interrupt = interrupted_now(kSignal, site, where.step)) return *interrupt;
    auto said = next_signal([&](const HeardSignal& one) { return is_wanted(request, one, where.step); });
    if (said && *said) heard = (*said)->signal;
    if (!heard) ports_.clock.sleep_for(base::Milliseconds(kSignalPollMilliseconds));
  }
  recorder_.log().keep(kSignal, site, kept_signal(heard));
  recorder_.record().status = ExecutionStatus::in_progress;
  if (!steps_.empty()) steps_.back().status = ExecutionStatus::in_progress;
  return heard;
}

// A child is an execution of its own. What led to it is flushed first: it must be the same one after a crash.
Answer<runbook::ChildResult> DirectHost::start_child(const CallSite& where,
                                                     const runbook::ExecuteAutomationRequest& request) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.log().replay(kChild, site);
  if (!kept) return halt(true, kept.error().text());
  if (*kept) {
    if (auto interrupt = kept_interrupt(**kept)) return *interrupt;
    return child_from(**kept);
  }
  if (auto interrupt = interrupted_now(kChild, site, where.step)) return *interrupt;
  TRY(runbook::Document document, child_document(request.document_name));
  if (auto written = commit(); !written) return halt_unrecorded(written.error());
  std::string id = stable_uuid(fmt::format("{}/{}", recorder_.record().id, site));
  auto child = children_.run_child(recorder_.record(), id, document, request);
  if (child && !*child) return halt(false, fmt::format("the execution {}, which it waits for, was halted", id));
  bool stopped = child && (*child)->status == ExecutionStatus::cancelled && !cancelled_ &&
                 signals_.stop_asked(lineage_) == StopType::cancel;
  if (stopped) return keep_interrupt(kChild, site, Interrupt::cancel);
  if (!child) {
    recorder_.log().keep(kChild, site, kept_form(base::fail(child.error())));
    return base::fail(std::move(child).error());
  }
  recorder_.log().keep(kChild, site, child_json(**child));
  return std::move(**child);
}

Answer<runbook::WebhookResponse> DirectHost::invoke_webhook(const CallSite& where,
                                                            const runbook::WebhookRequest& request) {
  if (halt_) return Interrupt::suspend;
  std::string site = site_text(where);
  auto kept = recorder_.log().replay(kWebhook, site);
  if (!kept) return halt(true, kept.error().text());
  if (*kept) {
    if (auto interrupt = kept_interrupt(**kept)) return *interrupt;
    TRY(Json answer, from_kept(**kept));
    return runbook::WebhookResponse{answer.value("status", std::int64_t{0}), string_member(answer, "body")};
  }
  if (ports_.webhooks == nullptr) return ProgramHost::invoke_webhook(where, request);
  if (recorder_.record().open_intent)
    return halt(true, fmt::format("the webhook {} may or may not have been told", request.integration));
  if (auto interrupt = interrupted_now(kWebhook, site, where.step)) return *interrupt;
  base::Digest digest = base::sha256(request.integration + "\n" + request.body);
  Json intent = {{"step", where.step}, {"webhook", request.integration}, {"digest", digest.hex()}};
  if (auto announced = announce(site, digest, std::move(intent)); !announced) return halt_unrecorded(announced.error());
  auto response = ports_.webhooks->invoke(request);
  base::Result<Json> form = base::fail(ErrorCode::unavailable, "");
  if (response)
    form = Json{{"status", response->status}, {"body", response->body}};
  else
    form = base::fail(response.error());
  recorder_.log().keep(kWebhook, site, kept_form(form));
  if (auto concluded = conclude_intent(response.has_value(), Json::object()); !concluded)
    return halt_unrecorded(concluded.error());
  return response;
}

}  // namespace setpoint::response
