// GuardDuty: the detector and its findings. Source: GuardDuty API reference. The twin detects nothing: findings come
// from seeds and from CreateSampleFindings.
#include <algorithm>

#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kDetector{
    .type = "AWS::GuardDuty::Detector",
    .id = "DetectorId",
    .missing = "BadRequestException",
    .message = "The request is rejected because the input detectorId is not owned by the current account."};
constexpr Kind kFinding{.type = "AWS::GuardDuty::Finding", .id = "Id"};
constexpr std::size_t kIdsMax = 50;  // of one request, GuardDuty's own limit

AwsError bad_request(std::string message) { return {"BadRequestException", std::move(message), 400, Json::object()}; }

// --- Detectors

Answer create_detector(Request& request) {
  if (!all_of(request, kDetector).empty())
    return tl::unexpected(
        bad_request("The request is rejected because a detector already exists for the current account."));
  std::string id = request.state().next_id("", 32);
  Json detector = {{"DetectorId", id},
                   {"Status", request.flag("Enable") ? "ENABLED" : "DISABLED"},
                   {"CreatedAt", request.now()},
                   {"UpdatedAt", request.now()},
                   {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(detector, request, {"FindingPublishingFrequency", "DataSources", "Features"});
  Answer made = make(request, kDetector, std::move(detector));
  return made ? Answer(Json{{"DetectorId", id}}) : made;
}

Answer get_detector(Request& request) {
  Answer detector = find_named(request, kDetector);
  if (!detector) return detector;
  Json view = without(*detector, {"DetectorId", "Tags"});
  view["Tags"] = tags_as_map(base::member(*detector, "Tags"));
  return view;
}

Answer list_detectors(Request& request) {
  std::vector<Json> ids;
  for (const Json& detector : all_of(request, kDetector)) ids.push_back(detector["DetectorId"]);
  return page(request, std::move(ids), "DetectorIds", {.limit_default = 50, .limit_max = 50});
}

Answer update_detector(Request& request) {
  Answer done = change_named(request, kDetector, [&](Json& detector) -> Check {
    if (request.has("Enable")) detector["Status"] = request.flag("Enable") ? "ENABLED" : "DISABLED";
    overlay(detector, request, {"FindingPublishingFrequency", "DataSources", "Features"});
    detector["UpdatedAt"] = request.now();
    return {};
  });
  return done ? Answer(Json::object()) : done;
}

// --- Findings

// Criteria name members by the wire's lower camel: "service.archived", "severity".
const Json& criterion_value(const Json& finding, std::string_view path) {
  const Json* at = &finding;
  while (!path.empty()) {
    std::string name(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    at = &base::member(*at, name);
  }
  return *at;
}

std::string as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "" : value.dump();
}

bool contains_text(const Json& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(), [&](const Json& entry) { return as_text(entry) == text; });
}

// A bound on a number; times are given in milliseconds since 1970.
double as_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  auto time = base::parse_iso8601(as_text(value));
  return time ? static_cast<double>(time->ms) : 0.0;
}

bool meets(const Json& value, const Json& condition) {
  for (const auto& [name, wanted] : condition.items()) {
    std::string_view op = name;
    bool fine = op == "Eq" || op == "Equals"                ? contains_text(wanted, as_text(value))
                : op == "Neq" || op == "NotEquals"          ? !contains_text(wanted, as_text(value))
                : op == "Gt" || op == "GreaterThan"         ? as_number(value) > as_number(wanted)
                : op == "Gte" || op == "GreaterThanOrEqual" ? as_number(value) >= as_number(wanted)
                : op == "Lt" || op == "LessThan"            ? as_number(value) < as_number(wanted)
                : op == "Lte" || op == "LessThanOrEqual"    ? as_number(value) <= as_number(wanted)
                                                            : false;
    if (!fine) return false;
  }
  return true;
}

Answer list_findings(Request& request) {
  Answer detector = find_named(request, kDetector);
  if (!detector) return detector;
  std::vector<Json> found = all_of(request, kFinding);
  for (const auto& [path, condition] : base::member(request.parameter("FindingCriteria"), "Criterion").items())
    std::erase_if(found, [&](const Json& finding) { return !meets(criterion_value(finding, path), condition); });
  std::string by = base::string_member(request.parameter("SortCriteria"), "AttributeName");
  bool descending = base::string_member(request.parameter("SortCriteria"), "OrderBy") == "DESC";
  std::stable_sort(found.begin(), found.end(), [&](const Json& a, const Json& b) {
    const Json& first = criterion_value(descending ? b : a, by);
    return !by.empty() && first < criterion_value(descending ? a : b, by);
  });
  for (Json& finding : found) finding = Json(finding["Id"]);
  return page(request, std::move(found), "FindingIds", {.limit_default = 50, .limit_max = 50});
}

Answer get_findings(Request& request) {
  Answer detector = find_named(request, kDetector);
  if (!detector) return detector;
  if (request.parameter("FindingIds").size() > kIdsMax)
    return tl::unexpected(bad_request("The request is rejected because too many finding ids are given."));
  Json out = Json::array();
  for (const Json& id : request.parameter("FindingIds")) {
    if (Answer finding = find_one(request, kFinding, id.get<std::string>())) out.push_back(*finding);
  }
  return Json{{"Findings", out}};
}

