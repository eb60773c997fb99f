// CloudFormation stacks, as far as a runbook makes and deletes them: states, events, parameters, outputs of plain
// values. Source: CloudFormation API reference. The resources of a template are not made; a stack that has any marks
// the rehearsal unmodelled.
#include <algorithm>

#include "base/document.h"
#include "twin/services/eventual.h"
#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kWorkingMs = 5'000;
constexpr Kind kStack{.type = "AWS::CloudFormation::Stack",
                      .id = "StackName",
                      .missing = "ValidationError",
                      .message = "Stack with id {} does not exist",
                      .exists = "AlreadyExistsException",
                      .exists_message = "Stack [{}] already exists"};
constexpr PageNames kPages{.limit = "", .bad_token_code = "ValidationError", .limit_default = 100};

AwsError invalid(std::string message) { return {"ValidationError", std::move(message), 400, Json::object()}; }

// By name, or by id: arn:aws:cloudformation:region:account:stack/NAME/uuid.
std::string stack_name(const Request& request) {
  std::string name = request.text("StackName");
  std::size_t at = name.find(":stack/");
  return at == std::string::npos ? name : name.substr(at + 7, name.rfind('/') - at - 7);
}

bool is_deleted(const Json& stack, base::Timestamp now) {
  return seen_at(stack, now).value("StackStatus", "") == "DELETE_COMPLETE";
}

Answer stack_of(Request& request) {
  Answer stack = find_one(request, kStack, stack_name(request));
  bool by_id = request.text("StackName").starts_with("arn:");
  if (stack && (by_id || !is_deleted(*stack, request.clock().now()))) return stack;
  return tl::unexpected(missing(kStack, request.text("StackName")));
}

// --- Templates: JSON or YAML

base::Result<Json> parsed_template(const std::string& text) {
  base::Diagnostics diagnostics;
  std::optional<base::Node> root = base::parse_yaml({"template", text}, diagnostics);
  if (!root || !root->is_map())
    return base::fail(base::ErrorCode::invalid_input, "Template format error: unsupported structure.");
  return root->json();
}

// What a parameter's reference stands for: given, or the template's default.
Answer parameters_of(const Request& request, const Json& document) {
  std::map<std::string, Json> values;
  for (const auto& [name, declared] : base::member(document, "Parameters").items()) {
    if (declared.contains("Default")) values[name] = declared["Default"];
  }
  for (const Json& given : request.parameter("Parameters")) {
    std::string name = base::string_member(given, "ParameterKey");
    if (!base::member(document, "Parameters").contains(name))
      return tl::unexpected(invalid(fmt::format("Parameters: [{}] do not exist in the template", name)));
    values[name] = base::member(given, "ParameterValue");
  }
  Json out = Json::array();
  for (const auto& [name, declared] : base::member(document, "Parameters").items()) {
    if (!values.contains(name)) return tl::unexpected(invalid(fmt::format("Parameters: [{}] must have values", name)));
    out.push_back({{"ParameterKey", name},
                   {"ParameterValue", values[name].is_string() ? values[name] : Json(values[name].dump())}});
  }
  return out;
}

std::optional<std::string> plain_value(const Request& request, const Json& parameters, const Json& value) {
  if (value.is_primitive() && !value.is_null()) return value.is_string() ? value.get<std::string>() : value.dump();
  std::string name = base::string_member(value, "Ref");
  if (name == "AWS::AccountId") return request.account();
  if (name == "AWS::Region") return request.region();
  for (const Json& parameter : parameters) {
    if (parameter["ParameterKey"] == name) return parameter["ParameterValue"].get<std::string>();
  }
  return {};
}

Json outputs_of(Request& request, const Json& document, const Json& parameters) {
  Json out = Json::array();
  for (const auto& [name, declared] : base::member(document, "Outputs").items()) {
    std::optional<std::string> value = plain_value(request, parameters, base::member(declared, "Value"));
    if (!value) request.note_unmodelled("the output " + name + " of the stack " + stack_name(request));
    Json output = {{"OutputKey", name}, {"OutputValue", value.value_or("")}};
    overlay(output, declared, {"Description"});
    out.push_back(std::move(output));
  }
  return out;
}

