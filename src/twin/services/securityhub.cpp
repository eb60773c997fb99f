// Security Hub: the hub, standards as far as being subscribed, and findings in ASFF. Source: Security Hub API
// reference. A finding is kept by its Id; AWS would keep two products' findings of one Id apart.
#include <algorithm>

#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kHub{.type = "AWS::SecurityHub::Hub", .id = "HubArn"};
constexpr Kind kFinding{.type = "AWS::SecurityHub::Finding", .id = "Id"};
constexpr Kind kSubscription{.type = "AWS::SecurityHub::StandardsSubscription", .id = "StandardsSubscriptionArn"};
constexpr std::size_t kFindingsMax = 100;  // of one request, Security Hub's own limit

std::string hub_arn(const Request& request) { return request.arn("securityhub", "hub/default"); }

// Every operation but EnableSecurityHub needs a hub.
Answer hub_of(Request& request) {
  Answer hub = find_one(request, kHub, hub_arn(request));
  if (hub) return hub;
  return error("InvalidAccessException",
               fmt::format("Account {} is not subscribed to AWS Security Hub", request.account()), 401);
}

// --- The hub

struct Standard {
  const char* path;
  const char* name;
  bool by_default;
};
constexpr Standard kStandards[] = {
    {"aws-foundational-security-best-practices/v/1.0.0", "AWS Foundational Security Best Practices v1.0.0", true},
    {"cis-aws-foundations-benchmark/v/1.4.0", "CIS AWS Foundations Benchmark v1.4.0", false},
    {"nist-800-53/v/5.0.0", "NIST Special Publication 800-53 Revision 5", false},
    {"pci-dss/v/3.2.1", "PCI DSS v3.2.1", false}};

std::string standard_arn(const Request& request, const Standard& standard) {
  return fmt::format("arn:{}:securityhub:{}::standards/{}", request.partition(), request.region(), standard.path);
}

const Standard* find_standard(const Request& request, const std::string& arn) {
  auto found = std::find_if(std::begin(kStandards), std::end(kStandards),
                            [&](const Standard& standard) { return standard_arn(request, standard) == arn; });
  return found == std::end(kStandards) ? nullptr : &*found;
}

Json subscribe(Request& request, const Standard& standard) {
  Json subscription = {
      {"StandardsSubscriptionArn", request.arn("securityhub", std::string("subscription/") + standard.path)},
      {"StandardsArn", standard_arn(request, standard)},
      {"StandardsInput", Json::object()},
      {"StandardsStatus", "READY"}};
  keep(request, kSubscription, subscription);
  return subscription;
}

Answer enable_hub(Request& request) {
  if (hub_of(request)) return error("ResourceConflictException", "Account is already subscribed to Security Hub", 409);
  Answer made = make(
      request, kHub,
      {{"HubArn", hub_arn(request)},
       {"SubscribedAt", request.now()},
       {"AutoEnableControls", true},
       {"ControlFindingGenerator", request.has("ControlFindingGenerator") ? request.parameter("ControlFindingGenerator")
                                                                          : Json("SECURITY_CONTROL")},
       {"Tags", sorted_tags(request.parameter("Tags"))}});
  if (!made) return made;
  for (const Standard& standard : kStandards) {
    if (standard.by_default && request.flag("EnableDefaultStandards", true)) subscribe(request, standard);
  }
  return Json::object();
}

Answer describe_hub(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  return without(*hub, {"Tags"});
}

Answer disable_hub(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  for (const Json& subscription : all_of(request, kSubscription)) drop(request, kSubscription, subscription);
  drop(request, kHub, *hub);
  return Json::object();
}

Answer update_hub(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  overlay(*hub, request, {"AutoEnableControls", "ControlFindingGenerator"});
  keep(request, kHub, std::move(*hub));
  return Json::object();
}

// --- Standards

Answer describe_standards(Request& request) {
  std::vector<Json> all;
  for (const Standard& standard : kStandards)
    all.push_back({{"StandardsArn", standard_arn(request, standard)},
                   {"Name", standard.name},
                   {"EnabledByDefault", standard.by_default}});
  return page(request, std::move(all), "Standards", {.limit_default = 100, .limit_max = 100});
}

