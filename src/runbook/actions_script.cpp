#include "runbook/action_runners.h"
#include "runbook/limits.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kBlockedRuntimes[] = {"python3.6", "python3.7", "python3.8"};

bool is_python(const std::string& runtime) { return runtime.starts_with("python3"); }
bool is_powershell(const std::string& runtime) { return runtime.starts_with("PowerShell"); }

Status read_attachment(StepRun& run, const std::string& name, ScriptRequest& request) {
  TRY(std::string bytes, run.read_attachment(name));
  std::size_t dot = request.handler.rfind('.');
  request.attachment_module = dot == request.handler.npos ? "" : request.handler.substr(0, dot);
  if (dot != request.handler.npos) request.handler = request.handler.substr(dot + 1);
  if (name.ends_with(".zip")) {
    if (request.attachment_module.empty() && request.script.empty()) {
      return fail({ErrorCode::invalid_input,
                   fmt::format("the Handler '{}' names no module of the attachment", request.handler),
                   name,
                   "write it as module.function",
                   {}});
    }
    request.attachment = std::move(bytes);
  } else {
    request.script = std::move(bytes);
  }
  return {};
}

// No dates: a plan would hold only for the moment in which it was made.
Json context_of(const ExecutionContext& context) {
  return {{"automation:EXECUTION_ID", context.execution_id},
          {"global:ACCOUNT_ID", context.account},
          {"global:AWS_PARTITION", context.partition},
          {"global:REGION", context.region}};
}

Result<ScriptRequest> script_request(StepRun& run) {
  ScriptRequest out;
  out.runtime = run.text("Runtime");
  if (!is_python(out.runtime) && !is_powershell(out.runtime)) {
    return fail(ErrorCode::invalid_input, "Runtime '{}' is neither Python nor PowerShell", out.runtime);
  }
  out.handler = run.text("Handler");
  if (is_python(out.runtime) && out.handler.empty())
    return fail(ErrorCode::invalid_input, "a Python script needs a Handler");
  out.script = run.text("Script");
  out.payload = run.input("InputPayload");
  if (out.payload.is_null()) out.payload = Json::object();
  // YAML authors may also write the payload as JSON text.
  if (out.payload.is_string()) {
    if (auto parsed = base::parse_json(out.payload.get_ref<const std::string&>())) out.payload = *parsed;
  }
  std::string attachment = run.text("Attachment");
  if (!attachment.empty()) TRY_VOID(read_attachment(run, attachment, out));
  if (out.script.empty() && out.attachment.empty())
    return fail(ErrorCode::invalid_input, "aws:executeScript needs Script or Attachment");
  out.context = context_of(run.context());
  out.account = run.context().account;
  out.region = run.context().region;
  return out;
}

std::string failure_text(const ScriptResult& result) {
  switch (result.ending) {
    case ScriptResult::Ending::timed_out:
      return "the script ran longer than its timeoutSeconds and was killed";
    case ScriptResult::Ending::over_memory:
      return "the script needed more memory than it may have and was killed";
    case ScriptResult::Ending::over_output:
      return fmt::format("the script returned more than {} bytes", kScriptPayloadBytesMax);
    case ScriptResult::Ending::killed:
      return "the script was killed: " + result.error;
    case ScriptResult::Ending::exited:
      return "the script exited: " + result.error;
    default:
      break;
  }
  return result.error_type.empty() ? result.error : fmt::format("{} - {}", result.error_type, result.error);
}

Json details_of(const ScriptResult& result) {
  Json out = Json::object();
  if (!result.error_type.empty()) out["ErrorType"] = result.error_type;
  if (!result.log.empty()) out["Log"] = result.log;
  return out;
}

Outcome outcome_of(ScriptResult result) {
  if (result.ending == ScriptResult::Ending::returned) {
    if (base::canonical(result.payload).size() > kScriptPayloadBytesMax)
      result.ending = ScriptResult::Ending::over_output;
  }
  if (result.ending == ScriptResult::Ending::returned) {
    Json whole = {{"Payload", std::move(result.payload)}};
    return Outcome::success(whole, {{"Payload", whole["Payload"]}, {"OutputPayload", whole}});
  }
  if (result.ending == ScriptResult::Ending::timed_out) return Outcome::timed_out(failure_text(result));
  return Outcome::failed(
      Failure{FailureStage::invocation, FailureType::action, failure_text(result), details_of(result)});
}

}  // namespace

Outcome run_execute_script(StepRun& run) {
  auto request = script_request(run);
  if (!request) return Outcome::failed(failure_of(request.error(), FailureStage::input_validation));
  for (std::string_view blocked : kBlockedRuntimes) {
    // AWS stopped running these in February 2025; ours is one interpreter, so the documents go on working.
    if (request->runtime == blocked) request->runtime = "python3.11";
  }
  base::Milliseconds left = run.deadline() - run.now();
  request->timeout = std::clamp(left, base::Milliseconds(1), base::Milliseconds(kScriptSecondsMax * 1000));
  ASK(ScriptResult result, run.run_script(*request));
  return outcome_of(std::move(result));
}

}  // namespace setpoint::runbook
