// Auto Scaling groups and launch configurations: their settings, which instances they hold, what is suspended. Source:
// Amazon EC2 Auto Scaling API reference. No instance is started or ended for a group: where its desired capacity and
// its instances differ, the rehearsal is told so.
#include <algorithm>

#include "twin/services/describe.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kGroup{
    .type = "AWS::AutoScaling::AutoScalingGroup",
    .id = "AutoScalingGroupName",
    .missing = "ValidationError",
    .message = "AutoScalingGroup name not found - AutoScalingGroup '{}' not found",
    .exists = "AlreadyExists",
    .exists_message = "AutoScalingGroup by this name already exists - A group with the name {} already exists"};
constexpr Kind kLaunch{
    .type = "AWS::AutoScaling::LaunchConfiguration",
    .id = "LaunchConfigurationName",
    .missing = "ValidationError",
    .message = "Launch configuration name not found - Launch configuration {} not found",
    .exists = "AlreadyExists",
    .exists_message =
        "Launch Configuration by this name already exists - A launch configuration already exists with the name {}"};

AwsError invalid(std::string message) { return {"ValidationError", std::move(message), 400, Json::object()}; }

// --- Groups

constexpr const char* kSettings[] = {"MinSize",
                                     "MaxSize",
                                     "DesiredCapacity",
                                     "DefaultCooldown",
                                     "AvailabilityZones",
                                     "LoadBalancerNames",
                                     "TargetGroupARNs",
                                     "HealthCheckType",
                                     "HealthCheckGracePeriod",
                                     "PlacementGroup",
                                     "VPCZoneIdentifier",
                                     "TerminationPolicies",
                                     "NewInstancesProtectedFromScaleIn",
                                     "CapacityRebalance",
                                     "MaxInstanceLifetime",
                                     "ServiceLinkedRoleARN",
                                     "LaunchTemplate",
                                     "MixedInstancesPolicy",
                                     "LaunchConfigurationName"};

// A group starts its instances from one thing only: naming another takes the place of what was.
void overlay_settings(const Request& request, Json& group) {
  for (const char* source : {"LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName"}) {
    if (!request.has(source)) continue;
    for (const char* other : {"LaunchTemplate", "MixedInstancesPolicy", "LaunchConfigurationName"}) group.erase(other);
  }
  for (const char* name : kSettings) overlay(group, request, {name});
}

Check check_group(Request& request, Json& group) {
  std::int64_t least = group.value("MinSize", std::int64_t{0}), most = group.value("MaxSize", std::int64_t{0});
  if (least < 0 || most < least) return invalid("Max bound must be greater than or equal to min bound");
  if (!request.has("DesiredCapacity"))
    group["DesiredCapacity"] = std::clamp(group.value("DesiredCapacity", least), least, most);
  std::int64_t desired = group["DesiredCapacity"].get<std::int64_t>();
  if (desired < least || desired > most)
    return invalid(fmt::format("Desired capacity:{} must be between the specified min size:{} and max size:{}", desired,
                               least, most));
  if (std::string launch = group.value("LaunchConfigurationName", ""); !launch.empty()) {
    if (Answer found = find_one(request, kLaunch, launch); !found) return found.error();
  }
  static constexpr std::string_view kChecks[] = {"EC2", "ELB", "EC2,ELB", "ELB,EC2", "VPC_LATTICE", "EBS"};
  std::string check = group.value("HealthCheckType", "EC2");
  if (std::find(std::begin(kChecks), std::end(kChecks), check) == std::end(kChecks))
    return invalid(fmt::format("Invalid Health Check Type {}", check));
  return {};
}

// Which tags new instances get stands beside the tags, that these have the form they have everywhere.
void set_propagated(Json& group, const std::string& key, bool propagated) {
  Json& keys = group["Propagated"];
  if (!keys.is_object()) keys = Json::object();
  keys.erase(key);
  if (propagated) keys[key] = true;
}

void note_capacity(Request& request, const Json& group) {
  if (group.value("DesiredCapacity", std::size_t{0}) == group["Instances"].size()) return;
  request.note_unmodelled("the instances that " + group.value("AutoScalingGroupName", "") +
                          " starts or ends to reach its desired capacity");
}

