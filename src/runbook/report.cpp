// The report in the words of the SSM API's GetAutomationExecution.
#include "runbook/execution.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;

namespace {

// awsJson1_1 writes times as seconds since 1970, with a fraction.
Json epoch(base::Timestamp time) { return static_cast<double>(time.ms) / 1000.0; }

// Values are lists of text on the wire.
Json texts(const Json& value) {
  Json out = Json::array();
  if (!value.is_array()) return Json::array({text_form(value)});
  for (const Json& item : value) out.push_back(text_form(item));
  return out;
}

Json text_lists(const Json& map) {
  Json out = Json::object();
  for (auto item = map.begin(); item != map.end(); ++item) out[item.key()] = texts(*item);
  return out;
}

Json input_texts(const Json& inputs) {
  Json out = Json::object();
  // The API quotes text inputs: "\"ec2\"".
  for (auto item = inputs.begin(); item != inputs.end(); ++item) out[item.key()] = base::canonical(*item);
  return out;
}

Json failure_details(const Failure& failure) {
  return {{"FailureStage", to_string(failure.stage)},
          {"FailureType", to_string(failure.type)},
          {"Details", text_lists(failure.details)}};
}

std::string step_id(const ExecutionContext& context, const std::string& path) {
  return stable_id(context.execution_id + "/" + path);
}

std::string_view phase(FailureStage stage) {
  switch (stage) {
    case FailureStage::input_validation:
      return "validating and resolving the step inputs";
    case FailureStage::pre_verification:
      return "verifying availability and validity of the step";
    case FailureStage::invocation:
      return "Execute/Cancelling action";
    case FailureStage::post_verification:
      return "verifying the outcome of the action";
  }
  return "";
}

std::string failure_message(const Failure& failure) {
  return fmt::format("Step fails when it is {}. {}", phase(failure.stage), failure.message);
}

Json next_steps(const Document& document, const Step& step) {
  Json out = Json::array();
  if (step.is_end) return out;
  if (!step.next_step.empty()) return Json::array({step.next_step});
  if (step.action == Action::branch) {
    for (const Json& choice : base::member(step.inputs, "Choices"))
      out.push_back(text_form(base::member(choice, "NextStep")));
    std::string fallback = text_form(base::member(step.inputs, "Default"));
    if (!fallback.empty()) out.push_back(fallback);
  }
  const auto& steps = document.steps();
  bool on_top = !steps.empty() && &steps.front() <= &step && &step <= &steps.back();
  if (out.empty() && on_top && step.index + 1 < steps.size()) out.push_back(steps[step.index + 1].name);
  return out;
}

void add_definition(const Document& document, const StepRecord& record, Json& out) {
  const Step* step = document.step(record.name);
  if (step == nullptr) return;
  out["OnFailure"] = step->on_failure.text();
  out["MaxAttempts"] = step->max_attempts;
  out["IsEnd"] = step->is_end;
  out["IsCritical"] = step->is_critical;
  Json next = next_steps(document, *step);
  out["ValidNextSteps"] = next;
  if (next.size() == 1) out["NextStep"] = next.front();
}

Json parent_details(const ExecutionContext& context, const StepRecord& record) {
  Json out = {{"StepExecutionId", step_id(context, record.parent_path)},
              {"StepName", record.parent_name},
              {"Action", to_string(Action::loop)},
              {"Iteration", record.iteration}};
  if (!record.iterator_value.is_null()) out["IteratorValue"] = text_form(record.iterator_value);
  return out;
}

Json render_step(const Document& document, const ExecutionContext& context, const StepRecord& record) {
  Json out = {{"StepName", record.name},
              {"Action", to_string(record.action)},
              {"StepStatus", to_string(record.status)},
              {"StepExecutionId", step_id(context, record.path)},
              {"Inputs", input_texts(record.inputs)},
              {"Outputs", text_lists(record.outputs)},
              {"OverriddenParameters", Json::object()}};
  add_definition(document, record, out);
  if (record.timeout_seconds > 0) out["TimeoutSeconds"] = record.timeout_seconds;
  if (record.started.known()) out["ExecutionStartTime"] = epoch(record.started);
  if (record.ended.known()) out["ExecutionEndTime"] = epoch(record.ended);
  if (!record.response_code.empty()) out["ResponseCode"] = record.response_code;
  if (!record.parent_name.empty()) out["ParentStepDetails"] = parent_details(context, record);
  if (record.failure) {
    out["FailureMessage"] = failure_message(*record.failure);
    out["FailureDetails"] = failure_details(*record.failure);
  }
  return out;
}

Json document_outputs(const Document& document, const ExecutionReport& report) {
  Json out = text_lists(report.outputs);
  for (const std::string& name : document.outputs()) {
    if (!out.contains(name)) out[name] = {"No output available yet because the step is not successfully executed"};
  }
  return out;
}

void add_current_step(const ExecutionReport& report, Json& out) {
  if (!report.suspended) return;
  for (auto record = report.steps.rbegin(); record != report.steps.rend(); ++record) {
    if (record->status != ExecutionStatus::in_progress && record->status != ExecutionStatus::waiting) continue;
    out["CurrentStepName"] = record->name;
    out["CurrentAction"] = to_string(record->action);
    return;
  }
}

}  // namespace

Json render_automation_execution(const Document& document, const ExecutionContext& context,
                                 const ExecutionReport& report) {
  Json out = {{"AutomationExecutionId", context.execution_id},
              {"DocumentName", document.name()},
              {"DocumentVersion", "1"},
              {"AutomationExecutionStatus", to_string(report.status)},
              {"ExecutionStartTime", epoch(report.started)},
              {"Parameters", text_lists(report.parameters)},
              {"Outputs", document_outputs(document, report)},
              {"Mode", context.mode},
              {"Targets", Json::array()},
              {"ResolvedTargets", {{"ParameterValues", Json::array()}, {"Truncated", false}}},
              {"StepExecutionsTruncated", false}};
  if (report.ended.known()) out["ExecutionEndTime"] = epoch(report.ended);
  if (!context.executed_by.empty()) out["ExecutedBy"] = context.executed_by;
  if (!context.parent_execution_id.empty()) out["ParentAutomationExecutionId"] = context.parent_execution_id;
  if (!report.failure_message.empty()) out["FailureMessage"] = report.failure_message;
  if (!report.variables.empty()) out["Variables"] = text_lists(report.variables);
  add_current_step(report, out);
  out["StepExecutions"] = Json::array();
  for (const StepRecord& record : report.steps) out["StepExecutions"].push_back(render_step(document, context, record));
  return {{"AutomationExecution", std::move(out)}};
}

}  // namespace setpoint::runbook
