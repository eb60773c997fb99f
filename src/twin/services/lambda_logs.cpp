// Lambda functions and their policies; CloudWatch Logs groups, filters and events. Source: Lambda and CloudWatch Logs
// API references.
#include <algorithm>

#include "base/digest.h"
#include "twin/resource_types.h"
#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kFunction = "AWS::Lambda::Function";
constexpr const char* kGroup = "AWS::Logs::LogGroup";
constexpr const char* kStream = "AWS::Logs::LogStream";

// --- Lambda

AwsError no_function(const std::string& arn) {
  return {"ResourceNotFoundException", fmt::format("Function not found: {}", arn), 404, {{"Type", "User"}}};
}

Answer function_of(Request& request, const char* parameter = "FunctionName") {
  std::string name = request.text(parameter);
  if (std::size_t at = name.find(":function:"); at != std::string::npos) name = name.substr(at + 10);
  name = name.substr(0, name.find(':'));
  const Json* found = request.find(kFunction, name);
  if (!found) return tl::unexpected(no_function(request.arn("lambda", "function:" + name)));
  return *found;
}

void keep(Request& request, Json function) {
  std::string name = function.value("FunctionName", "");
  request.put(kFunction, name, std::move(function));
}

Json configuration(const Json& function) { return without(function, {"Policy", "Tags", "Url", "Concurrency"}); }

constexpr Listing kFunctions{
    .type = kFunction,
    .list = "Functions",
    .view = configuration,
    .pages = {
        .limit = "MaxItems", .token_in = "Marker", .token_out = "NextMarker", .limit_default = 50, .limit_max = 50}};

Answer get_function(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  Json out = {{"Configuration", configuration(*function)}, {"Tags", tags_as_map(base::member(*function, "Tags"))}};
  if (function->contains("Concurrency"))
    out["Concurrency"] = {{"ReservedConcurrentExecutions", (*function)["Concurrency"]}};
  return out;
}

