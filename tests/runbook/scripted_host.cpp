#include "scripted_host.h"

#include "runbook/execution.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

ErrorCode error_code(const std::string& name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::cancelled); ++code) {
    if (base::to_string(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::invalid_input;
}

Interrupt interrupt_of(const std::string& name) {
  if (name == "cancel") return Interrupt::cancel;
  if (name == "complete") return Interrupt::complete;
  if (name == "stop_step") return Interrupt::stop_step;
  return Interrupt::suspend;
}

}  // namespace

ScriptedHost::ScriptedHost(Json answers, base::Timestamp start)
    : answers_(answers.is_null() ? Json::array() : std::move(answers)), now_(start) {}

const Json& ScriptedHost::next(std::string_view form, const std::string& asked, const Json& with) {
  static const Json kNone;
  asked_.push_back(asked);
  if (next_ >= answers_.size()) {
    complaints_.push_back(fmt::format("nothing is left to answer {} {}", asked, with.dump()));
    return kNone;
  }
  const Json& answer = answers_[next_++];
  if (string_member(answer, form) != asked) {
    complaints_.push_back(fmt::format("asked {} {}, the case has {}", asked, with.dump(), answer.dump()));
    return kNone;
  }
  if (answer.contains("with") && answer["with"] != with) {
    complaints_.push_back(
        fmt::format("{} was asked with {}, the case has {}", asked, with.dump(), answer["with"].dump()));
  }
  now_.ms += as_integer(member(answer, "takes_ms")).value_or(0);
  return answer;
}

template <class T>
std::optional<Answer<T>> ScriptedHost::mishap(const Json& answer) {
  if (answer.is_null()) return base::fail(ErrorCode::unsupported, "the case has no answer");
  if (answer.contains("interrupt")) return interrupt_of(string_member(answer, "interrupt"));
  const Json& error = member(answer, "error");
  if (error.is_null()) return std::nullopt;
  return base::fail(base::Error{error_code(string_member(error, "code")),
                                string_member(error, "message"),
                                {},
                                {},
                                string_member(error, "detail")});
}

Answer<Done> ScriptedHost::before_step(const CallSite& site, const StepRecord&) {
  // Only cases that stop an execution say something about it.
  if (next_ >= answers_.size() || string_member(answers_[next_], "before") != site.path) return Done{};
  return *mishap<Done>(answers_[next_++]);
}

void ScriptedHost::note_step(const CallSite&, const StepRecord&) {}

Answer<Json> ScriptedHost::call_api(const CallSite&, const model::ApiCall& call) {
  const Json& answer = next("call", call.service + ":" + call.operation, call.parameters);
  if (auto bad = mishap<Json>(answer)) return *bad;
  return answer.value("output", Json::object());
}

Answer<ScriptResult> ScriptedHost::run_script(const CallSite&, const ScriptRequest& request) {
  const Json& answer = next("script", request.handler, request.payload);
  if (auto bad = mishap<ScriptResult>(answer)) return *bad;
  ScriptResult out;
  out.payload = member(answer, "returns");
  out.error = string_member(answer, "raises");
  out.error_type = string_member(answer, "error_type");
  if (!out.error.empty()) out.ending = ScriptResult::Ending::raised;
  if (string_member(answer, "ending") == "timed_out") out.ending = ScriptResult::Ending::timed_out;
  if (string_member(answer, "ending") == "exited") out.ending = ScriptResult::Ending::exited;
  return out;
}

Answer<Done> ScriptedHost::sleep_until(const CallSite& site, base::Timestamp until) {
  if (next_ < answers_.size() && string_member(answers_[next_], "sleep") == site.path)
    return *mishap<Done>(answers_[next_++]);
  slept_ += until - now_;
  now_ = std::max(now_, until);
  return Done{};
}

Answer<std::optional<Signal>> ScriptedHost::wait_for_signal(const CallSite& site, const SignalRequest&) {
  const Json& answer = next("wait", site.path, Json());
  if (auto bad = mishap<std::optional<Signal>>(answer)) return *bad;
  const Json& signal = member(answer, "signal");
  if (signal.is_null()) {
    now_ = site.deadline;
    return std::optional<Signal>();
  }
  auto type = parse_signal_type(string_member(signal, "type"));
  if (!type) return base::fail(type.error());
  return std::optional<Signal>(Signal{*type, string_member(signal, "by"), string_member(signal, "comment"), now_});
}

base::Result<std::string> ScriptedHost::resolve_ssm_parameter(const std::string& name) {
  const Json& answer = next("ssm", name, Json());
  if (answer.contains("value")) return string_member(answer, "value");
  return base::fail(ErrorCode::not_found, "there is no parameter {}", name);
}

Answer<ChildResult> ScriptedHost::start_child(const CallSite&, const ExecuteAutomationRequest& request) {
  Json with = {{"parameters", request.parameters}};
  if (!request.fleet.target_locations.empty()) with["target_locations"] = request.fleet.target_locations;
  if (!request.fleet.targets.empty()) with["targets"] = request.fleet.targets;
  if (!request.fleet.max_concurrency.empty()) with["max_concurrency"] = request.fleet.max_concurrency;
  const Json& answer = next("child", request.document_name, with);
  if (auto bad = mishap<ChildResult>(answer)) return *bad;
  ChildResult out;
  out.execution_id = string_member(answer, "id");
  auto status = parse_execution_status(string_member(answer, "status"));
  if (status) out.status = *status;
  out.outputs = answer.value("outputs", Json::object());
  for (const auto& item : out.outputs.items()) out.output_names.push_back(item.key());
  if (answer.contains("order")) out.output_names = answer["order"].get<std::vector<std::string>>();
  out.failure_message = string_member(answer, "failure");
  return out;
}

Answer<WebhookResponse> ScriptedHost::invoke_webhook(const CallSite&, const WebhookRequest& request) {
  const Json& answer = next("webhook", request.integration, request.body);
  if (auto bad = mishap<WebhookResponse>(answer)) return *bad;
  return WebhookResponse{as_integer(member(answer, "status")).value_or(0), string_member(answer, "body")};
}

base::Result<std::string> ScriptedHost::read_attachment(const std::string& name) {
  const Json& answer = next("attachment", name, Json());
  if (answer.contains("text")) return string_member(answer, "text");
  return base::fail(ErrorCode::not_found, "there is no attachment {}", name);
}

}  // namespace setpoint::runbook
