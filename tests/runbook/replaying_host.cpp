#include "replaying_host.h"

#include "runbook/execution.h"

namespace setpoint::runbook {

namespace {

std::string site_text(const CallSite& site) {
  return fmt::format("{} attempt {} call {}", site.path, site.attempt, site.sequence);
}

}  // namespace

void ReplayingHost::rewind(std::size_t new_answers) {
  at_ = 0;
  new_left_ = new_answers;
  suspended_ = false;
}

template <class T, class Ask>
Answer<T> ReplayingHost::replay(std::string question, Ask ask) {
  if (suspended_) complaints_.push_back("asked after it was suspended: " + question);
  if (at_ < record_.size()) {
    const Entry& entry = record_[at_++];
    if (entry.question == question) return std::any_cast<Answer<T>>(entry.answer);
    complaints_.push_back(fmt::format("the replay asked '{}', the first run '{}'", question, entry.question));
  }
  if (new_left_ == 0) {
    suspended_ = true;
    return Interrupt::suspend;
  }
  --new_left_;
  Answer<T> answer = ask();
  record_.push_back({std::move(question), answer});
  ++at_;
  return answer;
}

// A clock cannot suspend: it is recorded on the side of the count.
base::Timestamp ReplayingHost::now() {
  if (at_ < record_.size()) {
    const Entry& entry = record_[at_++];
    if (entry.question == "now") return std::any_cast<base::Timestamp>(entry.answer);
    complaints_.push_back("the replay asked for the time, the first run '" + entry.question + "'");
  }
  record_.push_back({"now", real_.now()});
  ++at_;
  return real_.now();
}

Answer<Done> ReplayingHost::before_step(const CallSite& site, const StepRecord& record) {
  return replay<Done>("before " + site_text(site), [&] { return real_.before_step(site, record); });
}

void ReplayingHost::note_step(const CallSite& site, const StepRecord& record) {
  if (suspended_) complaints_.push_back("a step was noted after the suspension: " + site.path);
  real_.note_step(site, record);
}

Answer<base::Json> ReplayingHost::call_api(const CallSite& site, const model::ApiCall& call) {
  return replay<base::Json>(fmt::format("call {} {}", site_text(site), call.json().dump()),
                            [&] { return real_.call_api(site, call); });
}

Answer<ScriptResult> ReplayingHost::run_script(const CallSite& site, const ScriptRequest& request) {
  return replay<ScriptResult>("script " + site_text(site), [&] { return real_.run_script(site, request); });
}

Answer<Done> ReplayingHost::sleep_until(const CallSite& site, base::Timestamp until) {
  return replay<Done>(fmt::format("sleep {} {}", site_text(site), until.ms),
                      [&] { return real_.sleep_until(site, until); });
}

Answer<std::optional<Signal>> ReplayingHost::wait_for_signal(const CallSite& site, const SignalRequest& request) {
  return replay<std::optional<Signal>>("signal " + site_text(site),
                                       [&] { return real_.wait_for_signal(site, request); });
}

Answer<ChildResult> ReplayingHost::start_child(const CallSite& site, const ExecuteAutomationRequest& request) {
  return replay<ChildResult>("child " + site_text(site), [&] { return real_.start_child(site, request); });
}

Answer<WebhookResponse> ReplayingHost::invoke_webhook(const CallSite& site, const WebhookRequest& request) {
  return replay<WebhookResponse>("webhook " + site_text(site), [&] { return real_.invoke_webhook(site, request); });
}

}  // namespace setpoint::runbook
