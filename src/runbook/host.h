// Host: everything that a running document does to the world or learns from it. The interpreter has no clock, no
// socket, no disk and no state between runs; given the same answers it asks the same questions in the same order.
// response/ builds durability on this: it records each answer, and after a crash runs the document again from the
// start, feeding the recorded answers until they end, then goes on for real.
//
//   Answer<Json> RecordingHost::call_api(const CallSite& site, const model::ApiCall& call) {
//     if (auto recorded = journal_.next()) return *recorded;        // replay
//     TRY…  decide, journal the intent, send, journal the outcome
//   }
//
// An Answer is a value, an Error, or an Interrupt:
//   suspend   the interpreter unwinds at once, makes no further call (not even note_step) and returns
//             ExecutionReport::suspended; a later replay asks the same question again. For long sleeps, open approvals,
//             pauses, children that still run.
//   cancel    a person stopped the execution (StopAutomationExecution, Type=Cancel). Answered once: the step ends
//             Cancelled and its onCancel decides what follows; calls of the steps behind onCancel are answered
//             normally.
//   complete  Type=Complete: only before_step answers it; the execution ends there, steps not reached stay Pending.
//   stop_step StopStep was signalled: the step ends Cancelled as a failure that onFailure handles.
// Errors carry the other side's own code in Error::detail ("InvalidGroup.NotFound"); ErrorCode tells the kind:
// access_denied and unauthenticated become FailureType Permission, throttled is ridden out (kThrottlingSecondsMax) and
// becomes Throttling, timed_out means that the effect is not known and is never retried by the interpreter beyond the
// document's own maxAttempts.
//
// Threads: one Host serves one execution, from one thread. run_script calls back on the same thread.
// Ownership: references are valid during the call only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "model/plan.h"
#include "runbook/script.h"
#include "runbook/status.h"

#include <nlohmann/json.hpp>

namespace setpoint::runbook {

struct StepRecord;

enum class Interrupt { suspend, cancel, complete, stop_step };

template <class T>
class [[nodiscard]] Answer {
 public:
  Answer(T value) : state_(base::Result<T>(std::move(value))) {}
  Answer(tl::unexpected<base::Error> error) : state_(base::Result<T>(std::move(error))) {}
  Answer(base::Result<T> result) : state_(std::move(result)) {}
  Answer(Interrupt interrupt) : state_(interrupt) {}

  bool interrupted() const { return std::holds_alternative<Interrupt>(state_); }
  Interrupt interrupt() const { return std::get<Interrupt>(state_); }
  base::Result<T>& result() { return std::get<base::Result<T>>(state_); }
  const base::Result<T>& result() const { return std::get<base::Result<T>>(state_); }

 private:
  std::variant<base::Result<T>, Interrupt> state_;
};

struct Done {};  // an answer that says no more than "it happened"

// Which part of the execution asks. `path` names the visit and is unique within an execution and equal on every replay:
// "Stop", "Each[3]/Stop" (third iteration of the loop Each), "Again#2" (second visit); call numbers count within it.
struct CallSite {
  std::string step;  // name
  std::string path;
  std::int64_t attempt = 1;  // of the step's maxAttempts
  std::size_t sequence = 0;  // Host calls made by this visit before this one
  base::Timestamp deadline;  // of the step; unknown: none
};

struct Signal {
  SignalType type = SignalType::approve;
  std::string by;  // the authenticated identity (ARN, address)
  std::string comment;
  base::Timestamp at;
};

struct SignalRequest {
  enum class Kind { approval, pause };
  Kind kind = Kind::approval;
  // Of an approval. Signals of others than `approvers` are ignored by the interpreter; it asks again.
  std::vector<std::string> approvers;
  std::int64_t min_required = 1;
  std::string message;
  std::string notification_arn;  // an SNS topic to tell, or ""
  std::vector<Signal> so_far;    // what earlier calls of this visit answered
};

// Over what one document runs, in the API's words: its targets, and how many at once. Empty: it runs once.
struct FleetRequest {
  std::string target_parameter_name;
  base::Json targets = base::Json::array();
  base::Json target_maps = base::Json::array();
  base::Json target_locations = base::Json::array();
  std::string max_concurrency;  // "" = the default
  std::string max_errors;

  bool empty() const { return targets.empty() && target_maps.empty() && target_locations.empty(); }
};

// aws:executeAutomation, references resolved.
struct ExecuteAutomationRequest {
  std::string document_name;  // name or ARN
  std::string document_version;
  base::Json parameters;  // as given by the step; the Host binds them to the child document
  FleetRequest fleet;
  base::Json tags = base::Json::array();
};

struct ChildResult {
  std::string execution_id;
  ExecutionStatus status = ExecutionStatus::failed;
  base::Json outputs = base::Json::object();  // "Step.Output" -> value, of a child that ran once
  std::vector<std::string> output_names;      // as its document lists them
  std::string failure_message;
};

struct WebhookRequest {
  std::string integration;  // the configured integration's name
  std::string body;
};
struct WebhookResponse {
  std::int64_t status = 0;
  std::string body;
};

class Host {
 public:
  virtual ~Host() = default;

  // Wall clock. Recorded and replayed like any other answer.
  virtual base::Timestamp now() = 0;
  // What {{ global:DATE }} and {{ global:DATE_TIME }} read. A plan fixes it: the calls that were foretold must be those
  // that are made.
  virtual base::Timestamp as_of() { return now(); }

  // Before a step's first attempt; a suspended, interactive or stopped execution says so here.
  virtual Answer<Done> before_step(const CallSite& site, const StepRecord& record) = 0;
  // After a step ended. Progress only: it cannot change what follows.
  virtual void note_step(const CallSite& site, const StepRecord& record) = 0;

  // One API call, made with the execution's assumed role. The output has the SDK's shape.
  virtual Answer<base::Json> call_api(const CallSite& site, const model::ApiCall& call) = 0;

  // Runs a script (ScriptRunner in sandbox/script_runner.h). Its API calls reach the Host through the Host's own
  // gateway and are answered in their order; a gateway call that must be suspended ends the script, and the whole
  // answer is Interrupt::suspend.
  virtual Answer<ScriptResult> run_script(const CallSite& site, const ScriptRequest& request) = 0;

  // Returns once `until` is reached.
  virtual Answer<Done> sleep_until(const CallSite& site, base::Timestamp until) = 0;

  // The next signal for this step, or nullopt once site.deadline is reached.
  virtual Answer<std::optional<Signal>> wait_for_signal(const CallSite& site, const SignalRequest& request) = 0;

  // Value of an SSM parameter for {{ssm:/path}} in a default.
  virtual base::Result<std::string> resolve_ssm_parameter(const std::string& name) = 0;

  // Runs another document to its end.
  virtual Answer<ChildResult> start_child(const CallSite& site, const ExecuteAutomationRequest& request) = 0;

  virtual Answer<WebhookResponse> invoke_webhook(const CallSite& site, const WebhookRequest& request) = 0;

  // Content of an attachment of the document, for aws:executeScript with Attachment.
  virtual base::Result<std::string> read_attachment(const std::string& name) = 0;
};

}  // namespace setpoint::runbook
