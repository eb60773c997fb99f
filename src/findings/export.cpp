#include "findings/export.h"

#include <algorithm>
#include <cctype>

#include "findings/identity.h"
#include "model/arn.h"

namespace setpoint::findings {

using base::Json;
using model::Finding;
using model::FindingClass;
using model::FindingStatus;
using model::Level;
using model::ResourceKey;
using model::Verdict;

namespace {

constexpr std::size_t kTitleMax = 256;
constexpr std::size_t kDescriptionMax = 1024;
constexpr std::size_t kResourcesMax = 32;
constexpr std::size_t kRequirementsMax = 32;

// At most `most` bytes, not cut inside a character.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

int normalized(Level level) {
  switch (level) {
    case Level::critical:
      return 90;
    case Level::high:
      return 70;
    case Level::medium:
      return 40;
    case Level::low:
      return 1;
    case Level::informational:
      return 0;
  }
  return 0;
}

const char* workflow(FindingStatus status) {
  switch (status) {
    case FindingStatus::open:
      return "NEW";
    case FindingStatus::in_progress:
      return "NOTIFIED";
    case FindingStatus::suppressed:
      return "SUPPRESSED";
    case FindingStatus::resolved:
      return "RESOLVED";
  }
  return "NEW";
}

const char* compliance_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::compliant:
      return "PASSED";
    case Verdict::non_compliant:
      return "FAILED";
    case Verdict::unknown:
      return "WARNING";
    case Verdict::not_applicable:
      return "NOT_AVAILABLE";
  }
  return "NOT_AVAILABLE";
}

Json asff_resource(const ResourceKey& key) {
  return {{"Type", model::asff_of_type(key.type)},
          {"Id", asff_resource_id(key)},
          {"Partition", "aws"},
          {"Region", key.region}};
}

Json requirements(const model::Control& control) {
  Json out = Json::array();
  for (const auto& [standard, list] : control.mappings) {
    for (const std::string& requirement : list) {
      if (out.size() < kRequirementsMax) out.push_back(cut(standard + "/" + requirement, 64));
    }
  }
  return out;
}

Json product_fields(const Finding& finding) {
  Json out = {{"setpoint/finding", finding.id}, {"setpoint/check", finding.check}};
  std::size_t n = 0;
  for (const model::FindingSource& source : finding.sources) {
    std::string prefix = "setpoint/source:" + std::to_string(n++);
    out[prefix + "/product"] = source.product;
    out[prefix + "/active"] = source.active ? "true" : "false";
  }
  n = 0;
  for (const model::Evidence& evidence : finding.evidence) {
    if (n == 10) break;
    out["setpoint/evidence:" + std::to_string(n++)] = cut(evidence.path + " " + base::canonical(evidence.value), 1024);
  }
  return out;
}

Json remediation_text(const model::Control& control) {
  std::string text = control.remediation ? "Setpoint runbook " + control.remediation->runbook : control.human;
  return {{"Recommendation", {{"Text", cut(text, 512)}}}};
}

std::string default_product_arn(const ResourceKey& key) {
  return fmt::format("arn:aws:securityhub:{0}:{1}:product/{1}/default", key.region, key.account);
}

Json ocsf_resource(const ResourceKey& key) {
  Json out = {{"uid", asff_resource_id(key)}, {"type", key.type}, {"name", key.id}, {"region", key.region}};
  if (key.provider == "aws") out["cloud_partition"] = "aws";
  return out;
}

// OCSF has no status for what could not be judged but Unknown.
int ocsf_compliance(Verdict verdict) {
  switch (verdict) {
    case Verdict::compliant:
      return 1;
    case Verdict::non_compliant:
      return 3;
    default:
      return 0;
  }
}

