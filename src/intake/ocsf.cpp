#include "intake/ocsf.h"

#include <algorithm>
#include <cctype>

#include "intake/reading.h"
#include "model/arn.h"

namespace setpoint::intake {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::string_member;
using model::Finding;
using model::FindingStatus;
using model::Level;
using model::Verdict;

namespace {

int integer(const Json& value, std::string_view name) {
  const Json& found = member(value, name);
  return found.is_number_integer() && found.get<std::int64_t>() < 1'000'000'000 ? found.get<int>() : 0;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// OCSF 1.0 called it `finding`.
const Json& info_of(const Json& ocsf) {
  const Json& info = member(ocsf, "finding_info");
  return info.is_object() ? info : member(ocsf, "finding");
}

std::string outcome_of(const Json& ocsf) {
  std::string word = string_member(member(ocsf, "compliance"), "status");
  return upper(word.empty() ? string_member(ocsf, "status_code") : word);
}

bool judges_configuration(const Json& ocsf) {
  std::string outcome = outcome_of(ocsf);
  return integer(ocsf, "class_uid") == 2003 || outcome == "PASS" || outcome == "FAIL" || outcome == "MANUAL";
}

Verdict verdict_of(const Json& ocsf, bool configuration) {
  if (!configuration) return Verdict::non_compliant;
  std::string outcome = outcome_of(ocsf);
  if (outcome == "PASS" || outcome == "PASSED") return Verdict::compliant;
  if (outcome == "FAIL" || outcome == "FAILED") return Verdict::non_compliant;
  return Verdict::unknown;
}

// Under one name with what the same product says in ASFF.
std::string product_of(const Json& ocsf) {
  std::string name = string_member(member(member(ocsf, "metadata"), "product"), "name");
  if (name == "Security Hub") return "AWS Security Hub";
  return name == "GuardDuty" ? "Amazon GuardDuty" : name;
}

std::string check_of(const Json& ocsf) {
  std::string control = string_member(member(ocsf, "compliance"), "control");
  if (!control.empty()) return control;
  std::string code = string_member(member(ocsf, "metadata"), "event_code");
  std::string product = product_of(ocsf);
  std::transform(product.begin(), product.end(), product.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!code.empty()) return product + "/" + code;
  std::string analytic = first_string(member(info_of(ocsf), "analytic"), {"uid", "name"});
  if (!analytic.empty()) return analytic;
  const Json& types = list_member(info_of(ocsf), "types");
  return !types.empty() && types.front().is_string() ? types.front().get<std::string>()
                                                     : string_member(info_of(ocsf), "title");
}

Level severity_of(const Json& ocsf) {
  int id = integer(ocsf, "severity_id");
  if (id >= 1 && id <= 5) return static_cast<Level>(id);
  return id == 6 ? Level::critical : Level::medium;
}

FindingStatus status_of(const Json& ocsf) {
  switch (integer(ocsf, "status_id")) {
    case 2:
      return FindingStatus::in_progress;
    case 3:
      return FindingStatus::suppressed;
    case 4:
      return FindingStatus::resolved;
    default:
      return FindingStatus::open;
  }
}

std::string provider_of(const Json& cloud) {
  std::string provider = upper(string_member(cloud, "provider"));
  if (provider == "AZURE") return "azure";
  if (provider == "GCP" || provider == "GOOGLE CLOUD") return "gcp";
  return provider == "KUBERNETES" ? "kubernetes" : "aws";
}

model::ResourceKey resource_of(const Json& resource, const Json& ocsf) {
  const Json& cloud = member(ocsf, "cloud");
  std::string account = string_member(member(cloud, "account"), "uid");
  std::string region = string_member(resource, "region");
  if (region.empty()) region = string_member(cloud, "region");
  std::string uid = first_string(resource, {"uid", "name"});
  std::string type = string_member(resource, "type");
  if (provider_of(cloud) == "aws") {
    std::string config_type = model::type_of_asff(type);
    return key_of(uid, config_type.empty() ? type : config_type, account, region);
  }
  return {provider_of(cloud), account, region.empty() ? "global" : region, type.empty() ? "Other" : type, uid};
}

base::Status read_resources(const Json& ocsf, Finding& out) {
  for (const Json& resource : list_member(ocsf, "resources")) out.more_resources.push_back(resource_of(resource, ocsf));
  if (const Json& one = member(ocsf, "resource"); one.is_object()) out.more_resources.push_back(resource_of(one, ocsf));
  if (out.more_resources.empty()) return fail(ErrorCode::invalid_input, "an OCSF finding without resources");
  out.resource = out.more_resources.front();
  out.more_resources.erase(out.more_resources.begin());
  if (out.resource.id.empty()) return fail(ErrorCode::invalid_input, "an OCSF finding whose resource has no uid");
  return {};
}

base::Status check_class(const Json& ocsf) {
  int uid = integer(ocsf, "class_uid");
  if (uid == 2001 || uid == 2003 || uid == 2004) return {};
  return fail(ErrorCode::unsupported, "OCSF class {} is not one of 2001, 2003, 2004", uid);
}

}  // namespace

bool is_ocsf(const Json& value) { return member(value, "class_uid").is_number(); }

base::Result<Finding> finding_from_ocsf(const Json& ocsf) {
  TRY_VOID(check_class(ocsf));
  const Json& info = info_of(ocsf);
  std::string uid = string_member(info, "uid");
  if (uid.empty()) return fail(ErrorCode::invalid_input, "an OCSF finding without finding_info.uid");
  Finding out;
  bool configuration = judges_configuration(ocsf);
  out.kind = configuration ? model::FindingClass::compliance : model::FindingClass::detection;
  out.check = check_of(ocsf);
  out.title = string_member(info, "title");
  out.description = first_string(ocsf, {"status_detail", "message"});
  if (out.description.empty()) out.description = string_member(info, "desc");
  out.severity = severity_of(ocsf);
  out.status = status_of(ocsf);
  out.verdict = verdict_of(ocsf, configuration);
  TRY_VOID(read_resources(ocsf, out));
  out.last_seen = first_time(info, {"last_seen_time", "modified_time"});
  if (!out.last_seen.known()) out.last_seen = first_time(ocsf, {"time"});
  out.first_seen = first_time(info, {"first_seen_time", "created_time"});
  if (!out.first_seen.known()) out.first_seen = out.last_seen;
  bool active = out.verdict != Verdict::compliant && out.status != FindingStatus::resolved;
  std::string product = product_of(ocsf);
  out.sources.push_back({product.empty() ? "OCSF" : product, uid, out.first_seen, out.last_seen, active});
  out.raw = ocsf;
  return out;
}

}  // namespace setpoint::intake
