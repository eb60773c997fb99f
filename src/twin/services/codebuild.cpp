// CodeBuild projects. Source: CodeBuild API reference. Nothing is built.
#include <algorithm>

#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kProject{.type = "AWS::CodeBuild::Project",
                        .id = "name",
                        .missing = "ResourceNotFoundException",
                        .message = "Project cannot be found: {}",
                        .exists = "ResourceAlreadyExistsException",
                        .exists_message = "Project already exists: {}"};
constexpr std::initializer_list<const char*> kSettings = {"description",
                                                          "source",
                                                          "secondarySources",
                                                          "sourceVersion",
                                                          "secondarySourceVersions",
                                                          "artifacts",
                                                          "secondaryArtifacts",
                                                          "cache",
                                                          "environment",
                                                          "serviceRole",
                                                          "timeoutInMinutes",
                                                          "queuedTimeoutInMinutes",
                                                          "encryptionKey",
                                                          "vpcConfig",
                                                          "logsConfig",
                                                          "fileSystemLocations",
                                                          "buildBatchConfig",
                                                          "concurrentBuildLimit"};

Json project_view(const Json& project) {
  Json view = without(project, {"Tags"});
  view["tags"] = tags_as_lower_list(base::member(project, "Tags"));
  return view;
}

Check check_project(const Json& project) {
  for (const char* name : {"source", "artifacts", "environment"}) {
    if (!base::member(project, name).is_object())
      return AwsError{"InvalidInputException", fmt::format("Invalid project {}: it is required", name), 400, {}};
  }
  std::int64_t minutes = project.value("timeoutInMinutes", std::int64_t{60});
  if (minutes < 5 || minutes > 2160)
    return AwsError{"InvalidInputException", "Invalid timeout: it must be between 5 and 2160 minutes", 400, {}};
  return {};
}

Answer create_project(Request& request) {
  std::string name = request.text("name");
  Json project = {{"name", name},
                  {"arn", request.arn("codebuild", "project/" + name)},
                  {"created", request.now()},
                  {"lastModified", request.now()},
                  {"timeoutInMinutes", 60},
                  {"queuedTimeoutInMinutes", 480},
                  {"encryptionKey", request.arn("kms", "alias/aws/s3")},
                  {"cache", {{"type", "NO_CACHE"}}},
                  {"badge", {{"badgeEnabled", request.flag("badgeEnabled")}}},
                  {"projectVisibility", "PRIVATE"},
                  {"Tags", sorted_tags(request.parameter("tags"))}};
  overlay(project, request, kSettings);
  if (Check wrong = check_project(project)) return tl::unexpected(*wrong);
  Answer made = make(request, kProject, std::move(project));
  return made ? Answer(Json{{"project", project_view(*made)}}) : made;
}

Answer update_project(Request& request) {
  Answer project = change_named(request, kProject, [&](Json& document) {
    overlay(document, request, kSettings);
    if (request.has("tags")) document["Tags"] = sorted_tags(request.parameter("tags"));
    if (request.has("badgeEnabled")) document["badge"] = {{"badgeEnabled", request.flag("badgeEnabled")}};
    document["lastModified"] = request.now();
    return check_project(document);
  });
  return project ? Answer(Json{{"project", project_view(*project)}}) : project;
}

Answer update_visibility(Request& request) {
  for (Json project : all_of(request, kProject)) {
    if (project.value("arn", "") != request.text("projectArn")) continue;
    project["projectVisibility"] = request.text("projectVisibility");
    keep(request, kProject, project);
    return Json{{"projectArn", project["arn"]}, {"projectVisibility", project["projectVisibility"]}};
  }
  return tl::unexpected(missing(kProject, request.text("projectArn")));
}

// By name or ARN; what is not there is told apart.
Answer batch_get(Request& request) {
  Json found = Json::array(), lost = Json::array();
  for (const Json& wanted : request.parameter("names")) {
    std::string name = wanted.get<std::string>();
    if (std::size_t at = name.find(":project/"); at != std::string::npos) name = name.substr(at + 9);
    Answer project = find_one(request, kProject, name);
    if (project)
      found.push_back(project_view(*project));
    else
      lost.push_back(wanted);
  }
  return Json{{"projects", found}, {"projectsNotFound", lost}};
}

Answer list_projects(Request& request) {
  std::vector<Json> names;
  for (const Json& project : all_of(request, kProject)) names.push_back(project["name"]);
  if (request.text("sortOrder") == "DESCENDING") std::reverse(names.begin(), names.end());
  return page(request, std::move(names), "projects",
              {.limit = "",
               .token_in = "nextToken",
               .token_out = "nextToken",
               .bad_token_code = "InvalidInputException",
               .limit_default = 100});
}

// Deleting what is not there is no mistake here.
Answer delete_project(Request& request) {
  request.state().erase(request.key(kProject.type, request.text("name")));
  return Json::object();
}

}  // namespace

std::vector<Operation> codebuild_operations() {
  return {
      {"codebuild", "CreateProject", Effect::write, create_project},
      {"codebuild", "UpdateProject", Effect::write, update_project},
      {"codebuild", "UpdateProjectVisibility", Effect::write, update_visibility},
      {"codebuild", "BatchGetProjects", Effect::read, batch_get},
      {"codebuild", "ListProjects", Effect::read, list_projects},
      {"codebuild", "DeleteProject", Effect::write, delete_project},
  };
}

}  // namespace setpoint::twin::services
