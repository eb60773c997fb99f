// The interpreter's values: what references mean, and the actions that act on the interpreter itself.
#include "runbook/condition.h"
#include "runbook/interpreter.h"
#include "runbook/limits.h"
#include "runbook/references.h"
#include "runbook/system_values.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

tl::unexpected<base::Error> unresolved(const Reference& reference, std::string why) {
  return fail(ErrorCode::invalid_input, "{{{{ {} }}}} cannot be resolved: {}", reference.text(), why);
}

// Which inputs are read when the step is resolved; the others are read later, or never.
bool resolved_early(const Step& step, const std::string& input) {
  if (step.action == Action::loop)
    return input == "Iterators" || input == "MaxIterations" || input == "IteratorDataType";
  if (step.action == Action::execute_script) return input != "Script";
  if (step.action == Action::update_variable) return input != "Name";
  return step.action != Action::branch;
}

}  // namespace

Result<Json> Interpreter::lookup(const Reference& reference) {
  switch (reference.kind) {
    case Reference::Kind::parameter: {
      auto found = parameters_.find(reference.name);
      if (found == parameters_.end()) return unresolved(reference, "there is no such parameter");
      return *found;
    }
    case Reference::Kind::step_output:
      return lookup_output(reference);
    case Reference::Kind::variable: {
      auto found = variables_.find(reference.name);
      if (found == variables_.end()) return unresolved(reference, "the variable has no value");
      return *found;
    }
    case Reference::Kind::global:
    case Reference::Kind::automation:
      return system_value(reference, context_, host_);
    case Reference::Kind::ssm:
      return unresolved(reference, "only a parameter's default may name an SSM parameter");
  }
  return unresolved(reference, "unknown kind");
}

Result<Json> Interpreter::lookup_output(const Reference& reference) {
  for (auto frame = loops_.rbegin(); frame != loops_.rend(); ++frame) {
    if (frame->name != reference.name) continue;
    if (reference.output == "CurrentIteratorValue" && !frame->value.is_null()) return frame->value;
    if (reference.output == "CurrentIteration") return Json(frame->iteration);
  }
  auto step = outputs_.find(reference.name);
  if (step == outputs_.end()) return unresolved(reference, fmt::format("step '{}' has not run", reference.name));
  auto value = step->second.find(reference.output);
  if (value == step->second.end())
    return unresolved(reference, fmt::format("step '{}' did not write it", reference.name));
  return *value;
}

// AWS's own documents hand their scripts outputs of steps that were passed over, and the scripts look for the braces.
Result<Json> Interpreter::lookup_literally(const Reference& reference) {
  auto found = lookup(reference);
  if (found || reference.kind != Reference::Kind::step_output) return found;
  return Json("{{ " + reference.text() + " }}");
}

Result<Json> Interpreter::lookup_leniently(const Reference& reference) {
  auto found = lookup(reference);
  if (found || reference.kind != Reference::Kind::step_output) return found;
  const Step* step = document_.step(reference.name);
  bool declared = step != nullptr && writes(*step, reference.output) && outputs_.contains(reference.name);
  if (declared) return Json();
  return found;
}

Result<Json> Interpreter::resolved_inputs(const Step& step) {
  Json out = Json::object();
  for (auto input = step.inputs.begin(); input != step.inputs.end(); ++input) {
    if (step.action == Action::loop && input.key() == "Steps") continue;
    if (!resolved_early(step, input.key())) {
      out[input.key()] = *input;
      continue;
    }
    bool of_script = step.action == Action::execute_script && input.key() == "InputPayload";
    TRY(Json value, substitute(*input, of_script ? literal_lookup_ : lookup_));
    out[input.key()] = std::move(value);
  }
  return out;
}

Result<std::int64_t> Interpreter::timeout_of(const Step& step) {
  if (step.timeout_seconds.is_null()) return spec_of(step.action).timeout_seconds;
  TRY(Json value, substitute(step.timeout_seconds, lookup_));
  auto seconds = as_integer(value);
  if (!seconds || *seconds < 1)
    return fail(ErrorCode::invalid_input, "timeoutSeconds is '{}', not a positive integer", text_form(value));
  return std::min(*seconds, kTimeoutSecondsMax);
}

