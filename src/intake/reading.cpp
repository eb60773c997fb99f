#include "intake/reading.h"

#include "model/arn.h"

namespace setpoint::intake {

using base::Json;
using base::member;
using base::string_member;

namespace {

constexpr double kLatestSeconds =
    1e11;  // above it a number counts milliseconds: the year 5138 as seconds, 1973 as those

// Security Hub's ids of what has no ARN: "AWS::IAM::AccessKey:AKIA...".
std::string without_type_prefix(const std::string& id, const std::string& type) {
  return !type.empty() && id.starts_with(type + ":") ? id.substr(type.size() + 1) : id;
}

bool has_no_region_of_its_own(const std::string& type) {
  return type.starts_with("AWS::IAM::") || type == "AWS::CloudFront::Distribution";
}

// What has no region in its ARN, and yet lives in one, or is judged by region.
bool is_regional_without_saying(const std::string& type) {
  return type == "AWS::S3::Bucket" || type == "AWS::::Account";
}

}  // namespace

std::string first_string(const Json& value, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string found = string_member(value, name); !found.empty()) return found;
  }
  return {};
}

const Json& list_member(const Json& value, std::string_view name) {
  static const Json kEmpty = Json::array();
  const Json& found = member(value, name);
  return found.is_array() ? found : kEmpty;
}

base::Result<base::Timestamp> read_time(const Json& value) {
  if (value.is_null()) return base::Timestamp{};
  if (value.is_string()) return base::parse_iso8601(value.get<std::string>());
  if (!value.is_number()) return base::fail(base::ErrorCode::invalid_input, "not a time");
  double number = value.get<double>();
  if (!(number >= 0 && number < 4e14)) return base::fail(base::ErrorCode::invalid_input, "not a time");
  return base::Timestamp{static_cast<std::int64_t>(number < kLatestSeconds ? number * 1000 + 0.5 : number)};
}

base::Timestamp first_time(const Json& value, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto time = read_time(member(value, name)); time && time->known()) return *time;
  }
  return {};
}

std::map<std::string, std::string> read_tags(const Json& value) {
  std::map<std::string, std::string> out;
  if (value.is_object()) {
    for (const auto& [key, text] : value.items()) out[key] = text.is_string() ? text.get<std::string>() : text.dump();
  }
  for (const Json& pair : value.is_array() ? value : Json::array()) {
    std::string key = first_string(pair, {"key", "Key"});
    if (!key.empty()) out[key] = first_string(pair, {"value", "Value"});
  }
  return out;
}

std::string derived_id(const Json& value) { return "e-" + base::digest_of(value).hex().substr(0, 32); }

model::ResourceKey key_of(const std::string& id, const std::string& type, const std::string& account,
                          const std::string& region) {
  model::ResourceKey key;
  if (auto named = model::key_of_arn(id)) {
    key = *named;
    if (!type.empty() && type.find("::") != std::string::npos && key.type != type && key.id == id) key.type = type;
  } else {
    key = {"aws", account, has_no_region_of_its_own(type) ? "global" : region, type, without_type_prefix(id, type)};
  }
  if (key.account.empty()) key.account = account;
  if (is_regional_without_saying(key.type) && !region.empty()) key.region = region;
  if (key.type.empty()) key.type = "Other";
  if (key.region.empty()) key.region = "global";
  return key;
}

namespace {

model::Verdict verdict_of_config(const std::string& word) {
  if (word == "COMPLIANT") return model::Verdict::compliant;
  if (word == "NON_COMPLIANT") return model::Verdict::non_compliant;
  return word == "NOT_APPLICABLE" ? model::Verdict::not_applicable : model::Verdict::unknown;
}

}  // namespace

void take_compliance_change(const Json& message, const std::string& where, Batch& out) {
  const Json& result = member(message, "newEvaluationResult");
  std::string rule = string_member(message, "configRuleName");
  std::string type = string_member(message, "resourceType");
  std::string id = string_member(message, "resourceId");
  if (rule.empty() || type.empty() || id.empty()) {
    out.refused.push_back({where, "a compliance change without configRuleName, resourceType or resourceId"});
    return;
  }
  model::Finding finding;
  finding.check = "aws-config/" + rule;
  finding.title = "AWS Config rule " + rule;
  finding.description = string_member(result, "annotation");
  finding.verdict = verdict_of_config(string_member(result, "complianceType"));
  finding.resource = key_of(id, type, string_member(message, "awsAccountId"), string_member(message, "awsRegion"));
  finding.last_seen = first_time(result, {"resultRecordedTime", "configRuleInvokedTime"});
  finding.first_seen = finding.last_seen;
  std::string uid = string_member(message, "configRuleARN") + "/" + type + "/" + id;
  bool active = finding.verdict == model::Verdict::non_compliant || finding.verdict == model::Verdict::unknown;
  finding.sources.push_back({"AWS Config", uid, finding.first_seen, finding.last_seen, active});
  finding.raw = message;
  out.findings.push_back(std::move(finding));
}

}  // namespace setpoint::intake