Answer create_group(Request& request) {
  std::string name = request.text("AutoScalingGroupName");
  bool starts = request.has("LaunchTemplate") || request.has("MixedInstancesPolicy") ||
                request.has("LaunchConfigurationName") || request.has("InstanceId");
  if (!starts)
    return tl::unexpected(
        invalid("Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
                "MixedInstancesPolicy parameter."));
  Json group = {
      {"AutoScalingGroupName", name},
      {"AutoScalingGroupARN", request.arn("autoscaling", fmt::format("autoScalingGroup:{}:autoScalingGroupName/{}",
                                                                     request.state().next_id("", 32), name))},
      {"CreatedTime", request.now()},
      {"DesiredCapacity", request.integer("MinSize", 0)},
      {"Tags", sorted_tags(request.parameter("Tags"))}};
  for (const Json& tag : request.parameter("Tags"))
    set_propagated(group, base::string_member(tag, "Key"), base::member(tag, "PropagateAtLaunch") != Json(false));
  overlay_settings(request, group);
  if (Check wrong = check_group(request, group)) return tl::unexpected(*wrong);
  Answer made = make(request, kGroup, std::move(group));
  if (!made) return made;
  note_capacity(request, *made);
  return Json::object();
}

Answer update_group(Request& request) {
  Answer done = change_named(request, kGroup, [&](Json& group) {
    overlay_settings(request, group);
    return check_group(request, group);
  });
  if (!done) return done;
  if (request.has("MinSize") || request.has("MaxSize") || request.has("DesiredCapacity")) note_capacity(request, *done);
  return Json::object();
}

Answer delete_group(Request& request) {
  Answer group = find_named(request, kGroup);
  if (!group) return group;
  if (!(*group)["Instances"].empty() && !request.flag("ForceDelete"))
    return error("ResourceInUse",
                 "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                 "still in the group.");
  drop(request, kGroup, *group);
  return Json::object();
}

Json tags_of_group(const Json& group) {
  Json tags = Json::array();
  for (const Json& tag : base::member(group, "Tags")) {
    std::string key = base::string_member(tag, "Key");
    tags.push_back({{"Key", key},
                    {"Value", base::string_member(tag, "Value")},
                    {"ResourceId", group["AutoScalingGroupName"]},
                    {"ResourceType", "auto-scaling-group"},
                    {"PropagateAtLaunch", base::member(group, "Propagated").contains(key)}});
  }
  return tags;
}

Json group_view(const Json& group) {
  Json view = without(group, {"Propagated"});
  view["Tags"] = tags_of_group(group);
  return view;
}

constexpr PageNames kPages{.limit = "MaxRecords", .limit_default = 50, .limit_max = 100};
constexpr FilterField kGroupFilters[] = {{"auto-scaling-group-name", "AutoScalingGroupName"}};

// Names of no group are passed over: the list is only shorter.
Answer list_named(Request& request, const Kind& kind, const char* names, const char* list, Json (*view)(const Json&)) {
  std::vector<Json> found;
  const Json& wanted = request.parameter(names);
  for (const Json& document : all_of(request, kind)) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), document[kind.id]) != wanted.end())
      found.push_back(view(document));
  }
  std::vector<FilterField> fields(std::begin(kGroupFilters), std::end(kGroupFilters));
  if (Check wrong = keep_matching(found, request.parameter("Filters"), fields)) return tl::unexpected(*wrong);
  return page(request, std::move(found), list, kPages);
}

Answer describe_groups(Request& request) {
  return list_named(request, kGroup, "AutoScalingGroupNames", "AutoScalingGroups", group_view);
}

// --- Launch configurations

// AWS gives these as empty text where none was asked for.
Json launch_view(const Json& launch) {
  Json view = {{"KernelId", ""}, {"RamdiskId", ""}, {"UserData", ""}};
  view.update(launch);
  return view;
}

Answer describe_launches(Request& request) {
  return list_named(request, kLaunch, "LaunchConfigurationNames", "LaunchConfigurations", launch_view);
}

