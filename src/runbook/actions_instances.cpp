#include "runbook/action_runners.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

Outcome failed(FailureStage stage, std::string message) {
  return Outcome::failed(stage, FailureType::action, std::move(message));
}

struct States {
  std::vector<std::string> names;
  bool all(std::string_view state) const {
    return !names.empty() &&
           std::all_of(names.begin(), names.end(), [&](const std::string& name) { return name == state; });
  }
  bool any(std::string_view state) const { return std::find(names.begin(), names.end(), state) != names.end(); }
};

States states_of(const Json& described) {
  States out;
  for (const Json& reservation : member(described, "Reservations")) {
    for (const Json& instance : member(reservation, "Instances"))
      out.names.push_back(string_member(member(instance, "State"), "Name"));
  }
  return out;
}

// "running" on AWS's terms: both status checks have passed.
bool checks_passed(const Json& described, std::size_t expected) {
  const Json& statuses = member(described, "InstanceStatuses");
  if (!statuses.is_array() || statuses.size() < expected) return false;
  return std::all_of(statuses.begin(), statuses.end(), [](const Json& status) {
    return string_member(member(status, "InstanceStatus"), "Status") == "ok" &&
           string_member(member(status, "SystemStatus"), "Status") == "ok";
  });
}

Outcome wait_for_state(StepRun& run, const Json& ids, const std::string& desired) {
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json described, run.call("ec2", "DescribeInstances", {{"InstanceIds", ids}}));
    States states = states_of(described);
    bool reached = states.all(desired);
    if (reached && desired == "running") {
      ASK(Json checks, run.call("ec2", "DescribeInstanceStatus", {{"InstanceIds", ids}}));
      reached = checks_passed(checks, states.names.size());
    }
    if (reached) return Outcome::success(described, {{"InstanceIds", ids}, {"InstanceStates", states.names}});
    if (states.any("terminated") && desired != "terminated") {
      return failed(FailureStage::post_verification,
                    fmt::format("an instance was terminated while waiting for '{}'", desired));
    }
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return run.overdue();
  }
}

Answer<Json> change_state(StepRun& run, const Json& ids, const std::string& desired) {
  Json parameters = {{"InstanceIds", ids}};
  if (desired == "running") {
    if (!run.text("AdditionalInfo").empty()) parameters["AdditionalInfo"] = run.text("AdditionalInfo");
    return run.call("ec2", "StartInstances", std::move(parameters));
  }
  if (desired == "terminated") return run.call("ec2", "TerminateInstances", std::move(parameters));
  if (run.flag("Force")) parameters["Force"] = true;
  return run.call("ec2", "StopInstances", std::move(parameters));
}

Json launch_parameters(const StepRun& run) {
  Json out = run.picked({"ImageId",           "InstanceType",
                         "AdditionalInfo",    "BlockDeviceMappings",
                         "ClientToken",       "DisableApiTermination",
                         "EbsOptimized",      "InstanceInitiatedShutdownBehavior",
                         "KernelId",          "KeyName",
                         "NetworkInterfaces", "Placement",
                         "PrivateIpAddress",  "RamdiskId",
                         "SecurityGroupIds",  "SecurityGroups",
                         "SubnetId",          "TagSpecifications",
                         "UserData",          "MetadataOptions"});
  if (!out.contains("InstanceType")) out["InstanceType"] = "m1.small";
  if (!out.contains("ClientToken")) out["ClientToken"] = run.client_token();
  out["MinCount"] = as_integer(run.input("MinInstanceCount")).value_or(1);
  out["MaxCount"] = as_integer(run.input("MaxInstanceCount")).value_or(1);
  Json profile = run.picked({"Arn=IamInstanceProfileArn", "Name=IamInstanceProfileName"});
  if (!profile.empty()) out["IamInstanceProfile"] = profile;
  if (!run.input("Monitoring").is_null()) out["Monitoring"] = {{"Enabled", run.flag("Monitoring")}};
  return out;
}

}  // namespace

Outcome run_change_instance_state(StepRun& run) {
  const Json& ids = run.input("InstanceIds");
  std::string desired = run.text("DesiredState");
  if (desired != "running" && desired != "stopped" && desired != "terminated") {
    return failed(FailureStage::input_validation,
                  fmt::format("DesiredState '{}' is none of running, stopped, terminated", desired));
  }
  if (!run.flag("CheckStateOnly")) {
    ASK([[maybe_unused]] Json changed, change_state(run, ids, desired));
  }
  return wait_for_state(run, ids, desired);
}

Outcome run_run_instances(StepRun& run) {
  ASK(Json launched, run.call("ec2", "RunInstances", launch_parameters(run)));
  Json ids = Json::array();
  for (const Json& instance : member(launched, "Instances")) ids.push_back(string_member(instance, "InstanceId"));
  if (ids.empty()) return failed(FailureStage::post_verification, "RunInstances answered without an instance");
  return wait_for_state(run, ids, "running");
}

Outcome run_create_tags(StepRun& run) {
  std::string type = run.text("ResourceType");
  const Json& ids = run.input("ResourceIds");
  const Json& tags = run.input("Tags");
  if (type.empty() || type == "EC2") {
    ASK(Json response, run.call("ec2", "CreateTags", {{"Resources", ids}, {"Tags", tags}}));
    return Outcome::success(std::move(response));
  }
  if (type != "ManagedInstance" && type != "MaintenanceWindow" && type != "Parameter") {
    return failed(FailureStage::input_validation,
                  fmt::format("ResourceType '{}' is none of EC2, ManagedInstance, MaintenanceWindow, Parameter", type));
  }
  for (const Json& id : ids) {
    ASK([[maybe_unused]] Json response,
        run.call("ssm", "AddTagsToResource", {{"ResourceType", type}, {"ResourceId", id}, {"Tags", tags}}));
  }
  return Outcome::success(Json());
}

}  // namespace setpoint::runbook