Answer enabled_standards(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  const Json& wanted = request.parameter("StandardsSubscriptionArns");
  std::vector<Json> found;
  for (const Json& subscription : all_of(request, kSubscription)) {
    if (wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), subscription["StandardsSubscriptionArn"]) != wanted.end())
      found.push_back(subscription);
  }
  return page(request, std::move(found), "StandardsSubscriptions", {.limit_default = 100, .limit_max = 100});
}

Answer enable_standards(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  Json out = Json::array();
  for (const Json& wanted : request.parameter("StandardsSubscriptionRequests")) {
    const Standard* standard = find_standard(request, base::string_member(wanted, "StandardsArn"));
    if (!standard)
      return error("InvalidInputException",
                   fmt::format("Invalid StandardsArn {}", base::string_member(wanted, "StandardsArn")));
    out.push_back(subscribe(request, *standard));
  }
  return Json{{"StandardsSubscriptions", out}};
}

Answer disable_standards(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  Json out = Json::array();
  for (const Json& arn : request.parameter("StandardsSubscriptionArns")) {
    Answer subscription = find_one(request, kSubscription, arn.get<std::string>());
    if (!subscription)
      return error("ResourceNotFoundException", fmt::format("{} was not found", arn.get<std::string>()), 404);
    drop(request, kSubscription, *subscription);
    (*subscription)["StandardsStatus"] = "DELETING";
    out.push_back(std::move(*subscription));
  }
  return Json{{"StandardsSubscriptions", out}};
}

// --- Findings come in

std::string wrong_with(const Request& request, const Json& finding) {
  for (const char* name : {"SchemaVersion", "Id", "ProductArn", "GeneratorId", "AwsAccountId", "CreatedAt", "UpdatedAt",
                           "Title", "Description"}) {
    if (base::string_member(finding, name).empty())
      return fmt::format("Finding does not adhere to Amazon Finding Format. data should have required property '{}'.",
                         name);
  }
  for (const char* name : {"Severity", "Resources"}) {
    if (base::member(finding, name).empty())
      return fmt::format("Finding does not adhere to Amazon Finding Format. data should have required property '{}'.",
                         name);
  }
  if (finding["AwsAccountId"] != request.account()) return "Finding AwsAccountId must be the account that imports it";
  if (finding["ProductArn"].get<std::string>().find(":product/") == std::string::npos)
    return "Finding ProductArn is not valid";
  return {};
}

std::pair<const char*, int> label_of(double normalized) {
  if (normalized >= 90) return {"CRITICAL", 90};
  if (normalized >= 70) return {"HIGH", 70};
  if (normalized >= 40) return {"MEDIUM", 40};
  return normalized >= 1 ? std::pair{"LOW", 1} : std::pair{"INFORMATIONAL", 0};
}

// Label and Normalized follow each other, whichever was given.
void complete_severity(Json& finding) {
  Json& severity = finding["Severity"];
  std::string label = base::string_member(severity, "Label");
  if (label.empty()) {
    severity["Label"] = label_of(severity.value("Normalized", 0.0)).first;
    return;
  }
  for (double normalized : {90.0, 70.0, 40.0, 1.0, 0.0}) {
    auto [name, number] = label_of(normalized);
    if (label == name && !severity.contains("Normalized")) severity["Normalized"] = number;
  }
}

// What analysts set stays theirs when the product sends the finding again.
void import_one(Request& request, Json finding) {
  complete_severity(finding);
  Answer old = find_one(request, kFinding, finding["Id"]);
  if (old)
    overlay(finding, *old,
            {"Workflow", "WorkflowState", "Note", "UserDefinedFields", "VerificationState", "FirstObservedAt"});
  if (!finding.contains("Workflow")) finding["Workflow"] = {{"Status", "NEW"}};
  if (!finding.contains("WorkflowState")) finding["WorkflowState"] = "NEW";
  if (!finding.contains("RecordState")) finding["RecordState"] = "ACTIVE";
  finding["Region"] = request.region();
  keep(request, kFinding, std::move(finding));
}

