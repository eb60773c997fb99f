#include "findings/security_hub.h"

#include "model/arn.h"

namespace setpoint::findings {

using base::Json;
using base::string_member;
using model::Finding;
using model::FindingSource;
using model::RunStatus;

namespace {

constexpr std::size_t kIdentifiersMax = 100;
constexpr std::size_t kNoteCharsMax = 512;

std::string_view product_path(std::string_view product) {
  if (product == "AWS Security Hub") return "aws/securityhub";
  if (product == "Amazon GuardDuty") return "aws/guardduty";
  if (product == "AWS Config") return "aws/config";
  return {};
}

std::string product_arn(const Finding& finding, const FindingSource& source) {
  if (string_member(finding.raw, "Id") == source.product_uid) return string_member(finding.raw, "ProductArn");
  std::string_view path = product_path(source.product);
  auto id = model::parse_arn(source.product_uid);
  if (path.empty() || !id || id->region.empty()) return {};
  return fmt::format("arn:{}:securityhub:{}::product/{}", id->partition, id->region, path);
}

Json identifiers(const Finding& finding) {
  Json out = Json::array();
  for (const FindingSource& source : finding.sources) {
    if (!source.active || source.product_uid.empty() || out.size() == kIdentifiersMax) continue;
    std::string arn = product_arn(finding, source);
    if (!arn.empty()) out.push_back({{"Id", source.product_uid}, {"ProductArn", arn}});
  }
  return out;
}

std::string_view workflow_after(RunStatus status) {
  if (status == RunStatus::effective) return "RESOLVED";
  return status == RunStatus::undone ? "NEW" : "NOTIFIED";
}

// A note is cut between characters of UTF-8, not inside one.
std::string cut(std::string text) {
  if (text.size() <= kNoteCharsMax) return text;
  std::size_t end = kNoteCharsMax - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

std::optional<Json> outcome_update(const Finding& finding, const OutcomeNote& note) {
  Json held = identifiers(finding);
  if (held.empty()) return std::nullopt;
  std::string text = fmt::format("Setpoint {}: {}. {}", note.run, model::to_string(note.status), note.text);
  return Json{{"FindingIdentifiers", std::move(held)},
              {"Note", {{"Text", cut(std::move(text))}, {"UpdatedBy", "setpoint"}}},
              {"Workflow", {{"Status", workflow_after(note.status)}}},
              {"UserDefinedFields", {{"setpoint.run", note.run}, {"setpoint.finding", finding.id}}}};
}

}  // namespace setpoint::findings