void add_control(Json& out, const Finding& finding, const model::Control* control) {
  Json standards = Json::array();
  Json wanted = Json::array();
  if (control != nullptr) {
    for (const auto& [standard, list] : control->mappings) standards.push_back(standard);
    wanted = requirements(*control);
    out["remediation"] = {{"desc", control->remediation ? "runbook " + control->remediation->runbook : control->human}};
  }
  if (finding.kind != FindingClass::compliance) return;
  Json& compliance = out["compliance"];
  compliance["standards"] = std::move(standards);
  compliance["requirements"] = std::move(wanted);
  compliance["control"] = finding.check;
  compliance["status_id"] = ocsf_compliance(finding.verdict);
  compliance["status"] = compliance["status_id"] == 1 ? "Pass" : compliance["status_id"] == 3 ? "Fail" : "Unknown";
}

}  // namespace

std::string asff_resource_id(const ResourceKey& key) {
  if (key.id.starts_with("arn:") || key.provider != "aws") return key.id;
  if (key.type == "AWS::::Account") return "AWS::::Account:" + key.account;
  if (key.type == "AWS::S3::Bucket") return "arn:aws:s3:::" + key.id;
  if (key.type == "AWS::EC2::SecurityGroup") {
    return fmt::format("arn:aws:ec2:{}:{}:security-group/{}", key.region, key.account, key.id);
  }
  if (key.type == "AWS::EC2::Instance")
    return fmt::format("arn:aws:ec2:{}:{}:instance/{}", key.region, key.account, key.id);
  return key.id;
}

Json asff(const Finding& finding, const model::Control* control, const AsffOptions& options) {
  bool compliance = finding.kind == FindingClass::compliance;
  const ResourceKey& key = finding.resource;
  Json out = {{"SchemaVersion", "2018-10-08"},
              {"Id", "setpoint/" + finding.id},
              {"ProductArn", options.product_arn.empty() ? default_product_arn(key) : options.product_arn},
              {"GeneratorId", "setpoint/" + finding.check},
              {"AwsAccountId", key.account},
              {"Region", key.region},
              {"CreatedAt", base::to_iso8601(finding.first_seen)},
              {"UpdatedAt", base::to_iso8601(finding.last_seen)},
              {"FirstObservedAt", base::to_iso8601(finding.first_seen)},
              {"LastObservedAt", base::to_iso8601(finding.last_seen)},
              {"Title", cut(finding.title.empty() ? finding.check : finding.title, kTitleMax)},
              {"Description", cut(finding.description.empty() ? finding.check : finding.description, kDescriptionMax)}};
  out["Types"] = {compliance ? "Software and Configuration Checks/Industry and Regulatory Standards" : "TTPs"};
  out["Severity"] = {{"Label", upper(to_string(finding.severity))}, {"Normalized", normalized(finding.severity)}};
  out["Resources"] = Json::array({asff_resource(key)});
  for (const ResourceKey& more : finding.more_resources) {
    if (out["Resources"].size() < kResourcesMax) out["Resources"].push_back(asff_resource(more));
  }
  out["Workflow"] = {{"Status", workflow(finding.status)}};
  out["RecordState"] = finding.status == FindingStatus::resolved ? "ARCHIVED" : "ACTIVE";
  out["ProductFields"] = product_fields(finding);
  if (compliance) out["Compliance"] = {{"Status", compliance_status(finding.verdict)}};
  if (control == nullptr) return out;
  out["Remediation"] = remediation_text(*control);
  if (compliance) out["Compliance"]["RelatedRequirements"] = requirements(*control);
  return out;
}

Json ocsf(const Finding& finding, const model::Control* control) {
  Json out = finding.ocsf();
  out["resources"] = Json::array({ocsf_resource(finding.resource)});
  for (const ResourceKey& key : finding.more_resources) out["resources"].push_back(ocsf_resource(key));
  out["cloud"]["provider"] = finding.resource.provider == "aws" ? "AWS" : finding.resource.provider;
  out["message"] = finding.title;
  add_control(out, finding, control);
  Json& sources = out["unmapped"]["sources"];
  sources = Json::array();
  for (const model::FindingSource& source : finding.sources) {
    sources.push_back({{"product", source.product}, {"uid", source.product_uid}, {"active", source.active}});
  }
  return out;
}

}  // namespace setpoint::findings
