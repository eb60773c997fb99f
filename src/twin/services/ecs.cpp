// ECS task definitions, clusters and services, as far as their settings go. Source: ECS API reference. No task runs: a
// service has as many as it wants.
#include <algorithm>
#include <charconv>

#include "twin/services/arns.h"
#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kTask{.type = "AWS::ECS::TaskDefinition",
                     .id = "taskDefinitionArn",
                     .missing = "ClientException",
                     .message = "Unable to describe task definition {}."};
constexpr Kind kCluster{.type = "AWS::ECS::Cluster",
                        .id = "clusterArn",
                        .missing = "ClusterNotFoundException",
                        .message = "Cluster not found."};
constexpr Kind kService{.type = "AWS::ECS::Service",
                        .id = "serviceArn",
                        .missing = "ServiceNotFoundException",
                        .message = "Service not found."};
constexpr PageNames kPages{.limit = "maxResults",
                           .token_in = "nextToken",
                           .token_out = "nextToken",
                           .bad_token_code = "InvalidParameterException",
                           .limit_default = 100,
                           .limit_max = 100};

AwsError invalid(std::string message) { return {"ClientException", std::move(message), 400, Json::object()}; }

// --- Task definitions: family:revision; the family alone is its newest active one

struct Revision {
  std::string family;
  std::int64_t number = 0;  // 0 = the newest active
};

Revision revision_of(std::string name) {
  if (std::size_t at = name.find(":task-definition/"); at != std::string::npos) name = name.substr(at + 17);
  Revision out{name.substr(0, name.find(':')), 0};
  if (std::size_t colon = name.find(':'); colon != std::string::npos)
    std::from_chars(name.data() + colon + 1, name.data() + name.size(), out.number);
  return out;
}

Answer task_of(Request& request, const std::string& name) {
  Revision wanted = revision_of(name);
  Answer found = tl::unexpected(missing(kTask, name));
  std::int64_t newest = 0;
  for (const Json& task : all_of(request, kTask)) {
    std::int64_t number = task.value("revision", std::int64_t{0});
    if (task.value("family", "") != wanted.family) continue;
    bool fits = wanted.number != 0 ? number == wanted.number : task.value("status", "") == "ACTIVE" && number > newest;
    if (fits) found = task;
    if (fits) newest = number;
  }
  return found;
}

Json task_view(const Json& task) { return without(task, {"Tags"}); }

Check check_task(const Request& request) {
  if (request.parameter("containerDefinitions").empty()) return invalid("Container list cannot be empty.");
  for (const Json& container : request.parameter("containerDefinitions")) {
    if (base::string_member(container, "name").empty()) return invalid("Container.name must not be empty.");
    if (base::string_member(container, "image").empty()) return invalid("Container.image must not be empty.");
  }
  const Json& needs = request.parameter("requiresCompatibilities");
  bool fargate = std::find(needs.begin(), needs.end(), Json("FARGATE")) != needs.end();
  if (fargate && request.text("networkMode") != "awsvpc")
    return invalid("Fargate only supports network mode 'awsvpc'.");
  if (fargate && (!request.has("cpu") || !request.has("memory")))
    return invalid("Fargate requires that 'cpu' and 'memory' be defined at the task level.");
  return {};
}

Answer register_task(Request& request) {
  if (Check wrong = check_task(request)) return tl::unexpected(*wrong);
  std::string family = request.text("family");
  std::int64_t revision = 1;
  for (const Json& task : all_of(request, kTask)) {
    if (task.value("family", "") == family) revision = std::max(revision, task.value("revision", std::int64_t{0}) + 1);
  }
  Json task = {{"taskDefinitionArn", request.arn("ecs", fmt::format("task-definition/{}:{}", family, revision))},
               {"family", family},
               {"revision", revision},
               {"status", "ACTIVE"},
               {"volumes", Json::array()},
               {"placementConstraints", Json::array()},
               {"compatibilities", Json::array({"EC2"})},
               {"registeredAt", request.now()},
               {"registeredBy", request.caller().arn},
               {"Tags", sorted_tags(request.parameter("tags"))}};
  overlay(task, request,
          {"containerDefinitions", "taskRoleArn", "executionRoleArn", "networkMode", "volumes", "placementConstraints",
           "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration",
           "inferenceAccelerators", "ephemeralStorage", "runtimePlatform"});
  Answer made = make(request, kTask, std::move(task));
  if (!made) return made;
  return Json{{"taskDefinition", task_view(*made)}, {"tags", tags_as_lower_list(base::member(*made, "Tags"))}};
}

Answer describe_task(Request& request) {
  Answer task = task_of(request, request.text("taskDefinition"));
  if (!task) return task;
  Json out = {{"taskDefinition", task_view(*task)}};
  const Json& include = request.parameter("include");
  if (std::find(include.begin(), include.end(), Json("TAGS")) != include.end())
    out["tags"] = tags_as_lower_list(base::member(*task, "Tags"));
  return out;
}

