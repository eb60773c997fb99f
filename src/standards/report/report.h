// Reports of a scan, for people and for other tools: JSON, CSV, JUnit XML (CI), SARIF 2.1.0 (code scanning), HTML.
//
//   auto report = make_report(ReportFormat::sarif, [&](std::string_view text) { out << text; });
//   report->begin({.time = clock.now(), .version = "0.1.0", .controls = standards.controls()});
//   for (...) report->add({control, resource, judgement});
//   report->finish({.scores = scores(standards.controls(), tally)});
//
// Place in the flow: `setpoint scan --output`. Findings as OCSF and ASFF are written by findings/export.h. Rows are
// written as they come; JUnit and HTML group them and hold them until finish(). What is judged NOT_APPLICABLE is left
// out by all but JSON.
//
// Everything that comes from outside is escaped for its format: markup, CSV formulas (a leading = + - @ gets an
// apostrophe before it), characters that XML does not have. Threads: one. Ownership: a row's pointers need live only
// during add(). Sources: SARIF 2.1.0 (OASIS), JUnit as Jenkins and GitLab read it, RFC 4180.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "model/control.h"
#include "standards/score.h"

namespace setpoint::standards {

enum class ReportFormat { json, csv, junit, sarif, html };
std::optional<ReportFormat> parse_report_format(std::string_view word);  // "json", "csv", "junit", "sarif", "html"

struct ReportHead {
  base::Timestamp time;
  std::string version;  // of Setpoint
  std::span<const model::Control> controls;
};

// A place in a file that people wrote: where a template declares what a piece of evidence names.
struct Place {
  std::string file;
  base::Position at;
  std::string property;  // "Resources/Group/Properties/SecurityGroupIngress/0"; "aws_s3_bucket.logs"
};

// Evidence's path -> its place; for what was declared in a file, not read from a cloud.
class PlaceSource {
 public:
  virtual ~PlaceSource() = default;
  virtual Place place_of(const std::string& path) const = 0;
};

struct ReportRow {
  const model::Control& control;
  const model::Resource& resource;
  const model::Judgement& judgement;
  const PlaceSource* places = nullptr;  // null: the evidence stands in no file
};

struct ReportFoot {
  std::vector<StandardScore> scores;
  std::vector<std::string> unread;  // what could not be read, one sentence each
};

class Report {
 public:
  virtual ~Report() = default;
  virtual void begin(const ReportHead& head) = 0;
  virtual void add(const ReportRow& row) = 0;
  virtual void finish(const ReportFoot& foot) = 0;
};

using ReportSink = std::function<void(std::string_view text)>;
std::unique_ptr<Report> make_report(ReportFormat format, ReportSink sink);

// The parts of which make_report() chooses.
std::unique_ptr<Report> make_json_report(ReportSink sink);
std::unique_ptr<Report> make_csv_report(ReportSink sink);
std::unique_ptr<Report> make_junit_report(ReportSink sink);
std::unique_ptr<Report> make_sarif_report(ReportSink sink);
std::unique_ptr<Report> make_html_report(ReportSink sink);

// One row as JSON, as the JSON report has it.
base::Json row_json(const ReportRow& row);
base::Json score_json(const StandardScore& score);
// What a person reads of the evidence: message, path and value, one line each, with its place where there is one; or
// why it could not be judged.
std::string explanation(const model::Judgement& judgement, const PlaceSource* places = nullptr);
// "template.yaml:12:5"
std::string place_text(const Place& place);

}  // namespace setpoint::standards
