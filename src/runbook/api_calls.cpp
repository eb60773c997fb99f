#include "runbook/document.h"
#include "runbook/interpolation.h"
#include "runbook/references.h"

namespace setpoint::runbook {

using base::Json;

namespace {

bool refers(const std::string& text) {
  bool found = false;
  for_each_reference(Json(text), [&](const Reference&) { found = true; });
  return found;
}

// "ec2:RunInstances ec2:DescribeInstanceStatus" of the action's table.
void add_listed(const Step& step, std::vector<StaticCall>& out) {
  std::string_view calls = spec_of(step.action).calls;
  while (!calls.empty()) {
    std::string_view one = calls.substr(0, calls.find(' '));
    calls.remove_prefix(std::min(one.size() + 1, calls.size()));
    std::size_t colon = one.find(':');
    out.push_back(
        {step.name, std::string(one.substr(0, colon)), std::string(one.substr(colon + 1)), Json::object(), false});
  }
}

}  // namespace

std::string service_name(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

StaticCall raw_call(const Step& step) {
  StaticCall call;
  call.step = step.name;
  call.service = base::string_member(step.inputs, "Service");
  call.operation = base::string_member(step.inputs, "Api");
  call.parameters = Json::object();
  for (auto input = step.inputs.begin(); input != step.inputs.end(); ++input) {
    const std::string& name = input.key();
    bool ours = name == "Service" || name == "Api" ||
                (step.action != Action::execute_aws_api && (name == "PropertySelector" || name == "DesiredValues"));
    if (!ours) call.parameters[name] = *input;
  }
  call.dynamic = refers(call.service) || refers(call.operation);
  if (!call.dynamic) call.service = service_name(std::move(call.service));
  return call;
}

std::vector<StaticCall> api_calls(const Document& document) {
  std::vector<StaticCall> out;
  for_each_step(document.steps(), [&](const Step& step) {
    switch (step.action) {
      case Action::execute_aws_api:
      case Action::assert_aws_resource_property:
      case Action::wait_for_aws_resource_property:
        out.push_back(raw_call(step));
        break;
      case Action::execute_script:
        out.push_back({step.name, {}, {}, Json::object(), true});
        break;
      default:
        add_listed(step, out);
    }
  });
  return out;
}

}  // namespace setpoint::runbook
