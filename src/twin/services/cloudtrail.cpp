// CloudTrail trails. Source: CloudTrail API reference.
#include "twin/services/arns.h"
#include "twin/services/s3.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kTrail = "AWS::CloudTrail::Trail";

std::string trail_name(const std::string& written) {
  std::size_t at = written.find(":trail/");
  return at == std::string::npos ? written : written.substr(at + 7);
}

// A trail is kept in its home region; one for all regions is seen from each.
std::optional<Found> find_trail(Request& request, const std::string& name) {
  std::optional<Found> found;
  for (const std::string& region : request.state().regions(request.account())) {
    const Json* trail = request.state().find({request.account(), region, kTrail, name});
    bool seen = trail && (region == request.region() || trail->value("IsMultiRegionTrail", false));
    if (seen) found = Found{{request.account(), region, kTrail, name}, *trail};
  }
  return found;
}

tl::expected<Found, AwsError> trail_of(Request& request, const char* parameter = "Name") {
  std::string name = trail_name(request.text(parameter));
  std::optional<Found> found = find_trail(request, name);
  if (found) return *found;
  return error("TrailNotFoundException",
               fmt::format("Unknown trail: {} for the user: {}", request.text(parameter), request.account()));
}

Json view(const Json& trail) {
  return without(
      trail, {"IsLogging", "Tags", "EventSelectors", "AdvancedEventSelectors", "StartLoggingTime", "StopLoggingTime"});
}

Answer describe_trails(Request& request) {
  Json out = Json::array();
  const Json& names = request.parameter("trailNameList");
  for (const Json& name : names) {
    if (auto found = find_trail(request, trail_name(name.get<std::string>()))) out.push_back(view(found->document));
  }
  if (!names.empty()) return Json{{"trailList", out}};
  bool shadows = request.flag("includeShadowTrails", true);
  for (const std::string& region : request.state().regions(request.account())) {
    request.state().each(request.account(), region, kTrail, [&](const std::string&, const Json& trail) {
      if (region == request.region() || (shadows && trail.value("IsMultiRegionTrail", false)))
        out.push_back(view(trail));
    });
  }
  return Json{{"trailList", out}};
}

Answer list_trails(Request& request) {
  std::vector<Json> out;
  for (const std::string& region : request.state().regions(request.account())) {
    request.state().each(request.account(), region, kTrail, [&](const std::string& name, const Json& trail) {
      out.push_back({{"Name", name}, {"TrailARN", trail.value("TrailARN", "")}, {"HomeRegion", region}});
    });
  }
  return page(request, std::move(out), "Trails");
}

Answer get_trail(Request& request) {
  auto trail = trail_of(request);
  if (!trail) return tl::unexpected(trail.error());
  return Json{{"Trail", view(trail->document)}};
}

Answer get_trail_status(Request& request) {
  auto trail = trail_of(request);
  if (!trail) return tl::unexpected(trail.error());
  Json out = pick(trail->document, {"IsLogging", "StartLoggingTime", "StopLoggingTime"});
  if (!out.contains("IsLogging")) out["IsLogging"] = false;
  return out;
}

bool valid_trail_name(const std::string& name) {
  auto alone = [](unsigned char c) { return std::isalnum(c) == 0; };
  auto allowed = [&](unsigned char c) { return !alone(c) || c == '.' || c == '_' || c == '-'; };
  return name.size() >= 3 && name.size() <= 128 && std::all_of(name.begin(), name.end(), allowed) &&
         !alone(static_cast<unsigned char>(name.front())) && !alone(static_cast<unsigned char>(name.back()));
}

// Does the bucket's policy let CloudTrail write? Conditions are not looked at.
bool admits_cloudtrail(const Json& bucket) {
  const Json& written = base::member(bucket, "Policy");
  auto parsed = written.is_string() ? base::parse_json(written.get<std::string>()) : base::Result<Json>(written);
  if (!parsed) return false;
  const Json& given = base::member(*parsed, "Statement");
  for (const Json& statement : given.is_object() ? Json::array({given}) : given) {
    std::vector<std::string> who = values_at(statement, "Principal.Service"), what = values_at(statement, "Action");
    bool service = std::find(who.begin(), who.end(), "cloudtrail.amazonaws.com") != who.end() ||
                   base::member(statement, "Principal") == Json("*");
    bool writes = std::any_of(what.begin(), what.end(),
                              [](const std::string& action) { return matches_wildcard("s3:PutObject", action); });
    if (base::string_member(statement, "Effect") == "Allow" && service && writes) return true;
  }
  return false;
}

