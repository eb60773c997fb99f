#include "intake/asff.h"

#include <algorithm>
#include <array>

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

// Standards as Security Hub names them, and as control.yaml's mappings do. "" = its requirements are Security Hub's
// controls.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStandards = {{
    {"aws-foundational-security-best-practices", ""},
    {"service-managed-aws-control-tower", ""},
    {"nist-800-53", ""},
    {"aws-resource-tagging-standard", ""},
    {"cis-aws-foundations-benchmark", "cis-aws"},
    {"pci-dss", "pci-dss"},
}};

// "1.2.0" -> "1.2", as people write the version of a benchmark; "3.2.1" stays.
std::string short_version(std::string_view version) {
  if (version.ends_with(".0") && std::count(version.begin(), version.end(), '.') == 2) version.remove_suffix(2);
  return std::string(version);
}

// "<standard>/v/<version>/[rule/]<requirement>"
std::string check_of_standard(std::string_view text) {
  for (const auto& [name, ours] : kStandards) {
    std::string prefix = std::string(name) + "/v/";
    if (!text.starts_with(prefix)) continue;
    std::string_view rest = text.substr(prefix.size());
    std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return {};
    std::string_view requirement = rest.substr(slash + 1);
    if (requirement.starts_with("rule/")) requirement.remove_prefix(5);
    if (ours.empty()) return std::string(requirement.starts_with("SH.") ? requirement.substr(3) : requirement);
    return std::string(ours) + "-" + short_version(rest.substr(0, slash)) + "/" + std::string(requirement);
  }
  return {};
}

// Security Hub writes GuardDuty's "Backdoor:EC2/C&CActivity" as ".../Backdoor:EC2-C&CActivity".
std::string check_of_guardduty(const Json& asff) {
  std::string arn = string_member(asff, "ProductArn");
  if (!arn.ends_with("product/aws/guardduty")) return {};
  for (const Json& type : list_member(asff, "Types")) {
    std::string text = type.is_string() ? type.get<std::string>() : std::string();
    text = text.substr(text.rfind('/') + 1);
    std::size_t colon = text.find(':');
    std::size_t dash = colon == std::string::npos ? colon : text.find('-', colon);
    if (dash == std::string::npos) continue;
    text[dash] = '/';
    return text;
  }
  return {};
}

std::string check_of_product_fields(const Json& asff) {
  const Json& fields = member(asff, "ProductFields");
  std::string standard = first_string(fields, {"StandardsArn", "StandardsGuideArn"});
  std::string requirement = first_string(fields, {"ControlId", "RuleId"});
  std::size_t start = standard.find(":::");
  if (requirement.empty() || start == std::string::npos) return {};
  std::size_t slash = standard.find('/', start);  // standards/ or ruleset/
  return slash == std::string::npos ? std::string() : check_of_standard(standard.substr(slash + 1) + "/" + requirement);
}

std::string check_of(const Json& asff) {
  std::string generator = string_member(asff, "GeneratorId");
  for (std::string found : {string_member(member(asff, "Compliance"), "SecurityControlId"),
                            check_of_generator(generator), check_of_product_fields(asff), check_of_guardduty(asff)}) {
    if (!found.empty()) return found;
  }
  return generator.empty() ? string_member(asff, "Title") : generator;
}

Level level_of_normalized(double score) {
  if (score >= 90) return Level::critical;
  if (score >= 70) return Level::high;
  if (score >= 40) return Level::medium;
  return score >= 1 ? Level::low : Level::informational;
}

Level severity_of(const Json& asff) {
  const Json& severity = member(asff, "Severity");
  if (auto level = model::parse_level(string_member(severity, "Label"))) return *level;
  const Json& normalized = member(severity, "Normalized");
  return normalized.is_number() ? level_of_normalized(normalized.get<double>()) : Level::medium;
}

bool judges_configuration(const Json& asff) {
  if (member(asff, "Compliance").is_object()) return true;
  const Json& types = list_member(asff, "Types");
  return !types.empty() && types.front().is_string() &&
         types.front().get<std::string>().starts_with("Software and Configuration Checks");
}

