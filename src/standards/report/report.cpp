#include "standards/report/report.h"

#include <array>

namespace setpoint::standards {

using base::Json;
using model::Verdict;

namespace {

constexpr std::array<std::pair<std::string_view, ReportFormat>, 5> kFormats = {{
    {"json", ReportFormat::json},
    {"csv", ReportFormat::csv},
    {"junit", ReportFormat::junit},
    {"sarif", ReportFormat::sarif},
    {"html", ReportFormat::html},
}};

Json place_json(const Place& place) {
  return {{"file", place.file}, {"line", place.at.line}, {"column", place.at.column}, {"property", place.property}};
}

class JsonReport final : public Report {
 public:
  explicit JsonReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead& head) override {
    sink_(fmt::format(R"({{"format":"setpoint-report-1","time":"{}","version":{},"results":[)",
                      base::to_iso8601(head.time), base::canonical(head.version)));
  }

  void add(const ReportRow& row) override {
    sink_((first_ ? "\n" : ",\n") + base::canonical(row_json(row)));
    first_ = false;
  }

  void finish(const ReportFoot& foot) override {
    Json scores = Json::array();
    for (const StandardScore& score : foot.scores) scores.push_back(score_json(score));
    sink_("\n],\"scores\":" + base::canonical(scores) + ",\"unread\":" + base::canonical(Json(foot.unread)) + "}\n");
  }

 private:
  ReportSink sink_;
  bool first_ = true;
};

// RFC 4180; and a spreadsheet must not run what somebody wrote into a tag.
std::string csv_cell(std::string_view text) {
  bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  std::string out = formula ? "\"'" : "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

class CsvReport final : public Report {
 public:
  explicit CsvReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead&) override {
    sink_("control,title,severity,verdict,account,region,type,id,name,explanation,remedy\r\n");
  }

  void add(const ReportRow& row) override {
    if (row.judgement.verdict == Verdict::not_applicable) return;
    const model::ResourceKey& key = row.resource.key;
    std::string remedy = row.control.remediation ? row.control.remediation->runbook : row.control.human;
    std::string line;
    for (std::string_view cell :
         {std::string_view(row.control.id), std::string_view(row.control.title), to_string(row.control.severity),
          to_string(row.judgement.verdict), std::string_view(key.account), std::string_view(key.region),
          std::string_view(key.type), std::string_view(key.id), std::string_view(row.resource.name)}) {
      line += csv_cell(cell) + ",";
    }
    sink_(line + csv_cell(explanation(row.judgement, row.places)) + "," + csv_cell(remedy) + "\r\n");
  }

  void finish(const ReportFoot&) override {}

 private:
  ReportSink sink_;
};

}  // namespace

std::optional<ReportFormat> parse_report_format(std::string_view word) {
  for (const auto& [name, format] : kFormats) {
    if (name == word) return format;
  }
  return std::nullopt;
}

std::unique_ptr<Report> make_json_report(ReportSink sink) { return std::make_unique<JsonReport>(std::move(sink)); }
std::unique_ptr<Report> make_csv_report(ReportSink sink) { return std::make_unique<CsvReport>(std::move(sink)); }

std::unique_ptr<Report> make_report(ReportFormat format, ReportSink sink) {
  switch (format) {
    case ReportFormat::json:
      return make_json_report(std::move(sink));
    case ReportFormat::csv:
      return make_csv_report(std::move(sink));
    case ReportFormat::junit:
      return make_junit_report(std::move(sink));
    case ReportFormat::sarif:
      return make_sarif_report(std::move(sink));
    case ReportFormat::html:
      return make_html_report(std::move(sink));
  }
  return nullptr;
}

Json row_json(const ReportRow& row) {
  const model::ResourceKey& key = row.resource.key;
  Json out = {{"control", row.control.id},
              {"severity", to_string(row.control.severity)},
              {"verdict", to_string(row.judgement.verdict)},
              {"resource",
               {{"provider", key.provider},
                {"account", key.account},
                {"region", key.region},
                {"type", key.type},
                {"id", key.id},
                {"name", row.resource.name},
                {"arn", row.resource.arn}}}};
  if (!row.judgement.because.empty()) out["because"] = row.judgement.because;
  if (row.places != nullptr) out["place"] = place_json(row.places->place_of(""));
  if (row.judgement.evidence.empty()) return out;
  out["evidence"] = Json::array();
  for (const model::Evidence& evidence : row.judgement.evidence) {
    Json one = evidence.json();
    if (row.places != nullptr) one["place"] = place_json(row.places->place_of(evidence.path));
    out["evidence"].push_back(std::move(one));
  }
  return out;
}

Json score_json(const StandardScore& score) {
  Json out = {{"standard", score.standard}, {"passed", score.passed},   {"failed", score.failed},
              {"unknown", score.unknown},   {"no_data", score.no_data}, {"percent", nullptr}};
  if (score.percent) out["percent"] = *score.percent;
  return out;
}

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", place.file, place.at.line, place.at.column);
}

std::string explanation(const model::Judgement& judgement, const PlaceSource* places) {
  std::string out;
  for (const model::Evidence& evidence : judgement.evidence) {
    if (!out.empty()) out += "\n";
    if (!evidence.message.empty()) out += evidence.message + ": ";
    std::string value = evidence.resolved ? base::canonical(evidence.value) : "is not there";
    out += evidence.path + " " + value.substr(0, 200);
    if (places == nullptr) continue;
    Place place = places->place_of(evidence.path);
    out += fmt::format(" ({} {})", place_text(place), place.property);
  }
  return out.empty() ? judgement.because : out;
}

}  // namespace setpoint::standards