// The template's part of a stack; where there is one already and UsePreviousTemplate, that one's.
Check read_template(Request& request, Json& stack) {
  std::string text = request.flag("UsePreviousTemplate") ? stack.value("Template", "") : request.text("TemplateBody");
  if (text.empty() && request.has("TemplateURL")) {
    request.note_unmodelled("the template at " + request.text("TemplateURL"));
    text = R"({"Resources":{"Unread":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}})";
  }
  if (text.empty()) return invalid("Either Template URL or Template Body must be specified.");
  base::Result<Json> document = parsed_template(text);
  if (!document) return invalid(document.error().message);
  if (base::member(*document, "Resources").empty())
    return invalid("Template format error: At least one Resources member must be defined.");
  Answer parameters = parameters_of(request, *document);
  if (!parameters) return parameters.error();
  stack["Template"] = text;
  stack["Parameters"] = *parameters;
  stack["Outputs"] = outputs_of(request, *document, *parameters);
  stack["Resources"] = Json::array();
  for (const auto& [name, resource] : (*document)["Resources"].items())
    stack["Resources"].push_back(
        {{"LogicalResourceId", name}, {"ResourceType", base::string_member(resource, "Type")}});
  request.note_unmodelled("the resources of the stack " + stack_name(request));
  return {};
}

// --- Stacks

void begin(Request& request, Json& stack, const char* verb) {
  base::Timestamp now = request.clock().now(), done = now + base::Milliseconds(kWorkingMs);
  std::string working = std::string(verb) + "_IN_PROGRESS", complete = std::string(verb) + "_COMPLETE";
  stack["StackStatus"] = complete;
  for (const auto& [status, at] : {std::pair{working, now}, {complete, done}}) {
    stack["Events"].push_back({{"EventId", request.state().next_id("", 32)},
                               {"At", at.ms},
                               {"Timestamp", base::to_iso8601(at)},
                               {"ResourceStatus", status}});
  }
  show_until(stack, {{"StackStatus", working}}, done);
}

