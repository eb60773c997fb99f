#include "runbook/step_run.h"

#include "runbook/limits.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::Milliseconds;
using base::Timestamp;

namespace {

// In AWS's words; who was asked stands in them already.
base::Error named(base::Error error, const std::string& operation) {
  if (!error.detail.empty()) {
    if (error.message.starts_with(error.detail + ": ")) error.message.erase(0, error.detail.size() + 2);
    error.where.clear();
    error.message =
        fmt::format("An error occurred ({}) when calling the {} operation: {}", error.detail, operation, error.message);
  } else {
    error.message = fmt::format("{}: {}", operation, error.message);
  }
  return error;
}

}  // namespace

// Where one is wanted, a list of one is taken for it: {{ Launch.InstanceIds }} as an InstanceId.
std::string StepRun::text(std::string_view name) const {
  const Json& value = input(name);
  return text_form(value.is_array() && value.size() == 1 ? value.front() : value);
}

bool StepRun::flag(std::string_view name) const { return as_boolean(input(name)).value_or(false); }

namespace {

// Documents hand on their optional parameters, and "" or [] is what those are by default.
bool is_left_out(const Json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()) ||
         (value.is_array() && value.empty());
}

}  // namespace

Json StepRun::picked(std::initializer_list<std::string_view> names) const {
  Json out = Json::object();
  for (std::string_view name : names) {
    std::size_t equals = name.find('=');
    std::string_view ours = equals == name.npos ? name : name.substr(equals + 1);
    const Json& value = input(ours);
    if (!is_left_out(value)) out[std::string(name.substr(0, equals))] = value;
  }
  return out;
}

CallSite StepRun::next_site() {
  CallSite out = site_;
  ++site_.sequence;
  return out;
}

Answer<Json> StepRun::call(const std::string& service, const std::string& operation, Json parameters) {
  model::ApiCall request{context_.account, context_.region, service, operation, std::move(parameters)};
  std::int64_t pause = kThrottlingPauseMillisecondsMin;
  std::int64_t waited = 0;
  while (true) {
    Answer<Json> answer = host_.call_api(next_site(), request);
    if (answer.interrupted() || answer.result()) return answer;
    if (answer.result().error().code != ErrorCode::throttled || waited >= kThrottlingSecondsMax * 1000) {
      return base::fail(named(answer.result().error(), operation));
    }
    Answer<bool> in_time = sleep_until(now() + Milliseconds(pause));
    if (in_time.interrupted()) return in_time.interrupt();
    if (!in_time.result()) return base::fail(in_time.result().error());
    if (!*in_time.result()) return base::fail(named(answer.result().error(), operation));
    waited += pause;
    pause = std::min(pause * 2, kThrottlingPauseMillisecondsMax);
  }
}

Answer<bool> StepRun::poll_pause(std::size_t nth) {
  std::int64_t pause = std::min(kPollMillisecondsMin << std::min<std::size_t>(nth / 4, 10), kPollMillisecondsMax);
  return sleep_until(now() + Milliseconds(pause));
}

Answer<bool> StepRun::sleep_until(Timestamp until) {
  bool in_time = !site_.deadline.known() || until < site_.deadline;
  Answer<Done> slept = host_.sleep_until(next_site(), in_time ? until : site_.deadline);
  if (slept.interrupted()) return slept.interrupt();
  if (!slept.result()) return base::fail(slept.result().error());
  return in_time;
}

Answer<ScriptResult> StepRun::run_script(const ScriptRequest& request) {
  return host_.run_script(next_site(), request);
}

Answer<std::optional<Signal>> StepRun::wait_for_signal(const SignalRequest& request) {
  return host_.wait_for_signal(next_site(), request);
}

Answer<ChildResult> StepRun::start_child(const ExecuteAutomationRequest& request) {
  return host_.start_child(next_site(), request);
}

Answer<WebhookResponse> StepRun::invoke_webhook(const WebhookRequest& request) {
  return host_.invoke_webhook(next_site(), request);
}

base::Result<std::string> StepRun::read_attachment(const std::string& name) {
  TRY(std::string content, host_.read_attachment(name));
  for (const Attachment& attachment : attachments_) {
    if (attachment.name != name || attachment.sha256.empty()) continue;
    auto pinned = base::parse_digest(attachment.sha256);
    if (!pinned || *pinned != base::sha256(content)) {
      return base::fail(ErrorCode::corrupted,
                        "the attachment '{}' does not have the SHA-256 that the document gives it", name);
    }
  }
  return content;
}

Outcome StepRun::overdue() const {
  return Outcome::timed_out(fmt::format("step '{}' took longer than its timeoutSeconds", step_.name));
}

std::string StepRun::client_token() const {
  return stable_id(fmt::format("{}/{}/{}", context_.execution_id, site_.path, site_.attempt));
}

std::string stable_id(std::string_view seed) {
  std::string hex = base::sha256(seed).hex();
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20, 12));
}

}  // namespace setpoint::runbook