Outcome Interpreter::run_branch(const Step& step) {
  const Json& choices = base::member(step.inputs, "Choices");
  for (const Json& choice : choices) {
    auto held = evaluate_condition(choice, lenient_lookup_);
    if (!held) return Outcome::failed(failure_of(held.error(), FailureStage::input_validation));
    if (!*held) continue;
    Outcome out = Outcome::success(Json());
    out.next = text_form(base::member(choice, "NextStep"));
    return out;
  }
  Outcome out = Outcome::success(Json());
  std::string fallback = text_form(base::member(step.inputs, "Default"));
  if (!fallback.empty()) out.next = fallback;
  return out;
}

Outcome Interpreter::update_variable(const Step& step, const Json& inputs) {
  std::string name = base::string_member(step.inputs, "Name").substr(std::string_view("variable:").size());
  const auto& variables = document_.variables();
  auto variable =
      std::find_if(variables.begin(), variables.end(), [&](const Variable& one) { return one.name == name; });
  SETPOINT_ASSERT(variable != variables.end());  // compile refuses other names
  auto value = convert_value(*variable, base::member(inputs, "Value"));
  auto checked = value ? check_value(*variable, *value) : base::Status(tl::unexpected(value.error()));
  if (!checked) {
    base::Error error = checked.error();
    error.message = fmt::format("variable '{}': {}", name, error.message);
    return Outcome::failed(failure_of(error, FailureStage::input_validation));
  }
  variables_[name] = *value;
  return Outcome::success(Json());
}

Outcome Interpreter::run_loop(const Step& step, const Json& inputs, const std::string& path) {
  Json iterators = base::member(inputs, "Iterators");
  // One text may be the whole list: a parameter that came as JSON.
  if (iterators.is_string()) {
    if (auto parsed = base::parse_json(iterators.get_ref<const std::string&>()); parsed && parsed->is_array())
      iterators = *parsed;
  }
  bool for_each = inputs.contains("Iterators");
  if (for_each && !iterators.is_array()) iterators = Json::array({iterators});
  auto count = inputs.contains("MaxIterations") ? as_integer(inputs["MaxIterations"]) : kLoopIterationsMax;
  if (!count || *count < 1 || *count > kLoopIterationsMax) {
    return Outcome::failed(FailureStage::input_validation, FailureType::action,
                           fmt::format("MaxIterations must be 1 to {}", kLoopIterationsMax));
  }
  if (iterators.size() > static_cast<std::size_t>(kLoopIterationsMax)) {
    return Outcome::failed(FailureStage::input_validation, FailureType::action,
                           fmt::format("{} iterators, at most {} are allowed", iterators.size(), kLoopIterationsMax));
  }
  loops_.push_back({step.name, path, 0, Json()});
  Outcome out =
      iterate(step, loops_.size() - 1, iterators,
              for_each ? std::min<std::int64_t>(*count, static_cast<std::int64_t>(iterators.size())) : *count);
  loops_.pop_back();
  return out;
}

Outcome Interpreter::left_early(const Leaving& left) const {
  Outcome out;
  out.inherited = true;
  out.status = left.failed  ? ExecutionStatus::failed
               : cancelled_ ? ExecutionStatus::cancelled
                            : ExecutionStatus::exited;
  if (left.kind == Leaving::Kind::jump) out.next = left.target;
  return out;
}

// do-while: the condition is tested after the body, so the body runs at least once.
Outcome Interpreter::iterate(const Step& step, std::size_t frame, const Json& iterators, std::int64_t iterations_max) {
  const Json& condition = base::member(step.inputs, "LoopCondition");
  for (std::int64_t i = 1; i <= iterations_max; ++i) {
    loops_[frame].iteration = i;
    if (iterators.is_array()) loops_[frame].value = iterators[static_cast<std::size_t>(i - 1)];
    Leaving left = sequence(step.body, fmt::format("{}[{}]/", loops_[frame].path, i));
    if (suspended_) return Outcome::interrupted(Interrupt::suspend);
    if (left.kind != Leaving::Kind::end) return left_early(left);
    if (condition.is_null()) continue;
    auto again = evaluate_condition(condition, lenient_lookup_);
    if (!again) return Outcome::failed(failure_of(again.error(), FailureStage::input_validation));
    if (!*again) break;
  }
  return Outcome::success(Json());
}

}  // namespace setpoint::runbook