Answer create_stack(Request& request) {
  std::string name = request.text("StackName");
  Answer old = find_one(request, kStack, name);
  if (old && is_deleted(*old, request.clock().now())) drop(request, kStack, *old);
  Json stack = {
      {"StackName", name},
      {"StackId", request.arn("cloudformation", fmt::format("stack/{}/{}", name, request.state().next_id("", 32)))},
      {"CreationTime", request.now()},
      {"Events", Json::array()},
      {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(stack, request,
          {"Description", "RoleARN", "NotificationARNs", "Capabilities", "DisableRollback", "TimeoutInMinutes",
           "EnableTerminationProtection"});
  if (Check wrong = read_template(request, stack)) return tl::unexpected(*wrong);
  begin(request, stack, "CREATE");
  Answer made = make(request, kStack, std::move(stack));
  return made ? Answer(Json{{"StackId", (*made)["StackId"]}}) : made;
}

AwsError busy(const Json& stack, const std::string& status) {
  return invalid(fmt::format("Stack:{} is in {} state and can not be updated.", stack.value("StackId", ""), status));
}

Answer update_stack(Request& request) {
  Answer stack = stack_of(request);
  if (!stack) return stack;
  std::string status = seen_at(*stack, request.clock().now()).value("StackStatus", "");
  if (!status.ends_with("_COMPLETE")) return tl::unexpected(busy(*stack, status));
  Json before = *stack;
  if (Check wrong = read_template(request, *stack)) return tl::unexpected(*wrong);
  if (request.has("Tags")) (*stack)["Tags"] = sorted_tags(request.parameter("Tags"));
  overlay(*stack, request, {"RoleARN", "NotificationARNs", "Capabilities"});
  if (*stack == before) return tl::unexpected(invalid("No updates are to be performed."));
  (*stack)["LastUpdatedTime"] = request.now();
  begin(request, *stack, "UPDATE");
  keep(request, kStack, *stack);
  return Json{{"StackId", (*stack)["StackId"]}};
}

// Deleting what is not there is no mistake here.
Answer delete_stack(Request& request) {
  Answer stack = stack_of(request);
  if (!stack) return Json::object();
  if (stack->value("EnableTerminationProtection", false))
    return tl::unexpected(invalid(
        fmt::format("Stack [{}] cannot be deleted while TerminationProtection is enabled", stack_name(request))));
  (*stack)["DeletionTime"] = request.now();
  begin(request, *stack, "DELETE");
  if (!base::member(*stack, "Resources").empty())
    request.note_unmodelled("the resources of the stack " + stack_name(request));
  keep(request, kStack, std::move(*stack));
  return Json::object();
}

Answer set_protection(Request& request) {
  Answer stack = stack_of(request);
  if (!stack) return stack;
  (*stack)["EnableTerminationProtection"] = request.flag("EnableTerminationProtection");
  keep(request, kStack, *stack);
  return Json{{"StackId", (*stack)["StackId"]}};
}

Json stack_view(const Json& stack, base::Timestamp now) {
  return without(seen_at(stack, now), {"Template", "Events", "Resources"});
}

Answer describe_stacks(Request& request) {
  base::Timestamp now = request.clock().now();
  if (request.has("StackName")) {
    Answer stack = stack_of(request);
    return stack ? Answer(Json{{"Stacks", Json::array({stack_view(*stack, now)})}}) : stack;
  }
  std::vector<Json> found;
  for (const Json& stack : all_of(request, kStack)) {
    if (!is_deleted(stack, now)) found.push_back(stack_view(stack, now));
  }
  return page(request, std::move(found), "Stacks", kPages);
}

Answer list_stacks(Request& request) {
  const Json& wanted = request.parameter("StackStatusFilter");
  std::vector<Json> found;
  for (const Json& stack : all_of(request, kStack)) {
    Json view = pick(stack_view(stack, request.clock().now()),
                     {"StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus"});
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), view["StackStatus"]) != wanted.end())
      found.push_back(std::move(view));
  }
  return page(request, std::move(found), "StackSummaries", kPages);
}

// The newest first; what has not happened yet is not told.
Answer describe_events(Request& request) {
  Answer stack = stack_of(request);
  if (!stack) return stack;
  std::vector<Json> events;
  for (const Json& event : base::member(*stack, "Events")) {
    if (event.value("At", std::int64_t{0}) > request.clock().now().ms) continue;
    Json view = without(event, {"At"});
    view.update({{"StackId", (*stack)["StackId"]},
                 {"StackName", (*stack)["StackName"]},
                 {"LogicalResourceId", (*stack)["StackName"]},
                 {"PhysicalResourceId", (*stack)["StackId"]},
                 {"ResourceType", "AWS::CloudFormation::Stack"}});
    events.insert(events.begin(), std::move(view));
  }
  return page(request, std::move(events), "StackEvents", kPages);
}

Answer get_template(Request& request) {
  Answer stack = stack_of(request);
  if (!stack) return stack;
  return Json{{"TemplateBody", base::member(*stack, "Template")},
              {"StagesAvailable", Json::array({"Original", "Processed"})}};
}

}  // namespace

std::vector<Operation> cloudformation_operations() {
  return {
      {"cloudformation", "CreateStack", Effect::write, create_stack},
      {"cloudformation", "UpdateStack", Effect::write, update_stack},
      {"cloudformation", "DeleteStack", Effect::write, delete_stack},
      {"cloudformation", "UpdateTerminationProtection", Effect::write, set_protection},
      {"cloudformation", "DescribeStacks", Effect::read, describe_stacks},
      {"cloudformation", "ListStacks", Effect::read, list_stacks},
      {"cloudformation", "DescribeStackEvents", Effect::read, describe_events},
      {"cloudformation", "GetTemplate", Effect::read, get_template},
  };
}

}  // namespace setpoint::twin::services