// The code itself is not kept: the twin runs none.
Answer create_function(Request& request) {
  std::string name = request.text("FunctionName");
  if (request.find(kFunction, name))
    return error("ResourceConflictException", fmt::format("Function already exist: {}", name), 409);
  // Its code runs nowhere here: any will do, but there must be some.
  if (!request.parameter("Code").is_object())
    return error("InvalidParameterValueException", "Please provide a source for function code.");
  if (request.text("Role").empty())
    return error("ValidationException",
                 "1 validation error detected: Value null at 'role' failed to satisfy "
                 "constraint: Member must not be null");
  Json members = {
      {"FunctionName", name}, {"LastModified", request.now()}, {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(members, request,
          {"Role", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig", "Environment", "Runtime",
           "DeadLetterConfig", "KMSKeyArn", "TracingConfig", "PackageType", "Architectures", "EphemeralStorage"});
  auto document = document_from_api(request.account(), request.region(), kFunction, std::move(members));
  if (!document) return error("InvalidParameterValueException", document.error().message);
  request.put(kFunction, name, document->second);
  Json out = configuration(document->second);
  out["State"] = "Pending";
  return out;
}

Answer create_url(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  if (function->contains("Url"))
    return error("ResourceConflictException", "Failed to create function url config as it already exists.", 409);
  Json url = {{"AuthType", request.text("AuthType")},
              {"CreationTime", request.now()},
              {"FunctionUrl",
               fmt::format("https://{}.lambda-url.{}.on.aws/", request.state().next_id("", 32), request.region())}};
  overlay(url, request, {"Cors", "InvokeMode"});
  (*function)["Url"] = url;
  url["FunctionArn"] = function->value("FunctionArn", "");
  keep(request, std::move(*function));
  return url;
}

Answer get_configuration(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  return configuration(*function);
}

Answer update_configuration(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  std::int64_t timeout = request.integer("Timeout", 3);
  if (timeout < 1 || timeout > 900)
    return error("InvalidParameterValueException", "Timeout must be between 1 and 900 seconds");
  overlay(*function, request,
          {"Role", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig", "Environment", "Runtime",
           "DeadLetterConfig", "KMSKeyArn", "TracingConfig", "Layers", "EphemeralStorage", "LoggingConfig"});
  (*function)["LastModified"] = request.now();
  Json out = configuration(*function);
  keep(request, std::move(*function));
  return out;
}

// The twin runs no code.
Answer invoke(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  std::string kind = request.has("InvocationType") ? request.text("InvocationType") : "RequestResponse";
  if (kind == "DryRun") return Json{{"StatusCode", 204}};
  request.parameter("Payload");  // goes into what is not modelled
  request.note_unmodelled("what the function " + function->value("FunctionName", "") + " does");
  if (kind == "Event") return Json{{"StatusCode", 202}};
  return Json{{"StatusCode", 200}, {"ExecutedVersion", "$LATEST"}, {"Payload", base::to_base64("null")}};
}

Answer delete_function(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  request.state().erase(request.key(kFunction, function->value("FunctionName", "")));
  return Json::object();
}

Json policy_object(const Json& policy) {
  if (!policy.is_string()) return policy;
  auto parsed = base::parse_json(policy.get<std::string>());
  return parsed ? *parsed : Json::object();
}

Answer get_policy(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  Json policy = policy_object(base::member(*function, "Policy"));
  if (base::member(policy, "Statement").empty())
    return error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  return Json{{"Policy", base::canonical(policy)}, {"RevisionId", "1"}};
}

Json::iterator statement_of(Json& policy, const std::string& sid) {
  return std::find_if(policy["Statement"].begin(), policy["Statement"].end(),
                      [&](const Json& statement) { return statement.value("Sid", "") == sid; });
}

Json permission_statement(const Request& request, const Json& function) {
  std::string principal = request.text("Principal");
  Json statement = {{"Sid", request.text("StatementId")},
                    {"Effect", "Allow"},
                    {"Action", request.text("Action")},
                    {"Resource", function.value("FunctionArn", "")}};
  bool service = principal.find(".amazonaws.com") != std::string::npos;
  if (principal == "*")
    statement["Principal"] = "*";
  else
    statement["Principal"] = {{service ? "Service" : "AWS", principal}};
  if (request.has("FunctionUrlAuthType"))
    statement["Condition"]["StringEquals"]["lambda:FunctionUrlAuthType"] = request.text("FunctionUrlAuthType");
  if (request.has("SourceArn")) statement["Condition"]["ArnLike"]["AWS:SourceArn"] = request.text("SourceArn");
  if (request.has("SourceAccount"))
    statement["Condition"]["StringEquals"]["AWS:SourceAccount"] = request.text("SourceAccount");
  if (request.has("PrincipalOrgID"))
    statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] = request.text("PrincipalOrgID");
  return statement;
}

Answer add_permission(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  Json policy = policy_object(base::member(*function, "Policy"));
  if (!policy.is_object() || policy.empty())
    policy = {{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", Json::array()}};
  std::string sid = request.text("StatementId");
  if (statement_of(policy, sid) != policy["Statement"].end())
    return error("ResourceConflictException",
                 fmt::format("The statement id ({}) provided already exists. Please provide a new statement id, or "
                             "remove the existing statement.",
                             sid),
                 409);
  Json statement = permission_statement(request, *function);
  policy["Statement"].push_back(statement);
  (*function)["Policy"] = base::canonical(policy);
  keep(request, std::move(*function));
  return Json{{"Statement", base::canonical(statement)}};
}

Answer remove_permission(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  Json policy = policy_object(base::member(*function, "Policy"));
  auto statement = policy.is_object() && policy.contains("Statement")
                       ? statement_of(policy, request.text("StatementId"))
                       : Json::iterator();
  if (!policy.is_object() || !policy.contains("Statement") || statement == policy["Statement"].end()) {
    return error("ResourceNotFoundException",
                 fmt::format("Statement {} is not found in resource policy.", request.text("StatementId")), 404);
  }
  policy["Statement"].erase(statement);
  if (policy["Statement"].empty())
    function->erase("Policy");
  else
    (*function)["Policy"] = base::canonical(policy);
  keep(request, std::move(*function));
  return Json::object();
}

Answer get_url(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  if (!function->contains("Url"))
    return error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  Json out = (*function)["Url"];
  out["FunctionArn"] = function->value("FunctionArn", "");
  return out;
}

Answer update_url(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  if (!function->contains("Url"))
    return error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  overlay((*function)["Url"], request, {"AuthType", "Cors", "InvokeMode"});
  keep(request, *function);
  return get_url(request);
}

Answer delete_url(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  if (function->erase("Url") == 0)
    return error("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  keep(request, std::move(*function));
  return Json::object();
}

Answer put_concurrency(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  (*function)["Concurrency"] = request.integer("ReservedConcurrentExecutions", 0);
  keep(request, *function);
  return Json{{"ReservedConcurrentExecutions", (*function)["Concurrency"]}};
}

Answer get_concurrency(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  return function->contains("Concurrency") ? Json{{"ReservedConcurrentExecutions", (*function)["Concurrency"]}}
                                           : Json::object();
}

Answer delete_concurrency(Request& request) {
  Answer function = function_of(request);
  if (!function) return function;
  function->erase("Concurrency");
  keep(request, std::move(*function));
  return Json::object();
}

constexpr TagForm kFunctionTags{.resource = "Resource", .shape = TagShape::map, .missing_status = 404};

// --- Logs

AwsError no_group() {
  return {"ResourceNotFoundException", "The specified log group does not exist.", 400, Json::object()};
}

Answer group_of(Request& request) {
  const Json* found = request.find(kGroup, request.text("logGroupName"));
  if (!found) return tl::unexpected(no_group());
  return *found;
}

Answer store_group(Request& request, Json group) {
  request.put(kGroup, request.text("logGroupName"), std::move(group));
  return Json::object();
}

Json group_view(const Json& group) { return without(group, {"MetricFilters", "Tags"}); }

bool valid_group_name(const std::string& name) {
  auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("._-/#").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 512 && std::all_of(name.begin(), name.end(), allowed);
}

Answer create_group(Request& request) {
  std::string name = request.text("logGroupName");
  if (!valid_group_name(name))
    return error("InvalidParameterException",
                 fmt::format("1 validation error detected: Value '{}' at 'logGroupName' failed to satisfy constraint: "
                             "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
                             name));
  if (request.find(kGroup, name))
    return error("ResourceAlreadyExistsException", "The specified log group already exists");
  Json group = {{"logGroupName", name},
                {"arn", request.arn("logs", "log-group:" + name + ":*")},
                {"creationTime", request.clock().now().ms},
                {"metricFilterCount", 0},
                {"storedBytes", 0},
                {"MetricFilters", Json::object()},
                {"Tags", sorted_tags(request.parameter("tags"))}};
  overlay(group, request, {"kmsKeyId"});
  return store_group(request, std::move(group));
}

Answer delete_group(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  request.state().erase(request.key(kGroup, request.text("logGroupName")));
  return Json::object();
}

constexpr PageNames kLogPages{.limit = "limit",
                              .token_in = "nextToken",
                              .token_out = "nextToken",
                              .bad_token_code = "InvalidParameterException",
                              .limit_default = 50,
                              .limit_max = 50};

Answer describe_groups(Request& request) {
  std::vector<Json> groups;
  request.each(kGroup, [&](const std::string& name, const Json& group) {
    if (name.starts_with(request.text("logGroupNamePrefix"))) groups.push_back(group_view(group));
  });
  return page(request, std::move(groups), "logGroups", kLogPages);
}

Answer put_retention(Request& request) {
  static constexpr std::int64_t kDays[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                           365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
  Answer group = group_of(request);
  if (!group) return group;
  std::int64_t days = request.integer("retentionInDays", 0);
  if (std::find(std::begin(kDays), std::end(kDays), days) == std::end(kDays))
    return error(
        "InvalidParameterException",
        fmt::format("1 validation error detected: Value '{}' at 'retentionInDays' failed to satisfy constraint", days));
  (*group)["retentionInDays"] = days;
  return store_group(request, *group);
}

Answer delete_retention(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  group->erase("retentionInDays");
  return store_group(request, *group);
}

Answer associate_key(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  (*group)["kmsKeyId"] = request.text("kmsKeyId");
  return store_group(request, *group);
}

Answer disassociate_key(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  group->erase("kmsKeyId");
  return store_group(request, *group);
}

Answer put_metric_filter(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  Json filter = pick(request, {"filterName", "filterPattern", "metricTransformations", "logGroupName"});
  const Json& before = base::member((*group)["MetricFilters"], request.text("filterName"));
  filter["creationTime"] = before.is_null() ? Json(request.clock().now().ms) : before["creationTime"];
  (*group)["MetricFilters"][request.text("filterName")] = filter;
  (*group)["metricFilterCount"] = (*group)["MetricFilters"].size();
  return store_group(request, *group);
}

Answer delete_metric_filter(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  if ((*group)["MetricFilters"].erase(request.text("filterName")) == 0)
    return error("ResourceNotFoundException", "The specified metric filter does not exist.");
  (*group)["metricFilterCount"] = (*group)["MetricFilters"].size();
  return store_group(request, *group);
}

Answer describe_metric_filters(Request& request) {
  std::vector<Json> filters;
  if (request.has("logGroupName") && !request.find(kGroup, request.text("logGroupName")))
    return tl::unexpected(no_group());
  request.each(kGroup, [&](const std::string& name, const Json& group) {
    if (request.has("logGroupName") && name != request.text("logGroupName")) return;
    for (const auto& [filter_name, filter] : base::member(group, "MetricFilters").items()) {
      if (filter_name.starts_with(request.text("filterNamePrefix"))) filters.push_back(filter);
    }
  });
  return page(request, std::move(filters), "metricFilters", kLogPages);
}

std::string stream_id(const Request& request) {
  return request.text("logGroupName") + ":" + request.text("logStreamName");
}

Answer create_stream(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  if (request.find(kStream, stream_id(request)))
    return error("ResourceAlreadyExistsException", "The specified log stream already exists");
  request.put(kStream, stream_id(request),
              {{"logStreamName", request.text("logStreamName")},
               {"creationTime", request.clock().now().ms},
               {"Events", Json::array()}});
  return Json::object();
}

Answer stream_of(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  const Json* stream = request.find(kStream, stream_id(request));
  if (!stream) return error("ResourceNotFoundException", "The specified log stream does not exist.");
  return *stream;
}

Answer describe_streams(Request& request) {
  Answer group = group_of(request);
  if (!group) return group;
  std::vector<Json> streams;
  std::string prefix = request.text("logGroupName") + ":" + request.text("logStreamNamePrefix");
  request.each(kStream, [&](const std::string& id, const Json& stream) {
    if (id.starts_with(prefix)) streams.push_back(without(stream, {"Events"}));
  });
  return page(request, std::move(streams), "logStreams", kLogPages);
}

Answer put_events(Request& request) {
  Answer stream = stream_of(request);
  if (!stream) return stream;
  for (const Json& event : request.parameter("logEvents")) {
    Json kept = pick(event, {"timestamp", "message"});
    kept["ingestionTime"] = request.clock().now().ms;
    (*stream)["Events"].push_back(kept);
  }
  std::size_t count = (*stream)["Events"].size();
  request.put(kStream, stream_id(request), std::move(*stream));
  return Json{{"nextSequenceToken", fmt::format("{:056}", count)}};
}

Answer get_events(Request& request) {
  Answer stream = stream_of(request);
  if (!stream) return stream;
  Json out = Json::array();
  for (const Json& event : (*stream)["Events"]) {
    std::int64_t time = event.value("timestamp", std::int64_t{0});
    if (time >= request.integer("startTime", 0) && time < request.integer("endTime", INT64_MAX)) out.push_back(event);
  }
  return Json{{"events", out}, {"nextForwardToken", "f/0"}, {"nextBackwardToken", "b/0"}};
}

constexpr TagForm kGroupTags{.resource = "resourceArn", .tags = "tags", .keys = "tagKeys", .shape = TagShape::map};

}  // namespace

std::vector<Operation> lambda_logs_operations() {
  return {
      {"lambda", "ListFunctions", Effect::read, describe<kFunctions>},
      {"lambda", "GetFunction", Effect::read, get_function},
      {"lambda", "GetFunctionConfiguration", Effect::read, get_configuration},
      {"lambda", "CreateFunction", Effect::write, create_function},
      {"lambda", "CreateFunctionUrlConfig", Effect::write, create_url},
      {"lambda", "UpdateFunctionConfiguration", Effect::write, update_configuration},
      {"lambda", "Invoke", Effect::write, invoke},
      {"lambda", "DeleteFunction", Effect::write, delete_function},
      {"lambda", "GetPolicy", Effect::read, get_policy},
      {"lambda", "AddPermission", Effect::write, add_permission},
      {"lambda", "RemovePermission", Effect::write, remove_permission},
      {"lambda", "GetFunctionUrlConfig", Effect::read, get_url},
      {"lambda", "UpdateFunctionUrlConfig", Effect::write, update_url},
      {"lambda", "DeleteFunctionUrlConfig", Effect::write, delete_url},
      {"lambda", "PutFunctionConcurrency", Effect::write, put_concurrency},
      {"lambda", "GetFunctionConcurrency", Effect::read, get_concurrency},
      {"lambda", "DeleteFunctionConcurrency", Effect::write, delete_concurrency},
      {"lambda", "TagResource", Effect::write, tag<kFunctionTags>},
      {"lambda", "UntagResource", Effect::write, untag<kFunctionTags>},
      {"lambda", "ListTags", Effect::read, list_tags<kFunctionTags>},
      {"logs", "CreateLogGroup", Effect::write, create_group},
      {"logs", "DeleteLogGroup", Effect::write, delete_group},
      {"logs", "DescribeLogGroups", Effect::read, describe_groups},
      {"logs", "PutRetentionPolicy", Effect::write, put_retention},
      {"logs", "DeleteRetentionPolicy", Effect::write, delete_retention},
      {"logs", "AssociateKmsKey", Effect::write, associate_key},
      {"logs", "DisassociateKmsKey", Effect::write, disassociate_key},
      {"logs", "PutMetricFilter", Effect::write, put_metric_filter},
      {"logs", "DeleteMetricFilter", Effect::write, delete_metric_filter},
      {"logs", "DescribeMetricFilters", Effect::read, describe_metric_filters},
      {"logs", "CreateLogStream", Effect::write, create_stream},
      {"logs", "DescribeLogStreams", Effect::read, describe_streams},
      {"logs", "PutLogEvents", Effect::write, put_events},
      {"logs", "GetLogEvents", Effect::read, get_events},
      {"logs", "TagResource", Effect::write, tag<kGroupTags>},
      {"logs", "UntagResource", Effect::write, untag<kGroupTags>},
      {"logs", "ListTagsForResource", Effect::read, list_tags<kGroupTags>},
  };
}

}  // namespace setpoint::twin::services
