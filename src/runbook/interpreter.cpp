#include "runbook/interpreter.h"

#include "runbook/action_runners.h"
#include "runbook/limits.h"
#include "runbook/references.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::Status;

Interpreter::Interpreter(const Document& document, const Json& parameters, const ExecutionContext& context, Host& host)
    : document_(document), parameters_(parameters), context_(context), host_(host) {
  lookup_ = [this](const Reference& reference) { return lookup(reference); };
  literal_lookup_ = [this](const Reference& reference) { return lookup_literally(reference); };
  lenient_lookup_ = [this](const Reference& reference) { return lookup_leniently(reference); };
  for (const Variable& variable : document.variables()) {
    if (variable.default_value) variables_[variable.name] = *variable.default_value;
  }
}

ExecutionReport Interpreter::run() {
  ExecutionReport report;
  report.parameters = parameters_;
  report.started = host_.now();
  if (auto role = resolve_assume_role(document_, parameters_, context_)) {
    report.assume_role = *role;
    // A jump that leaves the list on top has nowhere to go; compile refuses such documents.
    Leaving left = sequence(document_.steps(), {});
    SETPOINT_ASSERT(left.kind != Leaving::Kind::jump);
  } else {
    failed_ = ExecutionStatus::failed;
    failure_message_ = role.error().text();
  }
  conclude(report);
  return report;
}

Interpreter::Leaving Interpreter::sequence(const std::vector<Step>& steps, const std::string& prefix) {
  std::size_t at = 0;
  while (at < steps.size()) {
    Outcome outcome = visit(steps[at], prefix);
    Leaving leaving = after(steps[at], outcome);
    if (leaving.kind == Leaving::Kind::stop) return leaving;
    if (leaving.kind == Leaving::Kind::end) {
      ++at;
      continue;
    }
    auto found =
        std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.name == leaving.target; });
    if (found == steps.end()) return leaving;
    at = static_cast<std::size_t>(found - steps.begin());
  }
  return {};
}

// Leaving::Kind::end here means: on to the step written below.
Interpreter::Leaving Interpreter::after(const Step& step, const Outcome& outcome) {
  if (suspended_ || completed_) return {Leaving::Kind::stop, {}, false};
  if (outcome.inherited && outcome.next) return {Leaving::Kind::jump, *outcome.next, false};
  if (outcome.inherited) return {Leaving::Kind::stop, {}, outcome.status == ExecutionStatus::failed};
  if (outcome.interrupt == Interrupt::cancel) return after_cancel(step);
  if (!outcome.ok()) return after_failure(step, outcome);
  if (outcome.next) return {Leaving::Kind::jump, *outcome.next, false};
  if (step.is_end) return {Leaving::Kind::stop, {}, false};
  if (!step.next_step.empty()) return {Leaving::Kind::jump, step.next_step, false};
  return {};
}

// A step that is named for the failure comes before isEnd: AWS-ResizeInstance goes on so where there is something to do.
Interpreter::Leaving Interpreter::after_failure(const Step& step, const Outcome& outcome) {
  note_failure(step, outcome);
  if (outcome.ends || step.on_failure.kind == Handler::Kind::abort) return {Leaving::Kind::stop, {}, true};
  if (step.on_failure.kind == Handler::Kind::step) return {Leaving::Kind::jump, step.on_failure.step, false};
  if (step.is_end) return {Leaving::Kind::stop, {}, true};
  if (!step.next_step.empty()) return {Leaving::Kind::jump, step.next_step, false};
  return {};
}

void Interpreter::note_failure(const Step& step, const Outcome& outcome) {
  bool counts = step.is_critical || outcome.ends;
  if (!counts || failed_) return;
  failed_ = outcome.status == ExecutionStatus::timed_out ? ExecutionStatus::timed_out : ExecutionStatus::failed;
  failure_message_ = outcome.failure ? outcome.failure->message : fmt::format("step '{}' was stopped", step.name);
}

Interpreter::Leaving Interpreter::after_cancel(const Step& step) {
  cancelled_ = true;
  if (step.on_cancel.kind == Handler::Kind::step) return {Leaving::Kind::jump, step.on_cancel.step, false};
  return {Leaving::Kind::stop, {}, false};
}

Outcome Interpreter::visit(const Step& step, const std::string& prefix) {
  std::string path = prefix + step.name;
  std::size_t count = ++visits_[path];
  if (count > 1) path += fmt::format("#{}", count);
  CallSite site{step.name, path, 1, 0, {}};
  std::size_t record = open_record(step, path);
  Outcome outcome = start(step, site, record);
  suspended_ = suspended_ || outcome.interrupt == Interrupt::suspend;
  if (suspended_) {
    bool waits = step.action == Action::approve || step.action == Action::pause;
    if (waits) records_[record].status = ExecutionStatus::waiting;
  } else if (outcome.interrupt == Interrupt::complete) {
    completed_ = true;
    records_.resize(record);  // it was not reached
  } else {
    close_record(step, site, record, outcome);
  }
  return outcome;
}

Outcome Interpreter::start(const Step& step, CallSite& site, std::size_t record) {
  if (++visited_ > kStepVisitsMax) {
    Outcome out = Outcome::failed(
        FailureStage::invocation, FailureType::internal,
        fmt::format("the execution started more than {} steps; does it go round in circles?", kStepVisitsMax));
    out.ends = true;
    return out;
  }
  Answer<Done> started = host_.before_step(site, records_[record]);
  ++site.sequence;
  if (started.interrupted()) return Outcome::interrupted(started.interrupt());
  if (!started.result()) return Outcome::failed(started.result().error());
  return attempt_all(step, site, record);
}