Answer import_findings(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  if (request.parameter("Findings").size() > kFindingsMax)
    return error("LimitExceededException", "At most 100 findings are imported at once", 429);
  Json failed = Json::array();
  for (const Json& finding : request.parameter("Findings")) {
    std::string wrong = wrong_with(request, finding);
    if (wrong.empty())
      import_one(request, finding);
    else
      failed.push_back({{"Id", base::member(finding, "Id")}, {"ErrorCode", "InvalidInput"}, {"ErrorMessage", wrong}});
  }
  return Json{{"FailedCount", failed.size()},
              {"SuccessCount", request.parameter("Findings").size() - failed.size()},
              {"FailedFindings", failed}};
}

// --- Findings are asked for

struct FilterPath {
  const char* filter;
  const char* path;
};
// Those of which the name is not the path.
constexpr FilterPath kFilters[] = {{"Type", "Types"},
                                   {"SeverityLabel", "Severity.Label"},
                                   {"SeverityNormalized", "Severity.Normalized"},
                                   {"SeverityProduct", "Severity.Product"},
                                   {"ResourceId", "Resources.Id"},
                                   {"ResourceType", "Resources.Type"},
                                   {"ResourceRegion", "Resources.Region"},
                                   {"ComplianceStatus", "Compliance.Status"},
                                   {"ComplianceSecurityControlId", "Compliance.SecurityControlId"},
                                   {"WorkflowStatus", "Workflow.Status"},
                                   {"NoteText", "Note.Text"},
                                   {"NoteUpdatedBy", "Note.UpdatedBy"},
                                   {"RelatedFindingsId", "RelatedFindings.Id"}};
constexpr const char* kPlainFilters[] = {"ProductArn",        "AwsAccountId", "Id",
                                         "GeneratorId",       "Region",       "Title",
                                         "Description",       "RecordState",  "WorkflowState",
                                         "VerificationState", "CompanyName",  "ProductName",
                                         "Confidence",        "Criticality",  "SourceUrl",
                                         "CreatedAt",         "UpdatedAt",    "FirstObservedAt",
                                         "LastObservedAt"};

const char* path_of(std::string_view filter) {
  for (const FilterPath& entry : kFilters) {
    if (filter == entry.filter) return entry.path;
  }
  auto plain = std::find(std::begin(kPlainFilters), std::end(kPlainFilters), filter);
  return plain == std::end(kPlainFilters) ? nullptr : *plain;
}

bool compares(const std::string& value, const Json& condition) {
  std::string wanted = base::string_member(condition, "Value"), how = condition.value("Comparison", "EQUALS");
  if (how == "PREFIX" || how == "PREFIX_NOT_EQUALS") return value.starts_with(wanted);
  if (how == "CONTAINS" || how == "NOT_CONTAINS") return value.find(wanted) != std::string::npos;
  return value == wanted;
}

bool in_range(const std::string& value, const Json& condition) {
  if (condition.contains("Gte") || condition.contains("Lte") || condition.contains("Eq")) {
    double number = std::strtod(value.c_str(), nullptr);
    return number >= condition.value("Gte", number) && number <= condition.value("Lte", number) &&
           number == condition.value("Eq", number);
  }
  std::string from = condition.value("Start", ""), to = condition.value("End", "");
  return (from.empty() || value >= from) && (to.empty() || value <= to);
}

// Conditions that deny must all hold, of those that assert one must.
bool passes(const std::vector<std::string>& values, const Json& conditions) {
  bool asserts = false, asserted = false;
  for (const Json& condition : conditions) {
    bool negative = base::string_member(condition, "Comparison").find("NOT_") != std::string::npos;
    bool text = condition.contains("Value");
    bool any = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
      return text ? compares(value, condition) : in_range(value, condition);
    });
    if (negative && any) return false;
    asserts = asserts || !negative;
    asserted = asserted || (!negative && any);
  }
  return !asserts || asserted;
}

