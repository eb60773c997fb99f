#include <map>

#include "base/digest.h"
#include "standards/report/report.h"

namespace setpoint::standards {

using base::Json;
using model::Level;
using model::Verdict;

namespace {

std::string_view level_of(Level level) {
  if (level >= Level::high) return "error";
  return level == Level::medium ? "warning" : "note";
}

// GitHub ranks by this: 9.0 and above is critical, 7.0 high, 4.0 medium.
std::string_view security_severity(Level level) {
  switch (level) {
    case Level::critical:
      return "9.5";
    case Level::high:
      return "8.0";
    case Level::medium:
      return "5.5";
    case Level::low:
      return "2.5";
    case Level::informational:
      return "0.5";
  }
  return "0.0";
}

Json tags_of(const model::Control& control) {
  Json out = {"security"};
  for (const auto& [standard, requirements] : control.mappings) {
    for (const std::string& requirement : requirements) out.push_back(standard + "/" + requirement);
  }
  return out;
}

Json rule_of(const model::Control& control) {
  std::string help = control.remediation ? "Remedy: runbook " + control.remediation->runbook : control.human;
  return {{"id", control.id},
          {"name", control.id},
          {"shortDescription", {{"text", control.title}}},
          {"fullDescription", {{"text", control.rationale}}},
          {"help", {{"text", help}}},
          {"defaultConfiguration", {{"level", level_of(control.severity)}}},
          {"properties", {{"security-severity", security_severity(control.severity)}, {"tags", tags_of(control)}}}};
}

// Percent-encoded, RFC 3986.
std::string uri(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@";
  std::string out;
  for (char c : text)
    out += kPlain.find(c) != kPlain.npos ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

Json location_in_file(const Place& place) {
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri(place.file)}}},
            {"region", {{"startLine", std::max(1, place.at.line)}, {"startColumn", std::max(1, place.at.column)}}}}},
          {"logicalLocations", Json::array({{{"fullyQualifiedName", place.property}, {"kind", "resource"}}})}};
}

// SARIF wants a file; a resource is named by its key as a path, and exactly by its logical location.
Json location_of(const ReportRow& row, const std::string& path) {
  if (row.places != nullptr) return location_in_file(row.places->place_of(path));
  std::string name = row.resource.arn.empty() ? row.resource.key.text() : row.resource.arn;
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri(row.resource.key.text())}}}, {"region", {{"startLine", 1}}}}},
          {"logicalLocations", Json::array({{{"fullyQualifiedName", name + path}, {"kind", "resource"}}})}};
}

class SarifReport final : public Report {
 public:
  explicit SarifReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead& head) override {
    Json rules = Json::array();
    for (const model::Control& control : head.controls) {
      index_[control.id] = rules.size();
      rules.push_back(rule_of(control));
    }
    Json driver = {{"name", "Setpoint"}, {"version", head.version}, {"rules", std::move(rules)}};
    sink_(R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":)" +
          base::canonical(driver) + "},\"results\":[");
  }

  void add(const ReportRow& row) override {
    bool told = row.judgement.verdict == Verdict::non_compliant || row.judgement.verdict == Verdict::unknown;
    if (!told) return;
    sink_((first_ ? "\n" : ",\n") + base::canonical(result_of(row)));
    first_ = false;
  }

  void finish(const ReportFoot& foot) override {
    Json notes = Json::array();
    for (const std::string& one : foot.unread)
      notes.push_back({{"level", "error"}, {"message", {{"text", "not read: " + one}}}});
    Json invocation = {{"executionSuccessful", foot.unread.empty()}, {"toolExecutionNotifications", std::move(notes)}};
    sink_("\n],\"invocations\":" + base::canonical(Json::array({invocation})) + "}]}\n");
  }

 private:
  Json result_of(const ReportRow& row) const {
    bool unknown = row.judgement.verdict == Verdict::unknown;
    std::string text =
        row.control.title + ". " + (unknown ? "Could not be judged: " : "") + explanation(row.judgement, row.places);
    Json locations = Json::array();
    for (const model::Evidence& evidence : row.judgement.evidence) locations.push_back(location_of(row, evidence.path));
    if (locations.empty()) locations.push_back(location_of(row, ""));
    Json out = {{"ruleId", row.control.id},
                {"kind", unknown ? "open" : "fail"},
                {"level", unknown ? "none" : level_of(row.control.severity)},
                {"message", {{"text", text}}},
                {"locations", std::move(locations)}};
    out["partialFingerprints"] = {{"setpoint/v1", base::sha256(row.control.id + "\n" + row.resource.key.text()).hex()}};
    if (auto found = index_.find(row.control.id); found != index_.end()) out["ruleIndex"] = found->second;
    return out;
  }

  ReportSink sink_;
  std::map<std::string, std::size_t> index_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Report> make_sarif_report(ReportSink sink) { return std::make_unique<SarifReport>(std::move(sink)); }

}  // namespace setpoint::standards