Verdict verdict_of(const Json& asff, bool configuration) {
  std::string status = string_member(member(asff, "Compliance"), "Status");
  if (status == "PASSED") return Verdict::compliant;
  if (status == "FAILED") return Verdict::non_compliant;
  if (status == "WARNING" || status == "NOT_AVAILABLE") return Verdict::unknown;
  return configuration ? Verdict::unknown : Verdict::non_compliant;
}

FindingStatus status_of(const Json& asff) {
  std::string workflow = string_member(member(asff, "Workflow"), "Status");
  if (workflow == "SUPPRESSED") return FindingStatus::suppressed;
  if (workflow == "NOTIFIED") return FindingStatus::in_progress;
  return workflow == "RESOLVED" ? FindingStatus::resolved : FindingStatus::open;
}

std::string product_of(const Json& asff) {
  std::string arn = string_member(asff, "ProductArn");
  if (arn.ends_with("product/aws/securityhub")) return "AWS Security Hub";
  if (arn.ends_with("product/aws/guardduty")) return "Amazon GuardDuty";
  if (arn.ends_with("product/aws/config")) return "AWS Config";
  const Json& fields = member(asff, "ProductFields");
  if (std::string provider = string_member(fields, "ProviderName"); !provider.empty()) return provider;
  std::string name = first_string(asff, {"ProductName"});
  if (name.empty()) name = string_member(fields, "aws/securityhub/ProductName");
  return name.empty() ? arn : name;
}

void read_resources(const Json& asff, Finding& out) {
  std::string account = string_member(asff, "AwsAccountId");
  for (const Json& resource : list_member(asff, "Resources")) {
    std::string region = first_string(resource, {"Region"});
    if (region.empty()) region = string_member(asff, "Region");
    std::string type = model::type_of_asff(string_member(resource, "Type"));
    out.more_resources.push_back(key_of(string_member(resource, "Id"), type, account, region));
  }
  out.resource = out.more_resources.front();
  out.more_resources.erase(out.more_resources.begin());
}

void read_note(const Json& asff, Finding& out) {
  const Json& note = member(asff, "Note");
  if (!note.is_object()) return;
  out.notes.push_back({first_time(note, {"UpdatedAt"}), string_member(note, "UpdatedBy"), string_member(note, "Text")});
}

base::Status check_required(const Json& asff) {
  for (const char* name : {"Id", "ProductArn", "AwsAccountId"}) {
    if (string_member(asff, name).empty()) return fail(ErrorCode::invalid_input, "an ASFF finding without {}", name);
  }
  if (list_member(asff, "Resources").empty())
    return fail(ErrorCode::invalid_input, "an ASFF finding without Resources");
  return {};
}

}  // namespace

bool is_asff(const Json& value) {
  return member(value, "ProductArn").is_string() || (value.contains("GeneratorId") && value.contains("AwsAccountId"));
}

std::string check_of_generator(std::string_view generator) {
  for (std::string_view prefix : {"security-control/", "setpoint/"}) {  // ours, exported and come back
    if (generator.starts_with(prefix)) return std::string(generator.substr(prefix.size()));
  }
  if (std::size_t ruleset = generator.find(":::ruleset/"); ruleset != std::string_view::npos)
    generator.remove_prefix(ruleset + 11);
  return check_of_standard(generator);
}

base::Result<Finding> finding_from_asff(const Json& asff) {
  TRY_VOID(check_required(asff));
  Finding out;
  bool configuration = judges_configuration(asff);
  out.kind = configuration ? model::FindingClass::compliance : model::FindingClass::detection;
  out.check = check_of(asff);
  out.title = string_member(asff, "Title");
  out.description = string_member(asff, "Description");
  out.severity = severity_of(asff);
  out.status = status_of(asff);
  out.verdict = verdict_of(asff, configuration);
  read_resources(asff, out);
  read_note(asff, out);
  out.first_seen = first_time(asff, {"FirstObservedAt", "CreatedAt"});
  out.last_seen = first_time(asff, {"LastObservedAt", "UpdatedAt", "CreatedAt"});
  bool active = string_member(asff, "RecordState") != "ARCHIVED" && out.verdict != Verdict::compliant &&
                out.status != FindingStatus::resolved;
  out.sources.push_back({product_of(asff), string_member(asff, "Id"), out.first_seen, out.last_seen, active});
  out.raw = asff;
  return out;
}

}  // namespace setpoint::intake