// Ids of no finding are passed over.
Answer change_findings(Request& request, const std::function<void(Json& service)>& change) {
  Answer detector = find_named(request, kDetector);
  if (!detector) return detector;
  for (const Json& id : request.parameter("FindingIds")) {
    Answer finding = find_one(request, kFinding, id.get<std::string>());
    if (!finding) continue;
    change((*finding)["Service"]);
    (*finding)["UpdatedAt"] = request.now();
    keep(request, kFinding, std::move(*finding));
  }
  return Json::object();
}

Answer archive_findings(Request& request) {
  return change_findings(request, [](Json& service) { service["Archived"] = true; });
}
Answer unarchive_findings(Request& request) {
  return change_findings(request, [](Json& service) { service["Archived"] = false; });
}
Answer update_feedback(Request& request) {
  return change_findings(request, [&](Json& service) { service["UserFeedback"] = request.parameter("Feedback"); });
}

constexpr const char* kSampleTypes[] = {
    "UnauthorizedAccess:EC2/SSHBruteForce",   "Recon:EC2/PortProbeUnprotectedPort",
    "CryptoCurrency:EC2/BitcoinTool.B!DNS",   "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
    "Policy:S3/BucketAnonymousAccessGranted", "Stealth:IAMUser/CloudTrailLoggingDisabled"};

Json sample_resource(const std::string& type) {
  if (type.find(":S3/") != std::string::npos)
    return {{"ResourceType", "S3Bucket"},
            {"S3BucketDetails",
             Json::array({{{"Name", "bucketName"}, {"Arn", "arn:aws:s3:::bucketName"}, {"Type", "Destination"}}})}};
  if (type.find(":IAMUser/") != std::string::npos)
    return {{"ResourceType", "AccessKey"},
            {"AccessKeyDetails",
             {{"AccessKeyId", "GeneratedFindingAccessKeyId"},
              {"PrincipalId", "GeneratedFindingPrincipalId"},
              {"UserName", "GeneratedFindingUserName"},
              {"UserType", "IAMUser"}}}};
  return {
      {"ResourceType", "Instance"},
      {"InstanceDetails", {{"InstanceId", "i-99999999"}, {"InstanceType", "m3.xlarge"}, {"ImageId", "ami-99999999"}}}};
}

Json sample_finding(Request& request, const std::string& type) {
  std::string id = request.state().next_id("", 32), detector = request.text("DetectorId");
  return {{"Id", id},
          {"Arn", request.arn("guardduty", fmt::format("detector/{}/finding/{}", detector, id))},
          {"AccountId", request.account()},
          {"Region", request.region()},
          {"Partition", request.partition()},
          {"SchemaVersion", "2.0"},
          {"Type", type},
          {"Title", "[SAMPLE] " + type},
          {"Description", "A sample finding of type " + type},
          {"Severity", 5.0},
          {"CreatedAt", request.now()},
          {"UpdatedAt", request.now()},
          {"Resource", sample_resource(type)},
          {"Service",
           {{"Archived", false},
            {"Count", 1},
            {"DetectorId", detector},
            {"ServiceName", "guardduty"},
            {"EventFirstSeen", request.now()},
            {"EventLastSeen", request.now()},
            {"AdditionalInfo", {{"Value", R"({"sample":true})"}, {"Type", "default"}}}}}};
}

Answer create_samples(Request& request) {
  Answer detector = find_named(request, kDetector);
  if (!detector) return detector;
  Json types = request.parameter("FindingTypes");
  if (types.empty()) types = Json(kSampleTypes);
  for (const Json& type : types) keep(request, kFinding, sample_finding(request, type.get<std::string>()));
  return Json::object();
}

constexpr TagForm kTags{.resource = "ResourceArn", .shape = TagShape::map, .missing = "BadRequestException"};

}  // namespace

std::vector<Operation> guardduty_operations() {
  return {
      {"guardduty", "CreateDetector", Effect::write, create_detector},
      {"guardduty", "GetDetector", Effect::read, get_detector},
      {"guardduty", "ListDetectors", Effect::read, list_detectors},
      {"guardduty", "UpdateDetector", Effect::write, update_detector},
      {"guardduty", "DeleteDetector", Effect::write, remove<kDetector>},
      {"guardduty", "ListFindings", Effect::read, list_findings},
      {"guardduty", "GetFindings", Effect::read, get_findings},
      {"guardduty", "ArchiveFindings", Effect::write, archive_findings},
      {"guardduty", "UnarchiveFindings", Effect::write, unarchive_findings},
      {"guardduty", "UpdateFindingsFeedback", Effect::write, update_feedback},
      {"guardduty", "CreateSampleFindings", Effect::write, create_samples},
      {"guardduty", "TagResource", Effect::write, tag<kTags>},
      {"guardduty", "UntagResource", Effect::write, untag<kTags>},
      {"guardduty", "ListTagsForResource", Effect::read, list_tags<kTags>},
  };
}

}  // namespace setpoint::twin::services