Answer deregister_task(Request& request) {
  std::string name = request.text("taskDefinition");
  if (revision_of(name).number == 0) return error("InvalidParameterException", "Task definition must have a revision.");
  Answer task = task_of(request, name);
  if (!task) return error("ClientException", "The specified task definition does not exist.");
  (*task)["status"] = "INACTIVE";
  (*task)["deregisteredAt"] = request.now();
  keep(request, kTask, *task);
  return Json{{"taskDefinition", task_view(*task)}};
}

Answer list_tasks(Request& request) {
  std::string status = request.has("status") ? request.text("status") : "ACTIVE";
  std::vector<Json> arns;
  for (const Json& task : all_of(request, kTask)) {
    bool fits =
        task.value("status", "") == status && task.value("family", "").starts_with(request.text("familyPrefix"));
    if (fits) arns.push_back(task["taskDefinitionArn"]);
  }
  if (request.text("sort") == "DESC") std::reverse(arns.begin(), arns.end());
  return page(request, std::move(arns), "taskDefinitionArns", kPages);
}

// --- Clusters

std::string cluster_arn(const Request& request, std::string name) {
  if (name.starts_with("arn:")) return name;
  return request.arn("ecs", "cluster/" + (name.empty() ? std::string("default") : name));
}

Answer cluster_of(Request& request) {
  return find_one(request, kCluster, cluster_arn(request, request.text("cluster")));
}

Json cluster_view(const Json& cluster) {
  Json view = without(cluster, {"Tags"});
  view["tags"] = tags_as_lower_list(base::member(cluster, "Tags"));
  return view;
}

Json merged_settings(const Json& present, const Json& given) {
  std::map<std::string, Json> by_name;
  for (const Json* list : {&present, &given}) {
    for (const Json& setting : *list) by_name[base::string_member(setting, "name")] = setting;
  }
  Json out = Json::array();
  for (const auto& [name, setting] : by_name) out.push_back(setting);
  return out;
}

Json standard_settings() { return Json::array({{{"name", "containerInsights"}, {"value", "disabled"}}}); }

// Creating what is there already gives what is there.
Answer create_cluster(Request& request) {
  std::string name = request.has("clusterName") ? request.text("clusterName") : "default",
              arn = cluster_arn(request, name);
  if (Answer there = find_one(request, kCluster, arn)) return Json{{"cluster", cluster_view(*there)}};
  Json cluster = {{"clusterArn", arn},
                  {"clusterName", name},
                  {"settings", merged_settings(standard_settings(), request.parameter("settings"))},
                  {"Tags", sorted_tags(request.parameter("tags"))}};
  overlay(cluster, request, {"configuration", "capacityProviders", "defaultCapacityProviderStrategy"});
  Answer made = make(request, kCluster, std::move(cluster));
  return made ? Answer(Json{{"cluster", cluster_view(*made)}}) : made;
}

Answer describe_clusters(Request& request) {
  Json names = request.parameter("clusters"), found = Json::array(), failures = Json::array();
  if (names.empty()) names = Json::array({"default"});
  for (const Json& name : names) {
    std::string arn = cluster_arn(request, name.get<std::string>());
    if (Answer cluster = find_one(request, kCluster, arn))
      found.push_back(cluster_view(*cluster));
    else
      failures.push_back({{"arn", arn}, {"reason", "MISSING"}});
  }
  return Json{{"clusters", found}, {"failures", failures}};
}

Answer list_clusters(Request& request) {
  std::vector<Json> arns;
  for (const Json& cluster : all_of(request, kCluster)) arns.push_back(cluster["clusterArn"]);
  return page(request, std::move(arns), "clusterArns", kPages);
}

Answer update_cluster(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  (*cluster)["settings"] = merged_settings(base::member(*cluster, "settings"), request.parameter("settings"));
  overlay(*cluster, request, {"configuration"});
  keep(request, kCluster, *cluster);
  return Json{{"cluster", cluster_view(*cluster)}};
}

std::vector<Json> services_of(Request& request, const Json& cluster) {
  std::vector<Json> found = all_of(request, kService);
  std::erase_if(found,
                [&](const Json& service) { return base::member(service, "clusterArn") != cluster["clusterArn"]; });
  return found;
}

