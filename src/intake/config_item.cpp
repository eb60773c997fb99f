#include "intake/config_item.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "intake/limits.h"
#include "intake/reading.h"
#include "model/arn.h"

namespace setpoint::intake {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::string_member;
using model::Knowledge;
using model::Resource;

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

base::Result<std::string> account_of(const Json& item) {
  std::string account = first_string(item, {"accountId", "awsAccountId"});
  if (!all_digits(account) || account.size() > 20) {
    return fail(ErrorCode::invalid_input, "accountId '{:.40}' is not an AWS account number", account);
  }
  return account;
}

// "us-west-2b" is a zone of us-west-2; documents of 2014 wrote zones where ARNs have regions.
std::string without_zone_letter(std::string region) {
  if (region.size() > 2 && std::isalpha(static_cast<unsigned char>(region.back())) &&
      std::isdigit(static_cast<unsigned char>(region[region.size() - 2]))) {
    region.pop_back();
  }
  return region;
}

bool is_place(std::string_view text) { return !text.empty() && text != "Not Applicable" && text != "Regional"; }

std::string region_of_arn(const std::string& text) {
  auto arn = model::parse_arn(text);
  if (arn && is_place(arn->region) && arn->region.find('-') != std::string::npos)
    return without_zone_letter(arn->region);
  return {};
}

base::Result<std::string> region_of(const Json& item, const std::string& arn) {
  std::string region = string_member(item, "awsRegion");
  if (is_place(region)) return region;
  if (std::string from_arn = region_of_arn(arn); !from_arn.empty()) return from_arn;
  std::string zone = first_string(item, {"availabilityZone", "availibilityZone"});  // AWS's own misspelling of 2014
  if (is_place(zone)) return without_zone_letter(zone);
  if (region == "Not Applicable") return std::string("global");
  return fail(ErrorCode::invalid_input, "no awsRegion, and neither arn nor availabilityZone names one");
}

base::Result<base::Timestamp> captured_at(const Json& item) {
  const Json& time = member(item, "configurationItemCaptureTime");
  auto read = read_time(time);
  if (!read)
    return fail(ErrorCode::invalid_input, "configurationItemCaptureTime {:.60} is not a time", base::canonical(time));
  return *read;
}

// The API's form holds configuration as a JSON text, and each supplementaryConfiguration too; files hold them as
// values.
base::Status unpack_configuration(Json& item) {
  if (!member(item, "configuration").is_string()) return {};
  auto parsed = base::parse_json(string_member(item, "configuration"));
  if (!parsed)
    return fail(ErrorCode::invalid_input, "configuration is a text that is not JSON: {}", parsed.error().message);
  item["configuration"] = std::move(*parsed);
  if (!member(item, "supplementaryConfiguration").is_object()) return {};
  for (auto& [name, value] : item["supplementaryConfiguration"].items()) {
    if (!value.is_string()) continue;
    if (auto inner = base::parse_json(value.get<std::string>())) value = std::move(*inner);
  }
  return {};
}

void rename(Json& object, const char* from, const char* to) {
  auto found = object.find(from);
  if (found == object.end()) return;
  if (!object.contains(to)) object[to] = *found;
  object.erase(from);
}

void rename_members(Json& item) {
  rename(item, "awsAccountId", "accountId");
  rename(item, "ARN", "arn");
  rename(item, "configurationItemVersion", "version");
  rename(item, "configurationStateID", "configurationStateId");
  rename(item, "configurationStateMd5Hash", "configurationItemMD5Hash");
  if (!item.contains("relationships") || !item["relationships"].is_array()) return;
  for (Json& relation : item["relationships"]) {
    if (relation.is_object()) rename(relation, "name", "relationshipName");
  }
}

std::vector<model::Relation> relations_of(const Json& item) {
  std::vector<model::Relation> out;
  for (const Json& relation : list_member(item, "relationships")) {
    std::string id = first_string(relation, {"resourceId", "resourceName"});
    std::string type = string_member(relation, "resourceType");
    if (!id.empty() && !type.empty()) out.push_back({string_member(relation, "relationshipName"), type, id});
  }
  return out;
}

struct Status {
  std::string_view word;
  Knowledge knowledge;
  std::string_view because;
};
constexpr std::array<Status, 11> kStatuses = {{
    {"", Knowledge::known, ""},
    {"OK", Knowledge::known, ""},
    {"Ok", Knowledge::known, ""},
    {"ResourceDiscovered", Knowledge::known, ""},
    {"Discovered", Knowledge::known, ""},
    {"ResourceDeleted", Knowledge::deleted, ""},
    {"Deleted", Knowledge::deleted, ""},
    {"ResourceDeletedNotRecorded", Knowledge::deleted, ""},
    {"ResourceNotRecorded", Knowledge::unknown, "AWS Config does not record this resource"},
    {"NotRecorded", Knowledge::unknown, "AWS Config does not record this resource"},
    {"Failed", Knowledge::unknown, "AWS Config could not read this resource"},
}};

void read_status(const Json& item, Resource& out) {
  std::string word = string_member(item, "configurationItemStatus");
  for (const Status& status : kStatuses) {
    if (status.word != word) continue;
    out.knowledge = status.knowledge;
    out.unknown_because = status.because;
    return;
  }
  out.knowledge = Knowledge::unknown;
  out.unknown_because = fmt::format("configurationItemStatus '{:.60}' is not known", word);
}

// A known resource without a configuration was not told, not empty.
void check_configuration(const Json& item, Resource& out) {
  if (out.knowledge != Knowledge::known || !member(item, "configuration").is_null()) return;
  out.knowledge = Knowledge::unknown;
  out.unknown_because = "the item holds no configuration";
}

base::Status read_key(const Json& item, Resource& out) {
  out.key.type = string_member(item, "resourceType");
  out.key.id = string_member(item, "resourceId");
  if (out.key.type.empty()) return fail(ErrorCode::invalid_input, "a configuration item without resourceType");
  if (out.key.id.empty())
    return fail(ErrorCode::invalid_input, "a configuration item of {} without resourceId", out.key.type);
  if (out.key.id.size() > kResourceIdBytesMax) return fail(ErrorCode::limit_exceeded, "resourceId is too long");
  out.arn = first_string(item, {"arn", "ARN"});
  TRY(out.key.account, account_of(item));
  TRY(out.key.region, region_of(item, out.arn));
  return {};
}

void take_item(const Json& item, const std::string& where, Batch& out) {
  auto resource = resource_from_config_item(item);
  if (resource)
    out.resources.push_back(std::move(*resource));
  else
    out.refused.push_back({where, resource.error().message, resource.error().code});
}

void take_summary(const Json& summary, const std::string& where, Batch& out) {
  std::size_t before = out.resources.size();
  take_item(summary, where, out);
  if (out.resources.size() == before || out.resources.back().knowledge == Knowledge::deleted) return;
  out.resources.back().knowledge = Knowledge::unknown;
  out.resources.back().unknown_because = "the item is too large for a notification; AWS Config sent its summary only";
}

}  // namespace

