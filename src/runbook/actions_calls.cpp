// Actions that hand work to something else and wait for it.
#include "runbook/action_runners.h"
#include "runbook/limits.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

Outcome failed(std::string message) {
  return Outcome::failed(FailureStage::invocation, FailureType::action, std::move(message));
}

Json list_of(const Json& value) {
  if (value.is_null()) return Json::array();
  return value.is_array() ? value : Json::array({value});
}

base::Result<ExecuteAutomationRequest> automation_request(const StepRun& run) {
  ExecuteAutomationRequest out;
  out.document_name = run.text("DocumentName");
  out.document_version = run.text("DocumentVersion");
  out.parameters = run.input("RuntimeParameters");
  if (out.parameters.is_null()) out.parameters = Json::object();
  out.fleet.target_parameter_name = run.text("TargetParameterName");
  out.fleet.targets = list_of(run.input("Targets"));
  out.fleet.target_maps = list_of(run.input("TargetMaps"));
  out.fleet.target_locations = list_of(run.input("TargetLocations"));
  out.tags = list_of(run.input("Tags"));
  out.fleet.max_concurrency = run.text("MaxConcurrency");
  out.fleet.max_errors = run.text("MaxErrors");
  auto bounded = [](const Json& list, std::size_t most) { return list.size() <= most; };
  if (!bounded(out.fleet.targets, kTargetsMax) || !bounded(out.fleet.target_maps, kTargetMapsMax) ||
      !bounded(out.fleet.target_locations, kTargetLocationsMax) || !bounded(out.tags, kTagsMax)) {
    return base::fail(ErrorCode::limit_exceeded,
                      "at most {} Targets, {} TargetMaps, {} TargetLocations and {} Tags are allowed", kTargetsMax,
                      kTargetMapsMax, kTargetLocationsMax, kTagsMax);
  }
  return out;
}

// What the function returned: JSON where it reads as JSON.
Json lambda_payload(const Json& payload) {
  if (!payload.is_string()) return payload;
  auto parsed = base::parse_json(payload.get_ref<const std::string&>());
  return parsed ? *parsed : payload;
}

Json lambda_parameters(const StepRun& run) {
  Json out = run.picked({"FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext"});
  const Json& given = run.input("InputPayload").is_null() ? run.input("Payload") : run.input("InputPayload");
  if (!given.is_null()) out["Payload"] = text_form(given);
  return out;
}

bool is_running(const std::string& command_status) {
  return command_status == "Pending" || command_status == "InProgress" || command_status == "Delayed" ||
         command_status == "Cancelling";
}

Json command_outputs(const std::string& id, const std::string& status, const Json& invocations) {
  std::string output;
  Json code;
  for (const Json& invocation : member(invocations, "CommandInvocations")) {
    for (const Json& plugin : member(invocation, "CommandPlugins")) {
      output += string_member(plugin, "Output");
      if (code.is_null()) code = member(plugin, "ResponseCode");
    }
  }
  return {{"CommandId", id}, {"Status", status}, {"ResponseCode", code}, {"Output", output}};
}

Outcome finished_command(StepRun& run, const std::string& id, const std::string& status) {
  ASK(Json invocations, run.call("ssm", "ListCommandInvocations", {{"CommandId", id}, {"Details", true}}));
  Json outputs = command_outputs(id, status, invocations);
  Outcome out =
      status == "Success" ? Outcome::success(outputs) : failed(fmt::format("the command {} ended {}", id, status));
  out.outputs = outputs;
  out.response_code = text_form(outputs["ResponseCode"]);
  return out;
}

// In the order in which the child's document lists them; those that it did not write are left out.
Json output_texts(const ChildResult& child) {
  Json out = Json::array();
  for (const std::string& name : child.output_names) {
    auto value = child.outputs.find(name);
    if (value == child.outputs.end()) continue;
    Json texts = value->is_array() ? *value : Json::array({*value});
    for (const Json& text : texts) out.push_back(text_form(text));
  }
  return out;
}

}  // namespace

