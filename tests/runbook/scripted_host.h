// A Host for golden cases: answers come from the case's list, in order, and each is checked against what was asked.
// Time stands still but for sleeps and for answers that say how long they took.
#pragma once

#include <string>
#include <vector>

#include "runbook/host.h"

namespace setpoint::runbook {

class ScriptedHost final : public Host {
 public:
  // `answers`: the case's list. See tests/golden/runbook/README.md for its forms.
  ScriptedHost(base::Json answers, base::Timestamp start);

  base::Timestamp now() override { return now_; }
  Answer<Done> before_step(const CallSite& site, const StepRecord& record) override;
  void note_step(const CallSite& site, const StepRecord& record) override;
  Answer<base::Json> call_api(const CallSite& site, const model::ApiCall& call) override;
  Answer<ScriptResult> run_script(const CallSite& site, const ScriptRequest& request) override;
  Answer<Done> sleep_until(const CallSite& site, base::Timestamp until) override;
  Answer<std::optional<Signal>> wait_for_signal(const CallSite& site, const SignalRequest& request) override;
  base::Result<std::string> resolve_ssm_parameter(const std::string& name) override;
  Answer<ChildResult> start_child(const CallSite& site, const ExecuteAutomationRequest& request) override;
  Answer<WebhookResponse> invoke_webhook(const CallSite& site, const WebhookRequest& request) override;
  base::Result<std::string> read_attachment(const std::string& name) override;

  const std::vector<std::string>& complaints() const { return complaints_; }  // asked otherwise than the case says
  const std::vector<std::string>& asked() const { return asked_; }
  std::size_t unused() const { return answers_.size() - next_; }
  base::Milliseconds slept() const { return slept_; }

 private:
  // The next answer where it is one of `form`; a complaint and null otherwise.
  const base::Json& next(std::string_view form, const std::string& asked, const base::Json& with);
  template <class T>
  std::optional<Answer<T>> mishap(const base::Json& answer);

  base::Json answers_;
  std::size_t next_ = 0;
  base::Timestamp now_;
  base::Milliseconds slept_{0};
  std::vector<std::string> complaints_;
  std::vector<std::string> asked_;
};

}  // namespace setpoint::runbook