Answer create_launch(Request& request) {
  std::string name = request.text("LaunchConfigurationName");
  if (!request.has("InstanceId") && (!request.has("ImageId") || !request.has("InstanceType")))
    return tl::unexpected(
        invalid("Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType "
                "parameters."));
  Json launch = {{"LaunchConfigurationName", name},
                 {"LaunchConfigurationARN",
                  request.arn("autoscaling", fmt::format("launchConfiguration:{}:launchConfigurationName/{}",
                                                         request.state().next_id("", 32), name))},
                 {"CreatedTime", request.now()}};
  overlay(launch, request,
          {"ImageId", "KeyName", "SecurityGroups", "UserData", "InstanceType", "KernelId", "RamdiskId",
           "BlockDeviceMappings", "InstanceMonitoring", "SpotPrice", "IamInstanceProfile", "EbsOptimized",
           "AssociatePublicIpAddress", "PlacementTenancy", "MetadataOptions"});
  Answer made = make(request, kLaunch, std::move(launch));
  return made ? Answer(Json::object()) : made;
}

Answer delete_launch(Request& request) {
  Answer launch = find_named(request, kLaunch);
  if (!launch) return launch;
  for (const Json& group : all_of(request, kGroup)) {
    if (group.value("LaunchConfigurationName", "") == request.text("LaunchConfigurationName"))
      return error("ResourceInUse",
                   fmt::format("Cannot delete launch configuration {} because it is attached to AutoScalingGroup {}",
                               request.text("LaunchConfigurationName"), group.value("AutoScalingGroupName", "")));
  }
  drop(request, kLaunch, *launch);
  return Json::object();
}

// --- Processes and instances

constexpr const char* kProcesses[] = {"AZRebalance",      "AddToLoadBalancer", "AlarmNotification",
                                      "HealthCheck",      "InstanceRefresh",   "Launch",
                                      "ReplaceUnhealthy", "ScheduledActions",  "Terminate"};

Answer set_suspended(Request& request, bool suspended) {
  Json wanted = request.parameter("ScalingProcesses");
  if (wanted.empty()) wanted = Json(kProcesses);
  Answer done = change_named(request, kGroup, [&](Json& group) -> Check {
    Json kept = Json::array();
    for (const Json& entry : base::member(group, "SuspendedProcesses")) {
      if (std::find(wanted.begin(), wanted.end(), base::member(entry, "ProcessName")) == wanted.end())
        kept.push_back(entry);
    }
    for (const Json& name : wanted) {
      if (std::find(std::begin(kProcesses), std::end(kProcesses), name.get<std::string>()) == std::end(kProcesses))
        return invalid(fmt::format("Unknown process type: {}", name.get<std::string>()));
      if (suspended) kept.push_back({{"ProcessName", name}, {"SuspensionReason", "User suspended"}});
    }
    std::sort(kept.begin(), kept.end());
    group["SuspendedProcesses"] = kept;
    return {};
  });
  return done ? Answer(Json::object()) : done;
}

Answer suspend_processes(Request& request) { return set_suspended(request, true); }
Answer resume_processes(Request& request) { return set_suspended(request, false); }

Answer set_desired(Request& request) {
  Answer done = change_named(request, kGroup, [&](Json& group) {
    group["DesiredCapacity"] = request.parameter("DesiredCapacity");
    return check_group(request, group);
  });
  if (!done) return done;
  note_capacity(request, *done);
  return Json::object();
}

Json activity(Request& request, const std::string& group, const std::string& what) {
  return {{"ActivityId", request.state().next_id("", 32)},
          {"AutoScalingGroupName", group},
          {"Description", what},
          {"Cause", fmt::format("At {} {} in response to a user request.", request.now(), what)},
          {"StartTime", request.now()},
          {"StatusCode", "InProgress"},
          {"Progress", 50}};
}

Check take_instance(Json& group, const Json& id, bool decrement) {
  Json& instances = group["Instances"];
  auto found = std::find_if(instances.begin(), instances.end(),
                            [&](const Json& instance) { return base::member(instance, "InstanceId") == id; });
  if (found == instances.end())
    return invalid(fmt::format("The instance {} is not part of Auto Scaling group {}.", id.get<std::string>(),
                               group.value("AutoScalingGroupName", "")));
  instances.erase(found);
  if (!decrement) return {};
  std::int64_t desired = group.value("DesiredCapacity", std::int64_t{0}) - 1;
  if (desired < group.value("MinSize", std::int64_t{0}))
    return invalid(fmt::format(
        "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To detach with "
        "ShouldDecrementDesiredCapacity, its desired capacity would fall below the minimum.",
        group.value("AutoScalingGroupName", ""), group.value("MinSize", 0), group.value("MaxSize", 0), desired + 1));
  group["DesiredCapacity"] = desired;
  return {};
}

