// One attempt of one step: its resolved inputs and its way to the Host. Private to the interpreter and the actions.
#pragma once

#include <string>

#include "runbook/execution.h"
#include "runbook/interpolation.h"
#include "runbook/outcome.h"

namespace setpoint::runbook {

class StepRun {
 public:
  // References must outlive the run. `deadline` unknown: none.
  StepRun(const Step& step, const base::Json& inputs, const ExecutionContext& context, Host& host, CallSite& site,
          const std::vector<Attachment>& attachments)
      : step_(step), inputs_(inputs), context_(context), host_(host), site_(site), attachments_(attachments) {}

  const Step& step() const { return step_; }
  const ExecutionContext& context() const { return context_; }
  const CallSite& site() const { return site_; }
  base::Timestamp deadline() const { return site_.deadline; }

  const base::Json& input(std::string_view name) const { return base::member(inputs_, name); }
  const base::Json& inputs() const { return inputs_; }
  std::string text(std::string_view name) const;  // text form; "" where absent
  bool flag(std::string_view name) const;         // false where absent
  // The named inputs that are given, under the names of the API: {"SourceImageId", "Name=ImageName"}.
  base::Json picked(std::initializer_list<std::string_view> names) const;

  base::Timestamp now() { return host_.now(); }
  // One API call; throttling is ridden out (before maxAttempts, as AWS does). An error's message names the operation.
  Answer<base::Json> call(const std::string& service, const std::string& operation, base::Json parameters);
  // Sleeps the n-th pause of a poll; false once the deadline is reached.
  Answer<bool> poll_pause(std::size_t nth);
  Answer<bool> sleep_until(base::Timestamp until);
  Answer<ScriptResult> run_script(const ScriptRequest& request);
  Answer<std::optional<Signal>> wait_for_signal(const SignalRequest& request);
  Answer<ChildResult> start_child(const ExecuteAutomationRequest& request);
  Answer<WebhookResponse> invoke_webhook(const WebhookRequest& request);
  // Its content, which must have the SHA-256 that the document's `files` give it.
  base::Result<std::string> read_attachment(const std::string& name);

  Outcome overdue() const;
  // A token that is the same on every replay: for idempotent creations.
  std::string client_token() const;

 private:
  CallSite next_site();

  const Step& step_;
  const base::Json& inputs_;
  const ExecutionContext& context_;
  Host& host_;
  CallSite& site_;
  const std::vector<Attachment>& attachments_;
};

// An id in a UUID's form that is a function of `seed` alone.
std::string stable_id(std::string_view seed);

}  // namespace setpoint::runbook
