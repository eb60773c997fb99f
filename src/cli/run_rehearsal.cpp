#include "cli/run_rehearsal.h"

#include <algorithm>

#include "engine/engine.h"

namespace setpoint::cli {

using base::Json;
using runbook::ExecutionStatus;

namespace {

// "AWS::SecretsManager::Secret" -> "secretsmanager".
std::string service_of(const std::string& type) {
  std::size_t from = type.find("::");
  if (from == std::string::npos) return {};
  std::string out = type.substr(from + 2, type.find("::", from + 2) - from - 2);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

void add_once(std::vector<std::string>& list, std::string text) {
  auto at = std::lower_bound(list.begin(), list.end(), text);
  if (at == list.end() || *at != text) list.insert(at, std::move(text));
}

bool is_good(ExecutionStatus status) {
  return status == ExecutionStatus::success || status == ExecutionStatus::completed_with_success;
}

ExecutionStatus status_of(const RehearsalResult& result) {
  if (result.good()) return ExecutionStatus::success;
  return result.failed < result.rehearsed ? ExecutionStatus::completed_with_failure : ExecutionStatus::failed;
}

}  // namespace

RunRehearsal::RunRehearsal(engine::Engine& engine, const NamedDocument& named, const runbook::ExecutionContext& context,
                           cloud::Observer& observer)
    : engine_(engine), named_(named), context_(context), observer_(observer) {}

base::Status RunRehearsal::open(const std::vector<model::Resource>& known) {
  for (const model::Resource& resource : known) services_.insert(service_of(resource.key.type));
  TRY(world_, engine_.parts().worlds.create(known));
  return {};
}

runbook::ExecutionReport RunRehearsal::execute(const Json& parameters, response::RehearsalHost& host) const {
  auto bound = runbook::bind_parameters(named_.document, parameters, context_, host);
  if (bound) return runbook::run(named_.document, *bound, context_, host);
  runbook::ExecutionReport out;
  out.status = ExecutionStatus::failed;
  out.failure_message = bound.error().text();
  out.parameters = parameters;
  return out;
}

void RunRehearsal::add_blind(const response::RehearsalHost& host, RehearsalResult& result) const {
  for (const std::string& name : host.unmodelled()) add_once(result.blind, name);
  for (const std::string& service : host.missed()) {
    if (!services_.contains(service)) add_once(result.blind, service + " (the last scan saw nothing of it)");
  }
}

Json RunRehearsal::run_one(const Json& parameters, const std::string& target, RehearsalResult& result) {
  engine::Parts& parts = engine_.parts();
  response::RehearsalHost host(*world_, observer_,
                               {&parts.library, parts.scripts, context_, named_.folder, parts.apis});
  runbook::ExecutionReport report = execute(parameters, host);
  ++result.rehearsed;
  add_blind(host, result);
  if (!is_good(report.status)) {
    ++result.failed;
    std::string message = target.empty() ? report.failure_message : target + ": " + report.failure_message;
    if (result.first_failure.empty()) result.first_failure = std::move(message);
  }
  for (const model::PlannedCall& planned : host.calls()) {
    calls_.push_back({{"step", planned.step}, {"call", planned.call.json()}});
    if (!target.empty()) calls_.back()["target"] = target;
  }
  Json rendered = runbook::render_automation_execution(named_.document, context_, report);
  rendered["AutomationExecution"]["DocumentName"] = named_.name;
  return rendered;
}

RehearsalResult RunRehearsal::run(const Json& parameters) {
  RehearsalResult result;
  result.rendered = run_one(parameters, "", result);
  result.rendered["Rehearsal"] = {{"calls", std::exchange(calls_, Json::array())}, {"unmodelled", result.blind}};
  return result;
}

RehearsalResult RunRehearsal::run_members(const Json& parameters, const std::vector<response::FleetMember>& members) {
  RehearsalResult result;
  result.members = members.size();
  Json children = Json::array();
  for (const response::FleetMember& member : members) {
    if (result.rehearsed == kRehearsedTargetsMax) break;
    Json own = parameters;
    own.update(member.parameters);
    children.push_back(base::member(run_one(own, member.name, result), "AutomationExecution"));
  }
  Json counters = {{"TotalSteps", result.members},
                   {"SuccessSteps", result.rehearsed - result.failed},
                   {"FailedSteps", result.failed}};
  result.rendered["AutomationExecution"] = {{"AutomationExecutionId", context_.execution_id},
                                            {"DocumentName", named_.name},
                                            {"AutomationExecutionStatus", to_string(status_of(result))},
                                            {"FailureMessage", result.first_failure},
                                            {"ProgressCounters", std::move(counters)}};
  result.rendered["ChildExecutions"] = std::move(children);
  result.rendered["Rehearsal"] = {{"calls", std::exchange(calls_, Json::array())},
                                  {"unmodelled", result.blind},
                                  {"targets", result.members},
                                  {"rehearsed", result.rehearsed}};
  return result;
}

}  // namespace setpoint::cli