Check check_destinations(Request& request) {
  std::string bucket = request.text("S3BucketName");
  std::optional<StateKey> key = find_bucket(request.state(), bucket);
  if (request.has("S3BucketName") && !key) {
    return AwsError{"S3BucketDoesNotExistException", fmt::format("S3 bucket {} does not exist!", bucket), 400, {}};
  }
  if (key && !admits_cloudtrail(*request.state().find(*key))) {
    return AwsError{"InsufficientS3BucketPolicyException",
                    fmt::format("Incorrect S3 bucket policy is detected for bucket: {}", bucket),
                    400,
                    {}};
  }
  if (request.has("CloudWatchLogsLogGroupArn") != request.has("CloudWatchLogsRoleArn")) {
    return AwsError{
        "InvalidCloudWatchLogsRoleArnException", "CloudWatch Logs needs both a log group and a role.", 400, {}};
  }
  return {};
}

void set_members(Request& request, Json& trail) {
  overlay(trail, request,
          {"S3BucketName", "S3KeyPrefix", "IncludeGlobalServiceEvents", "IsMultiRegionTrail",
           "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "KmsKeyId", "IsOrganizationTrail"});
  if (trail.value("KmsKeyId", "x").empty()) trail.erase("KmsKeyId");  // an empty one takes the key off
  if (request.has("EnableLogFileValidation"))
    trail["LogFileValidationEnabled"] = request.flag("EnableLogFileValidation");
  if (request.has("SnsTopicName")) trail["SnsTopicARN"] = request.arn("sns", request.text("SnsTopicName"));
}

Answer create_trail(Request& request) {
  std::string name = request.text("Name");
  if (find_trail(request, name))
    return error("TrailAlreadyExistsException",
                 fmt::format("Trail {} already exists for customer: {}", name, request.account()));
  if (!valid_trail_name(name))
    return error("InvalidTrailNameException",
                 "Trail name must have 3 to 128 letters, digits, periods, underscores or dashes, and start and end "
                 "with a letter or digit.");
  if (!request.has("S3BucketName")) return error("InvalidS3BucketNameException", "Bucket name cannot be blank!");
  if (Check wrong = check_destinations(request)) return tl::unexpected(*wrong);
  Json trail = {{"Name", name},
                {"IncludeGlobalServiceEvents", true},
                {"IsMultiRegionTrail", false},
                {"HomeRegion", request.region()},
                {"TrailARN", request.arn("cloudtrail", "trail/" + name)},
                {"LogFileValidationEnabled", false},
                {"HasCustomEventSelectors", false},
                {"HasInsightSelectors", false},
                {"IsOrganizationTrail", false},
                {"IsLogging", false},
                {"Tags", sorted_tags(request.parameter("TagsList"))}};
  set_members(request, trail);
  request.put(kTrail, name, trail);
  return view(trail);
}

Answer update_trail(Request& request) {
  auto trail = trail_of(request);
  if (!trail) return tl::unexpected(trail.error());
  if (trail->key.region != request.region())
    return error("InvalidHomeRegionException",
                 fmt::format("Trail {} is homed in {}", request.text("Name"), trail->key.region));
  if (Check wrong = check_destinations(request)) return tl::unexpected(*wrong);
  set_members(request, trail->document);
  request.state().put(trail->key, trail->document);
  return view(trail->document);
}

Answer delete_trail(Request& request) {
  auto trail = trail_of(request);
  if (!trail) return tl::unexpected(trail.error());
  request.state().erase(trail->key);
  return Json::object();
}

Answer set_logging(Request& request, bool on) {
  auto trail = trail_of(request);
  if (!trail) return tl::unexpected(trail.error());
  trail->document["IsLogging"] = on;
  trail->document[on ? "StartLoggingTime" : "StopLoggingTime"] = request.now();
  request.state().put(trail->key, std::move(trail->document));
  return Json::object();
}

Answer start_logging(Request& request) { return set_logging(request, true); }
Answer stop_logging(Request& request) { return set_logging(request, false); }

Answer get_event_selectors(Request& request) {
  auto trail = trail_of(request, "TrailName");
  if (!trail) return tl::unexpected(trail.error());
  Json out = pick(trail->document, {"EventSelectors", "AdvancedEventSelectors"});
  if (out.empty())
    out["EventSelectors"] = Json::array({{{"ReadWriteType", "All"},
                                          {"IncludeManagementEvents", true},
                                          {"DataResources", Json::array()},
                                          {"ExcludeManagementEventSources", Json::array()}}});
  out["TrailARN"] = trail->document["TrailARN"];
  return out;
}

Answer put_event_selectors(Request& request) {
  auto trail = trail_of(request, "TrailName");
  if (!trail) return tl::unexpected(trail.error());
  if (request.has("EventSelectors") == request.has("AdvancedEventSelectors"))
    return error("InvalidEventSelectorsException", "Specify either EventSelectors or AdvancedEventSelectors");
  trail->document.erase("EventSelectors");
  trail->document.erase("AdvancedEventSelectors");
  overlay(trail->document, request, {"EventSelectors", "AdvancedEventSelectors"});
  trail->document["HasCustomEventSelectors"] = true;
  request.state().put(trail->key, trail->document);
  Json out = pick(trail->document, {"EventSelectors", "AdvancedEventSelectors", "TrailARN"});
  return out;
}

constexpr TagForm kTags{.resource = "ResourceId", .tags = "TagsList", .missing = "ResourceNotFoundException"};

Answer remove_trail_tags(Request& request) {
  std::optional<Found> found = find_by_arn(request, request.text("ResourceId"));
  if (!found) return error("ResourceNotFoundException", "The trail does not exist");
  Json keys = Json::array();
  for (const Json& entry : request.parameter("TagsList")) keys.push_back(base::member(entry, "Key"));
  remove_tags(found->document, keys);
  request.state().put(found->key, std::move(found->document));
  return Json::object();
}

Answer list_trail_tags(Request& request) {
  Json out = Json::array();
  for (const Json& id : request.parameter("ResourceIdList")) {
    std::optional<Found> found = find_by_arn(request, id.get<std::string>());
    if (!found) return error("ResourceNotFoundException", fmt::format("{} does not exist", id.get<std::string>()));
    out.push_back({{"ResourceId", id}, {"TagsList", base::member(found->document, "Tags")}});
  }
  return Json{{"ResourceTagList", out}};
}

}  // namespace

std::vector<Operation> cloudtrail_operations() {
  return {
      {"cloudtrail", "DescribeTrails", Effect::read, describe_trails},
      {"cloudtrail", "ListTrails", Effect::read, list_trails},
      {"cloudtrail", "GetTrail", Effect::read, get_trail},
      {"cloudtrail", "GetTrailStatus", Effect::read, get_trail_status},
      {"cloudtrail", "CreateTrail", Effect::write, create_trail},
      {"cloudtrail", "UpdateTrail", Effect::write, update_trail},
      {"cloudtrail", "DeleteTrail", Effect::write, delete_trail},
      {"cloudtrail", "StartLogging", Effect::write, start_logging},
      {"cloudtrail", "StopLogging", Effect::write, stop_logging},
      {"cloudtrail", "GetEventSelectors", Effect::read, get_event_selectors},
      {"cloudtrail", "PutEventSelectors", Effect::write, put_event_selectors},
      {"cloudtrail", "AddTags", Effect::write, tag<kTags>},
      {"cloudtrail", "RemoveTags", Effect::write, remove_trail_tags},
      {"cloudtrail", "ListTags", Effect::read, list_trail_tags},
  };
}

}  // namespace setpoint::twin::services
