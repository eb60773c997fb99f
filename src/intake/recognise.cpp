#include "intake/recognise.h"

#include "intake/asff.h"
#include "intake/config_item.h"
#include "intake/guardduty.h"
#include "intake/limits.h"
#include "intake/ocsf.h"
#include "intake/reading.h"

namespace setpoint::intake {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

bool has_string(const Json& value, std::string_view name) { return member(value, name).is_string(); }

// "ec2.amazonaws.com" -> "aws.ec2", as EventBridge writes it.
std::string source_of(const std::string& event_source) {
  return "aws." + event_source.substr(0, event_source.find('.'));
}

std::string detail_type_of(const std::string& event_type) {
  if (event_type == "AwsConsoleSignIn") return "AWS Console Sign In via CloudTrail";
  if (event_type == "AwsServiceEvent") return "AWS Service Event via CloudTrail";
  if (event_type == "AwsConsoleAction") return "AWS Console Action via CloudTrail";
  if (event_type == "AwsCloudTrailInsight") return "AWS Insight via CloudTrail";
  return "AWS API Call via CloudTrail";
}

model::Event event_from_cloudtrail(const Json& record) {
  model::Event event;
  event.id = string_member(record, "eventID");
  if (event.id.empty()) event.id = derived_id(record);
  event.source = source_of(string_member(record, "eventSource"));
  event.detail_type = detail_type_of(string_member(record, "eventType"));
  event.account = string_member(record, "recipientAccountId");
  if (event.account.empty()) event.account = string_member(member(record, "userIdentity"), "accountId");
  event.region = string_member(record, "awsRegion");
  event.time = first_time(record, {"eventTime"});
  for (const Json& resource : list_member(record, "resources")) {
    if (std::string arn = first_string(resource, {"ARN", "arn"}); !arn.empty()) event.resources.push_back(arn);
  }
  event.detail = record;
  return event;
}

class Recogniser {
 public:
  Recogniser(std::string where, Batch& out) : where_(std::move(where)), out_(out) {}

  // May empty `value`: an item is moved, not copied.
  void take(Json& value) {
    if (++depth_ > kNestedMessagesMax) return refuse(ErrorCode::limit_exceeded, "messages are nested too deep");
    if (value.is_array()) {
      for (Json& element : value) take(element);
    } else if (!value.is_object()) {
      refuse(ErrorCode::invalid_input, fmt::format("expected an object, found {}", value.type_name()));
    } else if (!take_wrapped(value) && !take_plain(value)) {
      refuse(ErrorCode::invalid_input,
             "no known shape: neither a configuration item, an EventBridge or CloudTrail event nor a finding");
    }
    --depth_;
  }

 private:
  void refuse(ErrorCode code, std::string why) { out_.refused.push_back({where_, std::move(why), code}); }

  void take_finding(base::Result<model::Finding> finding) {
    if (finding)
      out_.findings.push_back(std::move(*finding));
    else
      refuse(finding.error().code, finding.error().message);
  }

  // A message that carries another as text, or as a value.
  void take_inner(Json& inner, const char* name) {
    if (!inner.is_string()) return take(inner);
    auto parsed = base::parse_json(inner.get<std::string>());
    if (parsed)
      take(*parsed);
    else
      refuse(parsed.error().code, fmt::format("'{}' is a text that is not JSON", name));
  }

  void take_message(const Json& message) {
    out_.events.push_back(event_from_config_message(message));
    take_config_message(message, where_, out_);
  }

  // Envelopes of transport: the inside counts, they themselves do not.
  bool take_wrapped(Json& value) {
    if (has_string(value, "TopicArn") && value.contains("Message"))
      return take_inner(value["Message"], "Message"), true;
    if (has_string(value, "invokingEvent")) return take_inner(value["invokingEvent"], "invokingEvent"), true;
    if (member(value, "Sns").is_object()) return take(value["Sns"]), true;
    if (has_string(value, "messageId") && has_string(value, "body")) return take_inner(value["body"], "body"), true;
    for (const char* list : {"configurationItems", "baseConfigurationItems", "Records", "Findings"}) {
      if (member(value, list).is_array()) return take(value[list]), true;
    }
    return false;
  }

  bool take_plain(Json& value) {
    if (has_string(value, "detail-type") || has_string(value, "source")) return take_envelope(value), true;
    if (is_config_message(value)) return take_message(value), true;
    if (has_string(value, "eventSource") && has_string(value, "eventName")) {
      return out_.events.push_back(event_from_cloudtrail(value)), true;
    }
    if (is_asff(value)) return take_finding(finding_from_asff(value)), true;
    if (is_ocsf(value)) return take_finding(finding_from_ocsf(value)), true;
    if (is_guardduty(value)) return take_finding(finding_from_guardduty(value)), true;
    if (value.contains("resourceType") || value.contains("configurationItemStatus")) return take_item(value), true;
    return false;
  }

  void take_item(Json& value) {
    auto resource = resource_from_config_item(std::move(value));
    if (resource)
      out_.resources.push_back(std::move(*resource));
    else
      refuse(resource.error().code, resource.error().message);
  }

  void take_envelope(const Json& value) {
    auto event = model::event_from_envelope(value);
    if (!event) return refuse(event.error().code, event.error().message);
    if (event->id.empty()) event->id = derived_id(value);
    const Json detail = event->detail;
    std::string source = event->source;
    std::string type = event->detail_type;
    out_.events.push_back(std::move(*event));
    if (source == "aws.securityhub") {
      for (const Json& finding : list_member(detail, "findings")) take_finding(finding_from_asff(finding));
    } else if (source == "aws.guardduty" && type == "GuardDuty Finding") {
      take_finding(finding_from_guardduty(detail));
    } else if (source == "aws.config") {
      take_config_message(detail, where_, out_);
    }
  }

  std::string where_;
  Batch& out_;
  std::size_t depth_ = 0;
};

}  // namespace

void take_value(Json value, const std::string& where, Batch& out) { Recogniser(where, out).take(value); }

}  // namespace setpoint::intake
