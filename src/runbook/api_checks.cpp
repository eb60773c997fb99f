#include "runbook/api_catalog.h"
#include "runbook/references.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Diagnostics;
using base::Json;
using base::Node;

namespace {

const Node* follow(const Node* node, const std::vector<std::string>& path) {
  for (const std::string& part : path) {
    const Node* next = node->find(part);
    auto index = as_integer(Json(part));
    if (next == nullptr && node->is_list() && index && *index >= 0 &&
        static_cast<std::size_t>(*index) < node->items.size()) {
      next = &node->items[static_cast<std::size_t>(*index)];
    }
    if (next == nullptr) return node;
    node = next;
  }
  return node;
}

std::vector<std::string_view> views(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

void check_call(const Step& step, const StaticCall& call, const std::string& file, const ApiCatalog& apis,
                Diagnostics& diagnostics) {
  const Node* service = step.inputs_node.find("Service");
  const Node* api = step.inputs_node.find("Api");
  base::Position service_at = service == nullptr ? step.at : service->at;
  base::Position api_at = api == nullptr ? step.at : api->at;
  if (!apis.has_service(call.service)) {
    auto names = apis.services();
    diagnostics.error("runbook-api-service", file, service_at, fmt::format("there is no service '{}'", call.service),
                      base::did_you_mean(call.service, views(names)));
    return;
  }
  if (!apis.has_operation(call.service, call.operation)) {
    auto names = apis.operations(call.service);
    diagnostics.error("runbook-api-operation", file, api_at,
                      fmt::format("{} has no operation '{}'", call.service, call.operation),
                      base::did_you_mean(call.operation, views(names)));
    return;
  }
  for (const ParameterProblem& problem : apis.check(call.service, call.operation, call.parameters)) {
    diagnostics.error("runbook-api-parameter", file, follow(&step.inputs_node, problem.path)->at,
                      fmt::format("{}:{}: {}", call.service, call.operation, problem.what), problem.hint);
  }
}

}  // namespace

void check_apis(const std::vector<Step>& steps, const std::string& file, const ApiCatalog& apis,
                Diagnostics& diagnostics) {
  for_each_step(steps, [&](const Step& step) {
    bool raw = step.action == Action::execute_aws_api || step.action == Action::assert_aws_resource_property ||
               step.action == Action::wait_for_aws_resource_property;
    if (!raw) return;
    StaticCall call = raw_call(step);
    if (!call.dynamic) check_call(step, call, file, apis, diagnostics);
  });
}

}  // namespace setpoint::runbook