Answer detach_instances(Request& request) {
  Json activities = Json::array();
  bool decrement = request.flag("ShouldDecrementDesiredCapacity");
  Answer done = change_named(request, kGroup, [&](Json& group) -> Check {
    for (const Json& id : request.parameter("InstanceIds")) {
      if (Check wrong = take_instance(group, id, decrement)) return wrong;
      activities.push_back(activity(request, group.value("AutoScalingGroupName", ""),
                                    "Detaching EC2 instance: " + id.get<std::string>()));
    }
    return {};
  });
  if (!done) return done;
  note_capacity(request, *done);
  return Json{{"Activities", activities}};
}

Answer describe_instances(Request& request) {
  std::vector<Json> found;
  const Json& wanted = request.parameter("InstanceIds");
  for (const Json& group : all_of(request, kGroup)) {
    for (Json instance : base::member(group, "Instances")) {
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), instance["InstanceId"]) == wanted.end()) continue;
      instance["AutoScalingGroupName"] = group["AutoScalingGroupName"];
      found.push_back(std::move(instance));
    }
  }
  return page(request, std::move(found), "AutoScalingInstances", kPages);
}

// --- Tags: each names its group

Answer change_tags(Request& request, bool add) {
  for (const Json& tag : request.parameter("Tags")) {
    Answer group = find_one(request, kGroup, base::string_member(tag, "ResourceId"));
    if (!group) return group;
    std::string key = base::string_member(tag, "Key");
    if (add)
      merge_tags(*group, Json::array({tag}));
    else
      remove_tags(*group, Json::array({key}));
    set_propagated(*group, key, add && base::member(tag, "PropagateAtLaunch") != Json(false));
    keep(request, kGroup, std::move(*group));
  }
  return Json::object();
}

Answer create_tags(Request& request) { return change_tags(request, true); }
Answer delete_tags(Request& request) { return change_tags(request, false); }

Answer describe_tags(Request& request) {
  std::vector<Json> found;
  for (const Json& group : all_of(request, kGroup)) {
    for (const Json& tag : tags_of_group(group)) found.push_back(tag);
  }
  if (Check wrong = keep_matching(found, request.parameter("Filters"),
                                  {{"auto-scaling-group", "ResourceId"}, {"key", "Key"}, {"value", "Value"}}))
    return tl::unexpected(*wrong);
  return page(request, std::move(found), "Tags", kPages);
}

}  // namespace

std::vector<Operation> autoscaling_operations() {
  return {
      {"autoscaling", "CreateAutoScalingGroup", Effect::write, create_group},
      {"autoscaling", "DescribeAutoScalingGroups", Effect::read, describe_groups},
      {"autoscaling", "UpdateAutoScalingGroup", Effect::write, update_group},
      {"autoscaling", "DeleteAutoScalingGroup", Effect::write, delete_group},
      {"autoscaling", "CreateLaunchConfiguration", Effect::write, create_launch},
      {"autoscaling", "DescribeLaunchConfigurations", Effect::read, describe_launches},
      {"autoscaling", "DeleteLaunchConfiguration", Effect::write, delete_launch},
      {"autoscaling", "SuspendProcesses", Effect::write, suspend_processes},
      {"autoscaling", "ResumeProcesses", Effect::write, resume_processes},
      {"autoscaling", "SetDesiredCapacity", Effect::write, set_desired},
      {"autoscaling", "DetachInstances", Effect::write, detach_instances},
      {"autoscaling", "DescribeAutoScalingInstances", Effect::read, describe_instances},
      {"autoscaling", "CreateOrUpdateTags", Effect::write, create_tags},
      {"autoscaling", "DeleteTags", Effect::write, delete_tags},
      {"autoscaling", "DescribeTags", Effect::read, describe_tags},
  };
}

}  // namespace setpoint::twin::services
