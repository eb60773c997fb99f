#include "runbook/action_runners.h"
#include "runbook/references.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;
using base::Result;

namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Json call_parameters(const StepRun& run) {
  Json out = run.inputs();
  out.erase("Service");
  out.erase("Api");
  if (run.step().action == Action::execute_aws_api) return out;
  out.erase("PropertySelector");
  out.erase("DesiredValues");
  return out;
}

Answer<Json> ask(StepRun& run) {
  return run.call(service_name(run.text("Service")), run.text("Api"), call_parameters(run));
}

// Text forms are compared; documents write "True", the APIs answer true.
bool is_desired(const Json& property, const Json& desired) {
  auto equals = [&](const Json& value) {
    if (property.is_boolean()) return lower(text_form(property)) == lower(text_form(value));
    return text_form(property) == text_form(value);
  };
  if (!desired.is_array()) return equals(desired);
  return std::any_of(desired.begin(), desired.end(), equals);
}

struct Check {
  bool desired = false;
  std::string message;
};

Result<Check> check_property(const StepRun& run, const Json& response) {
  TRY(Selector selector, Selector::parse(run.text("PropertySelector")));
  TRY(auto property, selector.select(response));
  Check out;
  out.desired = property && !property->is_null() && is_desired(*property, run.input("DesiredValues"));
  out.message = fmt::format(
      "Property value from the API output is not in desired values. Property selector: {}. Desired values: {}. "
      "Property value: {}.",
      selector.text(), text_form(run.input("DesiredValues")), property ? text_form(*property) : "(nothing there)");
  return out;
}

}  // namespace

Outcome run_execute_aws_api(StepRun& run) {
  ASK(Json response, ask(run));
  Outcome out = Outcome::success(response, {{"OutputPayload", response}});
  return out;
}

Outcome run_assert_property(StepRun& run) {
  ASK(Json response, ask(run));
  CHECK_OUTCOME(Check check, check_property(run, response));
  if (check.desired) return Outcome::success(std::move(response));
  return Outcome::failed(FailureStage::post_verification, FailureType::verification, check.message);
}

Outcome run_wait_for_property(StepRun& run) {
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json response, ask(run));
    CHECK_OUTCOME(Check check, check_property(run, response));
    if (check.desired) return Outcome::success(std::move(response));
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return Outcome::timed_out(check.message);
  }
}

}  // namespace setpoint::runbook
