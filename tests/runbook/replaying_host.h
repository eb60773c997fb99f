// What response/ does, in small: records every answer of another Host, suspends the execution at the n-th new question,
// and answers the same questions from the record when the document is run again.
#pragma once

#include <any>
#include <map>
#include <string>
#include <vector>

#include "runbook/host.h"

namespace setpoint::runbook {

class ReplayingHost final : public Host {
 public:
  explicit ReplayingHost(Host& real) : real_(real) {}

  // Starts the next run; it is suspended when it asks its `new_answers`+1st question that is not in the record.
  void rewind(std::size_t new_answers);
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::size_t recorded() const { return record_.size(); }

  base::Timestamp now() override;
  Answer<Done> before_step(const CallSite& site, const StepRecord& record) override;
  void note_step(const CallSite& site, const StepRecord& record) override;
  Answer<base::Json> call_api(const CallSite& site, const model::ApiCall& call) override;
  Answer<ScriptResult> run_script(const CallSite& site, const ScriptRequest& request) override;
  Answer<Done> sleep_until(const CallSite& site, base::Timestamp until) override;
  Answer<std::optional<Signal>> wait_for_signal(const CallSite& site, const SignalRequest& request) override;
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override {
    return real_.resolve_ssm_parameter(name);
  }
  Answer<ChildResult> start_child(const CallSite& site, const ExecuteAutomationRequest& request) override;
  Answer<WebhookResponse> invoke_webhook(const CallSite& site, const WebhookRequest& request) override;
  base::Result<std::string> read_attachment(const std::string& name) override { return attachment(name); }

 private:
  struct Entry {
    std::string question;
    std::any answer;
  };
  template <class T, class Ask>
  Answer<T> replay(std::string question, Ask ask);

  base::Result<std::string> attachment(const std::string& name) {
    auto kept = attachments_.find(name);
    if (kept == attachments_.end()) kept = attachments_.emplace(name, real_.read_attachment(name)).first;
    return kept->second;
  }

  Host& real_;
  std::map<std::string, base::Result<std::string>> attachments_;  // content does not change, so it is no question
  std::vector<Entry> record_;
  std::size_t at_ = 0;
  std::size_t new_left_ = 0;
  bool suspended_ = false;
  std::vector<std::string> complaints_;
};

}  // namespace setpoint::runbook
