// What runs somebody's code: Step Functions executions and SSM commands. The twin runs no code: each is accepted as the
// service accepts it, shown as succeeded, and marks the rehearsal unmodelled, since what the code would do is not
// known. Sources: Step Functions and Systems Manager API references.
#include <algorithm>

#include "twin/services/eventual.h"
#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kRunningMs = 2'000;
constexpr Kind kMachine{.type = "AWS::StepFunctions::StateMachine",
                        .id = "stateMachineArn",
                        .missing = "StateMachineDoesNotExist",
                        .message = "State Machine Does Not Exist: '{}'"};
constexpr Kind kExecution{.type = "AWS::StepFunctions::Execution",
                          .id = "executionArn",
                          .missing = "ExecutionDoesNotExist",
                          .message = "Execution Does Not Exist: '{}'"};
constexpr Kind kCommand{.type = "AWS::SSM::Command",
                        .id = "CommandId",
                        .missing = "InvalidCommandId",
                        .message = "Command {} does not exist."};

base::Timestamp end_of(Request& request) { return request.clock().now() + base::Milliseconds(kRunningMs); }

std::string uuid(Request& request) {
  std::string hex = request.state().next_id("", 32);
  for (std::size_t at : {8, 13, 18, 23}) hex.insert(at, "-");
  return hex;
}

// --- Step Functions

