#include <set>

#include "runbook/action_runners.h"
#include "runbook/duration.h"
#include "runbook/limits.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::Timestamp;

namespace {

Outcome invalid(std::string message) {
  return Outcome::failed(FailureStage::input_validation, FailureType::action, std::move(message));
}

Result<Timestamp> wake_time(StepRun& run) {
  std::string duration = run.text("Duration");
  std::string timestamp = run.text("Timestamp");
  if (duration.empty() == timestamp.empty())
    return fail(ErrorCode::invalid_input, "aws:sleep needs either Duration or Timestamp");
  if (duration.empty()) return base::parse_iso8601(timestamp);
  TRY(base::Milliseconds length, parse_duration(duration));
  if (length.count() > kSleepSecondsMax * 1000) {
    return fail(ErrorCode::limit_exceeded, "aws:sleep of '{}' is longer than 7 days", duration);
  }
  return run.now() + length;
}

class Approval {
 public:
  explicit Approval(StepRun& run) : run_(run) {}

  base::Status read() {
    request_.kind = SignalRequest::Kind::approval;
    const Json& approvers = run_.input("Approvers");
    if (!approvers.is_array() || approvers.empty() || approvers.size() > kApproversMax) {
      return fail(ErrorCode::invalid_input, "Approvers must list 1 to {} identities", kApproversMax);
    }
    for (const Json& approver : approvers) request_.approvers.push_back(text_form(approver));
    request_.message = run_.text("Message");
    request_.notification_arn = run_.text("NotificationArn");
    if (request_.message.size() > kApprovalMessageCharsMax) {
      return fail(ErrorCode::limit_exceeded, "Message is longer than {} characters", kApprovalMessageCharsMax);
    }
    const Json& minimum = run_.input("MinRequiredApprovals");
    auto count = minimum.is_null() ? 1 : as_integer(minimum);
    if (!count || *count < 1 || *count > static_cast<std::int64_t>(request_.approvers.size())) {
      return fail(ErrorCode::invalid_input, "MinRequiredApprovals must be 1 to the number of approvers");
    }
    request_.min_required = *count;
    return {};
  }

  Outcome wait() {
    while (true) {
      ASK(auto signal, run_.wait_for_signal(request_));
      if (!signal) return decided("TimedOut", Outcome::timed_out("nobody approved or rejected in time"));
      request_.so_far.push_back(*signal);
      if (!may_decide(signal->by)) continue;
      if (signal->type == SignalType::approve) approved_.insert(signal->by);
      if (signal->type == SignalType::revoke) approved_.erase(signal->by);
      if (signal->type == SignalType::approve || signal->type == SignalType::reject) note(*signal);
      if (signal->type == SignalType::reject) return decided("Rejected", rejected(*signal));
      if (static_cast<std::int64_t>(approved_.size()) >= request_.min_required)
        return decided("Approved", Outcome::success(Json()));
    }
  }

 private:
  // An approver may be written as a name or as an ARN that ends with it.
  bool may_decide(const std::string& who) const {
    return std::any_of(request_.approvers.begin(), request_.approvers.end(), [&](const std::string& approver) {
      return who == approver || who.ends_with("/" + approver) || who.ends_with(":" + approver);
    });
  }

  void note(const Signal& signal) {
    decisions_.push_back({{"Approver", signal.by},
                          {"Decision", signal.type == SignalType::approve ? "Approved" : "Rejected"},
                          {"Comment", signal.comment},
                          {"DecisionTime", base::to_iso8601(signal.at)}});
  }

  static Outcome rejected(const Signal& signal) {
    std::string why = signal.comment.empty() ? "" : ": " + signal.comment;
    return Outcome::failed(FailureStage::invocation, FailureType::action,
                           fmt::format("{} rejected it{}", signal.by, why));
  }

  Outcome decided(std::string_view status, Outcome outcome) const {
    outcome.outputs = {{"ApprovalStatus", status}, {"ApproverDecisions", decisions_}};
    outcome.result = outcome.outputs;
    return outcome;
  }

  StepRun& run_;
  SignalRequest request_;
  std::set<std::string> approved_;
  Json decisions_ = Json::array();
};

}  // namespace

Outcome run_sleep(StepRun& run) {
  auto until = wake_time(run);
  if (!until) return invalid(until.error().text());
  ASK(bool in_time, run.sleep_until(*until));
  return in_time ? Outcome::success(Json()) : run.overdue();
}

Outcome run_pause(StepRun& run) {
  SignalRequest request;
  request.kind = SignalRequest::Kind::pause;
  while (true) {
    ASK(auto signal, run.wait_for_signal(request));
    if (!signal) return run.overdue();
    if (signal->type == SignalType::resume) return Outcome::success(Json());
    request.so_far.push_back(*signal);
  }
}

Outcome run_approve(StepRun& run) {
  Approval approval(run);
  if (auto read = approval.read(); !read) return invalid(read.error().text());
  return approval.wait();
}

}  // namespace setpoint::runbook