Outcome run_execute_automation(StepRun& run) {
  CHECK_OUTCOME(ExecuteAutomationRequest request, automation_request(run));
  ASK(ChildResult child, run.start_child(request));
  Json outputs = {
      {"Output", output_texts(child)}, {"ExecutionId", child.execution_id}, {"Status", to_string(child.status)}};
  bool good = child.status == ExecutionStatus::success || child.status == ExecutionStatus::completed_with_success;
  Outcome out = good ? Outcome::success(outputs)
                     : failed(fmt::format("the execution {} of {} ended {}: {}", child.execution_id,
                                          request.document_name, to_string(child.status), child.failure_message));
  out.result["Outputs"] = child.outputs;
  out.outputs = std::move(outputs);
  return out;
}

Outcome run_invoke_lambda(StepRun& run) {
  ASK(Json response, run.call("lambda", "Invoke", lambda_parameters(run)));
  Json outputs = Json::object();
  for (std::string_view name : {"StatusCode", "FunctionError", "LogResult", "Payload"}) {
    if (!member(response, name).is_null()) outputs[std::string(name)] = response[std::string(name)];
  }
  // Selectors may start at the answer ($.Payload.x) or at what the function returned ($.x): AWS's documents do both.
  Json payload = lambda_payload(member(response, "Payload"));
  Json root = payload.is_object() ? payload : Json::object();
  root.update(outputs);
  root["Payload"] = payload;
  std::string error = string_member(response, "FunctionError");
  Outcome out = error.empty()
                    ? Outcome::success(root)
                    : failed(fmt::format("the function ended with a {} error: {}", error, text_form(payload)));
  out.outputs = std::move(outputs);
  return out;
}

Outcome run_invoke_webhook(StepRun& run) {
  ASK(WebhookResponse response, run.invoke_webhook({run.text("IntegrationName"), run.text("Body")}));
  Json outputs = {{"Response", response.body}, {"ResponseCode", response.status}};
  bool good = response.status >= 200 && response.status < 400;
  Outcome out = good ? Outcome::success(outputs)
                     : failed(fmt::format("the webhook {} answered {}", run.text("IntegrationName"), response.status));
  out.outputs = std::move(outputs);
  return out;
}

Outcome run_state_machine(StepRun& run) {
  Json start = run.picked({"stateMachineArn", "name"});
  if (!run.input("input").is_null()) start["input"] = run.text("input");
  if (!start.contains("name")) start["name"] = run.client_token();  // makes a second start of the same a no-op
  ASK(Json started, run.call("stepfunctions", "StartExecution", std::move(start)));
  std::string arn = string_member(started, "executionArn");
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json state, run.call("stepfunctions", "DescribeExecution", {{"executionArn", arn}}));
    std::string status = string_member(state, "status");
    if (status == "SUCCEEDED")
      return Outcome::success(state,
                              {{"executionArn", arn}, {"status", status}, {"output", string_member(state, "output")}});
    if (status != "RUNNING" && status != "PENDING_REDRIVE") {
      return failed(fmt::format("the state machine ended {}: {} {}", status, string_member(state, "error"),
                                string_member(state, "cause")));
    }
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return run.overdue();
  }
}

Outcome run_run_command(StepRun& run) {
  ASK(Json sent, run.call("ssm", "SendCommand", run.inputs()));
  std::string id = string_member(member(sent, "Command"), "CommandId");
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json listed, run.call("ssm", "ListCommands", {{"CommandId", id}}));
    const Json& commands = member(listed, "Commands");
    std::string status =
        commands.is_array() && !commands.empty() ? string_member(commands.front(), "Status") : "Pending";
    if (!is_running(status)) return finished_command(run, id, status);
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return run.overdue();
  }
}

}  // namespace setpoint::runbook