Answer start_execution(Request& request) {
  Answer machine = find_named(request, kMachine);
  if (!machine) return machine;
  std::string input = request.has("input") ? request.text("input") : "{}";
  if (!base::parse_json(input, {262'144, 64}))
    return error("InvalidExecutionInput", "Invalid State Machine Execution Input: it is not valid JSON");
  std::string name = request.has("name") ? request.text("name") : uuid(request);
  std::string machine_arn = machine->value("stateMachineArn", ""),
              machine_name = machine_arn.substr(machine_arn.rfind(':') + 1);
  std::string arn = request.arn("states", fmt::format("execution:{}:{}", machine_name, name));
  if (find_one(request, kExecution, arn))
    return error("ExecutionAlreadyExists", fmt::format("Execution Already Exists: '{}'", arn));
  Json execution = {{"executionArn", arn},
                    {"stateMachineArn", (*machine)["stateMachineArn"]},
                    {"name", name},
                    {"input", input},
                    {"status", "SUCCEEDED"},
                    {"output", "{}"},
                    {"startDate", request.now()},
                    {"stopDate", base::to_iso8601(end_of(request))}};
  show_until(execution, {{"status", "RUNNING"}, {"output", nullptr}, {"stopDate", nullptr}}, end_of(request));
  keep(request, kExecution, std::move(execution));
  request.note_unmodelled("what the state machine " + machine_name + " does");
  return Json{{"executionArn", arn}, {"startDate", request.now()}};
}

Answer describe_execution(Request& request) {
  Answer execution = find_named(request, kExecution);
  if (!execution) return execution;
  return seen_at(*execution, request.clock().now());
}

Answer stop_execution(Request& request) {
  Answer execution = change_named(request, kExecution, [&](Json& document) -> Check {
    bool running = seen_at(document, request.clock().now())["status"] == "RUNNING";
    if (!running) return AwsError{"ValidationException", "The execution is not running", 400, {}};
    document.erase(kMeanwhile);
    document.erase("output");
    document.update({{"status", "ABORTED"}, {"stopDate", request.now()}});
    return {};
  });
  return execution ? Answer(Json{{"stopDate", request.now()}}) : execution;
}

Answer describe_machine(Request& request) {
  Answer machine = find_named(request, kMachine);
  return machine ? Answer(without(*machine, {"Tags"})) : machine;
}

Answer list_machines(Request& request) {
  std::vector<Json> found;
  for (const Json& machine : all_of(request, kMachine))
    found.push_back(pick(machine, {"stateMachineArn", "name", "type", "creationDate"}));
  return page(request, std::move(found), "stateMachines",
              {.limit = "maxResults",
               .token_in = "nextToken",
               .token_out = "nextToken",
               .bad_token_code = "InvalidToken",
               .limit_default = 100});
}

// --- SSM commands

constexpr const char* kDocuments[] = {"AWS-RunShellScript",        "AWS-RunPowerShellScript",    "AWS-RunPatchBaseline",
                                      "AWS-UpdateSSMAgent",        "AWS-ConfigureAWSPackage",    "AWS-RunRemoteScript",
                                      "AWS-ApplyAnsiblePlaybooks", "AWS-GatherSoftwareInventory"};

bool document_exists(Request& request, const std::string& name) {
  bool of_aws =
      std::any_of(std::begin(kDocuments), std::end(kDocuments), [&](const char* known) { return name == known; });
  return of_aws || request.find("AWS::SSM::Document", name) || name.starts_with("arn:");
}

bool is_targeted(const Json& instance, const Json& target) {
  std::string key = base::string_member(target, "Key");
  std::vector<std::string> values = values_at(base::member(target, "Values"), "");
  auto among = [&](const std::string& value) { return std::find(values.begin(), values.end(), value) != values.end(); };
  if (key == "InstanceIds") return among(base::string_member(instance, "InstanceId"));
  for (const Json& tag : base::member(instance, "Tags")) {
    if (key == "tag:" + base::string_member(tag, "Key") && among(base::string_member(tag, "Value"))) return true;
  }
  return false;
}

bool is_running(const Json& instance) {
  return base::string_member(base::member(instance, "State"), "Name") == "running";
}

// Running instances that are named, or that every target takes in.
Answer instances_of(Request& request) {
  Json ids = Json::array();
  const Json& targets = request.parameter("Targets");
  for (const Json& id : request.parameter("InstanceIds")) {
    const Json* instance = request.find("AWS::EC2::Instance", id.get<std::string>());
    if (!instance || !is_running(*instance))
      return error("InvalidInstanceId", fmt::format("Instances [[{}]] not in a valid state for account {}",
                                                    id.get<std::string>(), request.account()));
    ids.push_back(id);
  }
  if (targets.empty()) return ids;
  for (const Json& instance : request.all("AWS::EC2::Instance")) {
    bool all =
        std::all_of(targets.begin(), targets.end(), [&](const Json& target) { return is_targeted(instance, target); });
    if (all && is_running(instance)) ids.push_back(instance["InstanceId"]);
  }
  return ids;
}

Json command_view(const Json& command, base::Timestamp now) {
  Json view = seen_at(command, now);
  std::size_t count = view["InstanceIds"].size();
  view.update({{"TargetCount", count}, {"CompletedCount", view["Status"] == "Success" ? count : 0}, {"ErrorCount", 0}});
  return view;
}

Answer send_command(Request& request) {
  std::string document = request.text("DocumentName");
  if (!document_exists(request, document))
    return error("InvalidDocument", fmt::format("Document with name {} does not exist.", document));
  Answer instances = instances_of(request);
  if (!instances) return instances;
  if (request.parameter("InstanceIds").empty() && request.parameter("Targets").empty())
    return error("ValidationException", "Either InstanceIds or Targets must be given");
  Json command = {{"CommandId", uuid(request)},         {"DocumentName", document}, {"InstanceIds", *instances},
                  {"RequestedDateTime", request.now()}, {"Status", "Success"},      {"StatusDetails", "Success"}};
  overlay(command, request,
          {"Parameters", "Comment", "Targets", "TimeoutSeconds", "DocumentVersion", "OutputS3BucketName",
           "OutputS3KeyPrefix"});
  show_until(command, {{"Status", "InProgress"}, {"StatusDetails", "InProgress"}}, end_of(request));
  Json view = command_view(command, request.clock().now());
  keep(request, kCommand, std::move(command));
  request.note_unmodelled(
      fmt::format("what {} does on {} instances; it is shown as Success", document, instances->size()));
  return Json{{"Command", view}};
}

Json invocation_view(const Json& command, const Json& instance, base::Timestamp now) {
  Json seen = seen_at(command, now);
  return {{"CommandId", seen["CommandId"]},
          {"InstanceId", instance},
          {"DocumentName", seen["DocumentName"]},
          {"RequestedDateTime", seen["RequestedDateTime"]},
          {"Status", seen["Status"]},
          {"StatusDetails", seen["StatusDetails"]}};
}

Answer get_invocation(Request& request) {
  Answer command = find_named(request, kCommand);
  if (!command) return command;
  const Json& ids = (*command)["InstanceIds"];
  Json instance = request.text("InstanceId");
  if (std::find(ids.begin(), ids.end(), instance) == ids.end())
    return error("InvocationDoesNotExist",
                 "The command ID and instance ID you specified did not match any invocations.");
  Json view = without(invocation_view(*command, instance, request.clock().now()), {"RequestedDateTime"});
  bool done = view["Status"] == "Success";
  view.update({{"ResponseCode", done ? 0 : -1},
               {"StandardOutputContent", ""},
               {"StandardErrorContent", ""},
               {"ExecutionStartDateTime", (*command)["RequestedDateTime"]}});
  return view;
}

Answer list_commands(Request& request) {
  std::vector<Json> found;
  for (const Json& command : all_of(request, kCommand)) {
    if (!request.has("CommandId") || command["CommandId"] == request.parameter("CommandId"))
      found.push_back(command_view(command, request.clock().now()));
  }
  return page(request, std::move(found), "Commands", {.limit_default = 50, .limit_max = 50});
}

Answer list_invocations(Request& request) {
  std::vector<Json> found;
  for (const Json& command : all_of(request, kCommand)) {
    if (request.has("CommandId") && command["CommandId"] != request.parameter("CommandId")) continue;
    for (const Json& instance : command["InstanceIds"]) {
      if (!request.has("InstanceId") || instance == request.parameter("InstanceId"))
        found.push_back(invocation_view(command, instance, request.clock().now()));
    }
  }
  return page(request, std::move(found), "CommandInvocations", {.limit_default = 50, .limit_max = 50});
}

// Every running instance counts as managed.
Answer describe_managed(Request& request) {
  std::vector<Json> found;
  for (const Json& instance : request.all("AWS::EC2::Instance")) {
    if (!is_running(instance)) continue;
    found.push_back({{"InstanceId", instance["InstanceId"]},
                     {"PingStatus", "Online"},
                     {"AgentVersion", "3.2.0.0"},
                     {"PlatformType", "Linux"},
                     {"ResourceType", "EC2Instance"}});
  }
  std::vector<FilterField> fields = {{"InstanceIds", "InstanceId"},
                                     {"PingStatus", "PingStatus"},
                                     {"PlatformTypes", "PlatformType"},
                                     {"ResourceType", "ResourceType"}};
  Json filters = Json::array();
  for (const Json& filter : request.parameter("Filters"))
    filters.push_back({{"Name", base::member(filter, "Key")}, {"Values", base::member(filter, "Values")}});
  if (Check wrong = keep_matching(found, filters, fields)) return error("InvalidFilterKey", wrong->message);
  return page(request, std::move(found), "InstanceInformationList", {.limit_default = 50, .limit_max = 50});
}

}  // namespace

std::vector<Operation> execution_operations() {
  return {
      {"stepfunctions", "StartExecution", Effect::write, start_execution},
      {"stepfunctions", "DescribeExecution", Effect::read, describe_execution},
      {"stepfunctions", "StopExecution", Effect::write, stop_execution},
      {"stepfunctions", "DescribeStateMachine", Effect::read, describe_machine},
      {"stepfunctions", "ListStateMachines", Effect::read, list_machines},
      {"ssm", "SendCommand", Effect::write, send_command},
      {"ssm", "GetCommandInvocation", Effect::read, get_invocation},
      {"ssm", "ListCommands", Effect::read, list_commands},
      {"ssm", "ListCommandInvocations", Effect::read, list_invocations},
      {"ssm", "DescribeInstanceInformation", Effect::read, describe_managed},
  };
}

}  // namespace setpoint::twin::services