std::size_t Interpreter::open_record(const Step& step, const std::string& path) {
  StepRecord record;
  record.name = step.name;
  record.path = path;
  record.action = step.action;
  record.status = ExecutionStatus::in_progress;
  record.started = host_.now();
  if (!loops_.empty()) {
    const LoopFrame& frame = loops_.back();
    record.parent_name = frame.name;
    record.parent_path = frame.path;
    record.iteration = frame.iteration;
    record.iterator_value = frame.value;
  }
  records_.push_back(std::move(record));
  return records_.size() - 1;
}

Outcome Interpreter::attempt_all(const Step& step, CallSite& site, std::size_t record) {
  outputs_.erase(step.name);
  auto inputs = resolved_inputs(step);
  if (!inputs) return Outcome::failed(failure_of(inputs.error(), FailureStage::input_validation));
  auto timeout = timeout_of(step);
  if (!timeout) return Outcome::failed(failure_of(timeout.error(), FailureStage::input_validation));
  records_[record].inputs = *inputs;
  records_[record].timeout_seconds = *timeout;
  Outcome outcome;
  for (site.attempt = 1; site.attempt <= step.max_attempts; ++site.attempt) {
    records_[record].attempts = site.attempt;
    base::Timestamp begun = site.attempt == 1 ? records_[record].started : host_.now();
    site.deadline = begun + base::Milliseconds(*timeout * 1000);
    outcome = attempt(step, *inputs, site);
    bool again = !outcome.interrupt &&
                 (outcome.status == ExecutionStatus::failed || outcome.status == ExecutionStatus::timed_out);
    if (!again || outcome.ends) break;
  }
  return outcome;
}

Outcome Interpreter::attempt(const Step& step, const Json& inputs, CallSite& site) {
  Outcome outcome = perform(step, inputs, site);
  // A call that ran into the step's end of time is the step's timeout, not the call's failure.
  bool unsettled = outcome.status == ExecutionStatus::failed && !outcome.interrupt && outcome.failure &&
                   outcome.failure->stage == FailureStage::invocation && step.action != Action::loop;
  if (unsettled && host_.now() >= site.deadline) outcome.status = ExecutionStatus::timed_out;
  if (outcome.ok()) take_outputs(step, outcome);
  return outcome;
}

Outcome Interpreter::perform(const Step& step, const Json& inputs, CallSite& site) {
  if (step.action == Action::branch) return run_branch(step);
  if (step.action == Action::loop) return run_loop(step, inputs, site.path);
  if (step.action == Action::update_variable) return update_variable(step, inputs);
  StepRun run(step, inputs, context_, host_, site, document_.attachments());
  return run_action(run);
}

void Interpreter::take_outputs(const Step& step, Outcome& outcome) {
  for (const StepOutput& output : step.outputs) {
    Json value = outcome.result;
    if (output.selector) {
      auto selected = output.selector->select(outcome.result);
      if (!selected) {
        outcome = Outcome::failed(failure_of(selected.error(), FailureStage::post_verification));
        return;
      }
      value = selected->value_or(Json());
    }
    // A selector that matches nothing does not fail the step: the output is absent.
    if (value.is_null()) continue;
    auto fitted = fit(output.type, value);
    // AWS takes documents whose declared type is not what the script returns; the value keeps its own type then.
    outcome.outputs[output.name] = fitted ? std::move(*fitted) : std::move(value);
  }
}

void Interpreter::close_record(const Step& step, const CallSite& site, std::size_t index, Outcome& outcome) {
  if (auto grown = grow(weight(records_[index].inputs, kExecutionBytesMax) +
                        weight(outcome.result, kExecutionBytesMax) + weight(outcome.outputs, kExecutionBytesMax));
      !grown) {
    outcome = Outcome::failed(grown.error());
    outcome.ends = true;
  }
  StepRecord& record = records_[index];
  record.status = outcome.status;
  record.outputs = outcome.outputs;
  record.response = std::move(outcome.result);
  record.response_code = outcome.response_code;
  record.failure = outcome.failure;
  record.ended = host_.now();
  Json& kept = outputs_[step.name];
  if (!kept.is_object()) kept = Json::object();
  kept.update(outcome.outputs);
  host_.note_step(site, record);
}

Status Interpreter::grow(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= kExecutionBytesMax) return {};
  return fail(ErrorCode::limit_exceeded, "the execution's inputs and outputs are larger than {} bytes",
              kExecutionBytesMax);
}

Json Interpreter::document_outputs() {
  Json out = Json::object();
  for (const std::string& name : document_.outputs()) {
    auto reference = parse_reference(name);
    if (!reference) continue;
    if (auto value = lookup(*reference)) out[name] = std::move(*value);
  }
  return out;
}

void Interpreter::conclude(ExecutionReport& report) {
  report.suspended = suspended_;
  report.variables = variables_;
  report.outputs = document_outputs();
  if (suspended_) {
    bool waits = std::any_of(records_.begin(), records_.end(),
                             [](const StepRecord& record) { return record.status == ExecutionStatus::waiting; });
    report.status = cancelled_ ? ExecutionStatus::cancelling
                    : waits    ? ExecutionStatus::waiting
                               : ExecutionStatus::in_progress;
  } else {
    report.status = cancelled_ ? ExecutionStatus::cancelled : failed_.value_or(ExecutionStatus::success);
    report.ended = host_.now();
  }
  report.failure_message = failure_message_;
  for (const Step& step : document_.steps()) {
    bool reached = std::any_of(records_.begin(), records_.end(),
                               [&](const StepRecord& record) { return record.name == step.name; });
    if (reached) continue;
    StepRecord record;
    record.name = record.path = step.name;
    record.action = step.action;
    records_.push_back(std::move(record));
  }
  report.steps = std::move(records_);
}

}  // namespace setpoint::runbook