Answer get_findings(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  std::vector<Json> found = all_of(request, kFinding);
  for (const auto& [name, conditions] : request.parameter("Filters").items()) {
    const char* path = path_of(name);
    if (!path) {
      request.note_unmodelled("GetFindings: the filter " + name);
      continue;
    }
    std::erase_if(found, [&](const Json& finding) { return !passes(values_at(finding, path), conditions); });
  }
  return page(request, std::move(found), "Findings",
              {.bad_token_code = "InvalidInputException", .limit_default = 10, .limit_max = 100});
}

// --- Findings are worked on

Check check_update(const Request& request) {
  static constexpr std::string_view kStates[] = {"NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"};
  std::string state = base::string_member(request.parameter("Workflow"), "Status");
  bool fine = state.empty() || std::find(std::begin(kStates), std::end(kStates), state) != std::end(kStates);
  if (!fine) return AwsError{"InvalidInputException", fmt::format("Invalid workflow status {}", state), 400, {}};
  if (request.parameter("FindingIdentifiers").size() > kFindingsMax)
    return AwsError{"LimitExceededException", "At most 100 findings are updated at once", 429, {}};
  return {};
}

void update_one(const Request& request, Json& finding) {
  overlay(
      finding, request,
      {"VerificationState", "Confidence", "Criticality", "Types", "UserDefinedFields", "Workflow", "RelatedFindings"});
  if (request.has("Severity")) {
    finding["Severity"].update(request.parameter("Severity"));
    if (!request.parameter("Severity").contains("Normalized")) finding["Severity"].erase("Normalized");
    complete_severity(finding);
  }
  if (request.has("Note")) {
    finding["Note"] = request.parameter("Note");
    finding["Note"]["UpdatedAt"] = request.now();
  }
}

Answer update_findings(Request& request) {
  Answer hub = hub_of(request);
  if (!hub) return hub;
  if (Check wrong = check_update(request)) return tl::unexpected(*wrong);
  Json processed = Json::array(), unprocessed = Json::array();
  for (const Json& name : request.parameter("FindingIdentifiers")) {
    Answer finding = find_one(request, kFinding, base::string_member(name, "Id"));
    if (!finding || (*finding)["ProductArn"] != base::member(name, "ProductArn")) {
      unprocessed.push_back(
          {{"FindingIdentifier", name}, {"ErrorCode", "FindingNotFound"}, {"ErrorMessage", "Finding Not Found"}});
      continue;
    }
    update_one(request, *finding);
    keep(request, kFinding, std::move(*finding));
    processed.push_back(name);
  }
  return Json{{"ProcessedFindings", processed}, {"UnprocessedFindings", unprocessed}};
}

constexpr TagForm kTags{.resource = "ResourceArn", .shape = TagShape::map, .missing_status = 404};

}  // namespace

std::vector<Operation> securityhub_operations() {
  return {
      {"securityhub", "EnableSecurityHub", Effect::write, enable_hub},
      {"securityhub", "DescribeHub", Effect::read, describe_hub},
      {"securityhub", "DisableSecurityHub", Effect::write, disable_hub},
      {"securityhub", "UpdateSecurityHubConfiguration", Effect::write, update_hub},
      {"securityhub", "DescribeStandards", Effect::read, describe_standards},
      {"securityhub", "GetEnabledStandards", Effect::read, enabled_standards},
      {"securityhub", "BatchEnableStandards", Effect::write, enable_standards},
      {"securityhub", "BatchDisableStandards", Effect::write, disable_standards},
      {"securityhub", "BatchImportFindings", Effect::write, import_findings},
      {"securityhub", "GetFindings", Effect::read, get_findings},
      {"securityhub", "BatchUpdateFindings", Effect::write, update_findings},
      {"securityhub", "TagResource", Effect::write, tag<kTags>},
      {"securityhub", "UntagResource", Effect::write, untag<kTags>},
      {"securityhub", "ListTagsForResource", Effect::read, list_tags<kTags>},
  };
}

}  // namespace setpoint::twin::services