Answer delete_cluster(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  if (!services_of(request, *cluster).empty())
    return error("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
  drop(request, kCluster, *cluster);
  (*cluster)["status"] = "INACTIVE";
  return Json{{"cluster", cluster_view(*cluster)}};
}

// --- Services

Json service_view(const Json& service) {
  Json view = without(service, {"Tags"});
  view["tags"] = tags_as_lower_list(base::member(service, "Tags"));
  view["runningCount"] = service.value("desiredCount", std::int64_t{0});
  view["pendingCount"] = 0;
  return view;
}

std::string service_arn(const Request& request, const Json& cluster, const std::string& name) {
  return name.starts_with("arn:")
             ? name
             : request.arn("ecs", fmt::format("service/{}/{}", cluster.value("clusterName", ""), name));
}

Check overlay_service(Request& request, Json& service) {
  overlay(service, request,
          {"desiredCount", "launchType", "platformVersion", "networkConfiguration", "loadBalancers", "role",
           "capacityProviderStrategy", "deploymentConfiguration", "healthCheckGracePeriodSeconds",
           "enableExecuteCommand", "schedulingStrategy", "propagateTags", "serviceRegistries"});
  if (!request.has("taskDefinition")) return {};
  Answer task = task_of(request, request.text("taskDefinition"));
  if (!task) return AwsError{"ClientException", "TaskDefinition not found.", 400, {}};
  if ((*task)["status"] != "ACTIVE") return AwsError{"ClientException", "TaskDefinition is inactive", 400, {}};
  service["taskDefinition"] = (*task)["taskDefinitionArn"];
  return {};
}

Answer create_service(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  std::string name = request.text("serviceName"), arn = service_arn(request, *cluster, name);
  if (find_one(request, kService, arn))
    return error("InvalidParameterException", "Creation of service was not idempotent.");
  Json service = {{"serviceArn", arn},
                  {"serviceName", name},
                  {"clusterArn", (*cluster)["clusterArn"]},
                  {"desiredCount", 0},
                  {"launchType", "EC2"},
                  {"createdAt", request.now()},
                  {"createdBy", request.caller().arn},
                  {"Tags", sorted_tags(request.parameter("tags"))}};
  if (Check wrong = overlay_service(request, service)) return tl::unexpected(*wrong);
  if (service["launchType"] == "FARGATE" && !service.contains("platformVersion")) service["platformVersion"] = "LATEST";
  Answer made = make(request, kService, std::move(service));
  return made ? Answer(Json{{"service", service_view(*made)}}) : made;
}

Answer describe_services(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  Json found = Json::array(), failures = Json::array();
  for (const Json& name : request.parameter("services")) {
    std::string arn = service_arn(request, *cluster, name.get<std::string>());
    if (Answer service = find_one(request, kService, arn))
      found.push_back(service_view(*service));
    else
      failures.push_back({{"arn", arn}, {"reason", "MISSING"}});
  }
  return Json{{"services", found}, {"failures", failures}};
}

Answer list_services(Request& request) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  std::vector<Json> arns;
  for (const Json& service : services_of(request, *cluster)) arns.push_back(service["serviceArn"]);
  return page(request, std::move(arns), "serviceArns", kPages);
}

Answer change_service(Request& request, const std::function<Check(Json&)>& change) {
  Answer cluster = cluster_of(request);
  if (!cluster) return cluster;
  Answer service = find_one(request, kService, service_arn(request, *cluster, request.text("service")));
  if (!service) return service;
  if (Check wrong = change(*service)) return tl::unexpected(*wrong);
  keep(request, kService, *service);
  return Json{{"service", service_view(*service)}};
}

Answer update_service(Request& request) {
  return change_service(request, [&](Json& service) { return overlay_service(request, service); });
}

Answer delete_service(Request& request) {
  Answer shown = change_service(request, [&](Json& service) -> Check {
    bool busy = service.value("desiredCount", std::int64_t{0}) > 0 && !request.flag("force");
    if (busy)
      return AwsError{
          "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.", 400, {}};
    service["status"] = "INACTIVE";
    return {};
  });
  if (shown) request.state().erase(request.key(kService.type, (*shown)["service"]["serviceArn"].get<std::string>()));
  return shown;
}

constexpr TagForm kTags{.resource = "resourceArn",
                        .tags = "tags",
                        .keys = "tagKeys",
                        .shape = TagShape::lower_list,
                        .missing = "InvalidParameterException"};

}  // namespace

std::vector<Operation> ecs_operations() {
  return {
      {"ecs", "RegisterTaskDefinition", Effect::write, register_task},
      {"ecs", "DescribeTaskDefinition", Effect::read, describe_task},
      {"ecs", "DeregisterTaskDefinition", Effect::write, deregister_task},
      {"ecs", "ListTaskDefinitions", Effect::read, list_tasks},
      {"ecs", "CreateCluster", Effect::write, create_cluster},
      {"ecs", "DescribeClusters", Effect::read, describe_clusters},
      {"ecs", "ListClusters", Effect::read, list_clusters},
      {"ecs", "UpdateCluster", Effect::write, update_cluster},
      {"ecs", "UpdateClusterSettings", Effect::write, update_cluster},
      {"ecs", "DeleteCluster", Effect::write, delete_cluster},
      {"ecs", "CreateService", Effect::write, create_service},
      {"ecs", "DescribeServices", Effect::read, describe_services},
      {"ecs", "ListServices", Effect::read, list_services},
      {"ecs", "UpdateService", Effect::write, update_service},
      {"ecs", "DeleteService", Effect::write, delete_service},
      {"ecs", "TagResource", Effect::write, tag<kTags>},
      {"ecs", "UntagResource", Effect::write, untag<kTags>},
      {"ecs", "ListTagsForResource", Effect::read, list_tags<kTags>},
  };
}

}  // namespace setpoint::twin::services
