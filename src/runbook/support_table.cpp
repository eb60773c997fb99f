#include "runbook/support_table.h"

#include "runbook/actions.h"
#include "runbook/condition.h"
#include "runbook/limits.h"

namespace setpoint::runbook {

namespace {

constexpr std::string_view kIntroduction = R"(# SSM Automation documents: what runs here

Generated from `src/runbook` (`support_table.cpp`); do not edit. Documents of schemaVersion 0.3, YAML or JSON, run unchanged.

)";

constexpr std::string_view kLanguage = R"(
## The language
| part | supported |
| --- | --- |
| parameter types | String, StringList, Integer, Boolean, StringMap, MapList, `AWS::…` (a String), `List<…>` (a StringList) |
| parameter checks | allowedValues, allowedPattern (PCRE2, whole value, bounded), minChars, maxChars, minItems, maxItems; native JSON and the API's wire form |
| `{{ssm:/path}}` | in parameter defaults only, as on AWS |
| parameter defaults | besides, `{{ global:… }}`, `{{ automation:… }}` and other parameters, above or below; what is given is never expanded |
| references | `{{ Parameter }}`, `{{ Step.Output }}`, `{{ variable:x }}`, `{{ global:ACCOUNT_ID, REGION, AWS_PARTITION, DATE, DATE_TIME }}`, `{{ automation:EXECUTION_ID }}`, `{{ Loop.CurrentIteratorValue }}`, `{{ Loop.CurrentIteration }}` |
| step properties | name, action, description, inputs, outputs (Name, Selector, Type), onFailure, onCancel, isCritical, isEnd, nextStep, maxAttempts, timeoutSeconds |
| selectors | members, elements, slices, unions, wildcards, descent, filters, functions: Jayway's JSONPath |
| document | description, assumeRole, parameters, variables, mainSteps, outputs, files |
| rate control | Targets, TargetMaps, TargetParameterName, MaxConcurrency, MaxErrors, TargetLocations; ramp 1, 2, then doubled |
| signals | Approve, Reject, Resume, StopStep, StartStep, Revoke; stop with Complete or Cancel |

## Where AWS is silent, or where we differ
- An output whose selector matches nothing, or null, is absent. A reference to it fails the step at InputValidation; in a condition it is equal to nothing, and in the InputPayload of a script it stays as text, `{{ Step.Output }}`, which the scripts of AWS's own documents look for.
- Service is taken in any case ("EC2"). A script's context holds `automation:EXECUTION_ID`, `global:ACCOUNT_ID`, `global:AWS_PARTITION`, `global:REGION`.
- A value that does not fit its output's Type keeps its own type; scalars become text, digits an Integer, "true" a Boolean.
- The pseudo output `OutputPayload` of aws:executeAwsApi and aws:executeScript is the whole answer.
- `Script` is never interpolated: values reach a script through InputPayload.
- A single trailing line break (a block scalar) does not make a reference part of a text.
- python3.6 to 3.8, which AWS stopped running in February 2025, run on the installed Python 3; lint warns.
- The time between two looks of a waiting action is ours: 2 s, growing to 30 s.
- An input that an action does not have is a warning, an unknown property of a step or document an error.
- aws:executeAutomation and `setpoint run` over targets: `tag:` asks EC2 for parameters of EC2's types (or named after instances), the Resource Groups Tagging API for others; `ResourceGroup`, `ParameterValues` and `AWS::EC2::Instance` with `*` are taken, other keys refused. A location of the own account assumes a role only where ExecutionRoleName names one. Within a rehearsal or a plan, the step takes ParameterValues and TargetMaps only, one after the other.
- A default that names another parameter is resolved: AWS's documentation says that it is not, AWS's own documents (AWS-UpdateLinuxAmi) need it.
- Where an action of ours wants one value, a list of one is taken for it; optional inputs that are "" or [] are left out. aws:executeAwsApi hands on what it is given.
- `Script` and `Attachment` together: the script runs, and imports from the attached archive. allowedPattern of a MapList is not checked.
- isEnd ends after a failure too, but where onFailure names a step: AWS-ResizeInstance goes on so.
- Targets that were not started when MaxErrors was passed are shown as Cancelled.
- aws:approve: approvers are matched with the identity of `setpoint run signal --as`; NotificationArn is told once by sns:Publish. In a plan an approval is rehearsed as given, and the apply waits for it.
- aws:invokeWebhook posts Body to the integration of that name in setpoint.yaml; not in plans.
- assumeRole is assumed through STS from the caller's credentials, not by Systems Manager: the role must trust the caller.
- A call whose outcome a crash lost is sent again with its idempotency token, or read back and compared on a simulated copy; where neither can tell, the execution is Failed as UNKNOWN and nothing is sent again.
- A plan fixes the date that `{{ global:DATE }}` and `{{ global:DATE_TIME }}` give; a script's own clock is not fixed.
- In a script each boto3 call is tried once (AWS_MAX_ATTEMPTS=1): Setpoint's gateway retries where that is safe.
- The end of a loop's body by isEnd ends the execution; the loop is then Exited.
)";

std::string listed(const std::vector<std::string_view>& names) {
  std::string out;
  for (std::string_view name : names) out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
  return out;
}

std::string inputs_of(const ActionSpec& spec) {
  std::string out;
  for (const InputSpec& input : spec.inputs)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", input.name, input.required ? "*" : "");
  if (spec.open_inputs) out += ", the operation's members";
  return out;
}

std::string action_rows() {
  std::string out =
      "## Actions\n`*` marks required inputs.\n\n| action | inputs | outputs | default time | API calls | note |\n| "
      "--- | --- | --- | --- | --- | --- |\n";
  for (const ActionSpec& spec : all_actions()) {
    out += fmt::format("| `{}` | {} | {} | {} s | {} | {} |\n", spec.name, inputs_of(spec), listed(spec.outputs),
                       spec.timeout_seconds, spec.calls, spec.note);
  }
  return out;
}

std::string operations() {
  std::string out = "\n## Conditions of aws:branch and aws:loop\n";
  std::string names;
  for (std::string_view name : kConditionOperations) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  for (std::string_view name : kConditionConnectives) names += fmt::format(", {}", name);
  return out + names + ".\n";
}

std::string limits() {
  std::string out = "\n## Limits\n| what | at most |\n| --- | --- |\n";
  auto row = [&](std::string_view what, auto most) { out += fmt::format("| {} | {} |\n", what, most); };
  row("document", fmt::format("{} bytes", kDocumentBytesMax));
  row("steps in a document", kStepsMax);
  row("steps started in one execution", kStepVisitsMax);
  row("parameters", kParametersMax);
  row("outputs of a step", kStepOutputsMax);
  row("iterations of a loop", kLoopIterationsMax);
  row("aws:sleep by Duration", fmt::format("{} s", kSleepSecondsMax));
  row("a script", fmt::format("{} s, {} bytes of payload", kScriptSecondsMax, kScriptPayloadBytesMax));
  row("throttling ridden out", fmt::format("{} s", kThrottlingSecondsMax));
  row("one substituted input", fmt::format("{} bytes", kValueBytesMax));
  row("all inputs and outputs of an execution", fmt::format("{} bytes", kExecutionBytesMax));
  row("TargetMaps, TargetLocations, Targets",
      fmt::format("{}, {}, {}", kTargetMapsMax, kTargetLocationsMax, kTargetsMax));
  return out;
}

}  // namespace

std::string support_page() {
  return std::string(kIntroduction) + action_rows() + operations() + std::string(kLanguage) + limits();
}

}  // namespace setpoint::runbook
