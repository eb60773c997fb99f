// A fleet in the words of the SSM API's GetAutomationExecution.
#include "base/json_time.h"
#include "response/fleet.h"
#include "runbook/values.h"

namespace setpoint::response {

using base::Json;
using base::member;
using base::string_member;
using runbook::ExecutionStatus;

namespace {

Json epoch(base::Timestamp time) { return static_cast<double>(time.ms) / 1000.0; }

Json texts(const Json& value) {
  Json out = Json::array();
  if (!value.is_array()) return Json::array({runbook::text_form(value)});
  for (const Json& item : value) out.push_back(runbook::text_form(item));
  return out;
}

Json text_lists(const Json& map) {
  Json out = Json::object();
  for (auto item = map.begin(); item != map.end(); ++item) out[item.key()] = texts(*item);
  return out;
}

void add_time(Json& out, const char* name, const Json& stored, const char* member_name) {
  auto time = base::time_member(stored, member_name);
  if (time && time->known()) out[name] = epoch(*time);
}

// One that was never started ends with its fleet.
std::string status_of(const ExecutionRecord& fleet, const Json* member) {
  if (member != nullptr) return string_member(*member, "status");
  return std::string(to_string(fleet.over() ? ExecutionStatus::cancelled : ExecutionStatus::pending));
}

Json member_step(const ExecutionRecord& fleet, std::size_t number, const Json* stored) {
  const FleetMember& one = fleet.members[number];
  std::string id = fleet_member_id(fleet, number);
  std::string status = status_of(fleet, stored);
  Json step = {{"StepName", one.name},
               {"Action", "aws:executeAutomation"},
               {"StepStatus", status},
               {"StepExecutionId", id},
               {"Inputs",
                {{"DocumentName", base::canonical(fleet.document_name)},
                 {"RuntimeParameters", base::canonical(text_lists(one.parameters))}}},
               {"Outputs", Json::object()},
               {"TargetLocation", {{"Accounts", {one.account}}, {"Regions", {one.region}}}}};
  if (stored == nullptr) return step;
  step["Outputs"] = {{"ExecutionId", {id}}, {"Status", {status}}};
  add_time(step, "ExecutionStartTime", *stored, "started");
  add_time(step, "ExecutionEndTime", *stored, "ended");
  if (std::string message = string_member(*stored, "message"); !message.empty()) step["FailureMessage"] = message;
  return step;
}

Json resolved_targets(const ExecutionRecord& fleet) {
  Json values = Json::array();
  for (const FleetMember& one : fleet.members) values.push_back(one.name);
  return {{"ParameterValues", std::move(values)}, {"Truncated", false}};
}

Json counters(const FleetProgress& progress) {
  return {{"TotalSteps", progress.total},
          {"SuccessSteps", progress.succeeded},
          {"FailedSteps", progress.failed},
          {"CancelledSteps", progress.cancelled},
          {"TimedOutSteps", progress.timed_out}};
}

Json fleet_inputs(const FleetRequest& fleet) {
  Json out = {{"Targets", fleet.targets}};
  if (!fleet.target_parameter_name.empty()) out["TargetParameterName"] = fleet.target_parameter_name;
  if (!fleet.target_maps.empty()) {
    out["TargetMaps"] = Json::array();
    for (const Json& map : fleet.target_maps) out["TargetMaps"].push_back(text_lists(map));
  }
  if (!fleet.target_locations.empty()) out["TargetLocations"] = fleet.target_locations;
  return out;
}

}  // namespace

Json render_fleet(const ExecutionRecord& fleet, const FleetProgress& progress,
                  const std::map<std::string, Json>& members) {
  runbook::RateControlRequest rate = rate_of(fleet);
  Json out = {{"AutomationExecutionId", fleet.id},
              {"DocumentName", fleet.document_name},
              {"DocumentVersion", "1"},
              {"AutomationExecutionStatus", to_string(fleet.status)},
              {"ExecutionStartTime", epoch(fleet.started)},
              {"Parameters", text_lists(fleet.parameters)},
              {"Outputs", Json::object()},
              {"Mode", fleet.context.mode},
              {"MaxConcurrency", rate.max_concurrency},
              {"MaxErrors", rate.max_errors},
              {"ResolvedTargets", resolved_targets(fleet)},
              {"ProgressCounters", counters(progress)},
              {"StepExecutionsTruncated", false}};
  out.update(fleet_inputs(fleet.fleet));
  if (fleet.ended.known()) out["ExecutionEndTime"] = epoch(fleet.ended);
  if (!fleet.context.executed_by.empty()) out["ExecutedBy"] = fleet.context.executed_by;
  if (!fleet.parent().empty()) out["ParentAutomationExecutionId"] = fleet.parent();
  if (!fleet.message.empty()) out["FailureMessage"] = fleet.message;
  out["StepExecutions"] = Json::array();
  for (std::size_t number = 0; number < fleet.members.size(); ++number) {
    auto stored = members.find(fleet_member_id(fleet, number));
    out["StepExecutions"].push_back(member_step(fleet, number, stored == members.end() ? nullptr : &stored->second));
  }
  return {{"AutomationExecution", std::move(out)}};
}

}  // namespace setpoint::response