base::Result<Resource> resource_from_config_item(Json item) {
  Resource out;
  TRY_VOID(read_key(item, out));
  TRY(out.captured_at, captured_at(item));
  rename_members(item);
  TRY_VOID(unpack_configuration(item));
  if (out.captured_at.known()) item["configurationItemCaptureTime"] = base::to_iso8601(out.captured_at);
  out.name = string_member(item, "resourceName");
  out.tags = read_tags(member(item, "tags"));
  out.relations = relations_of(item);
  out.source = "aws-config";
  read_status(item, out);
  check_configuration(item, out);
  out.item = std::move(item);
  return out;
}

bool is_config_message(const Json& value) {
  return member(value, "messageType").is_string() || value.contains("configurationItem") ||
         value.contains("configurationItemSummary");
}

void take_config_message(const Json& message, const std::string& where, Batch& out) {
  const Json& item = member(message, "configurationItem");
  if (item.is_object()) take_item(item, where, out);
  for (const Json& one : item.is_array() ? item : Json::array()) take_item(one, where, out);
  if (const Json& summary = member(message, "configurationItemSummary"); summary.is_object())
    take_summary(summary, where, out);
  if (message.contains("newEvaluationResult")) take_compliance_change(message, where, out);
}

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kDetailTypes = {{
    {"ConfigurationItemChangeNotification", "Config Configuration Item Change"},
    {"OversizedConfigurationItemChangeNotification", "Config Configuration Item Change"},
    {"ComplianceChangeNotification", "Config Rules Compliance Change"},
    {"ConfigRulesEvaluationStarted", "Config Rules Re-evaluation Status"},
    {"ConfigurationSnapshotDeliveryStarted", "Config Configuration Snapshot Delivery Status"},
    {"ConfigurationSnapshotDeliveryCompleted", "Config Configuration Snapshot Delivery Status"},
    {"ConfigurationSnapshotDeliveryFailed", "Config Configuration Snapshot Delivery Status"},
    {"ConfigurationHistoryDeliveryCompleted", "Config Configuration History Delivery Status"},
    {"ScheduledNotification", "Config Scheduled Notification"},
}};

std::string detail_type_of(const std::string& message_type) {
  for (const auto& [type, name] : kDetailTypes) {
    if (type == message_type) return std::string(name);
  }
  return message_type.empty() ? "Config Configuration Item Change" : "Config " + message_type;
}

}  // namespace

model::Event event_from_config_message(const Json& message) {
  const Json& item = member(message, "configurationItem");
  const Json& about = item.is_object() ? item : member(message, "configurationItemSummary");
  model::Event event;
  event.id = derived_id(message);
  event.source = "aws.config";
  event.detail_type = detail_type_of(string_member(message, "messageType"));
  event.account = first_string(message, {"awsAccountId", "accountId"});
  if (event.account.empty()) event.account = first_string(about, {"awsAccountId", "accountId"});
  event.region = string_member(message, "awsRegion");
  if (event.region.empty()) event.region = string_member(about, "awsRegion");
  for (const char* name : {"notificationCreationTime", "NotificationCreateTime"}) {
    if (auto time = read_time(member(message, name)); time && time->known()) event.time = *time;
  }
  if (std::string arn = first_string(about, {"arn", "ARN"}); !arn.empty()) event.resources.push_back(arn);
  event.detail = message;
  return event;
}

}  // namespace setpoint::intake
