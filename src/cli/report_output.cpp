#include "cli/report_output.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "findings/export.h"
#include "findings/identity.h"
#include "findings/lifecycle.h"

namespace setpoint::cli {

using standards::Report;
using standards::ReportRow;

namespace {

// OCSF events as a list, ASFF as the input of `aws securityhub batch-import-findings --cli-input-json`.
class FindingsReport final : public Report {
 public:
  FindingsReport(bool asff, standards::ReportSink sink) : asff_(asff), sink_(std::move(sink)) {}

  void begin(const standards::ReportHead& head) override {
    time_ = head.time;
    sink_(asff_ ? "{\"Findings\":[" : "[");
  }

  void add(const ReportRow& row) override {
    if (row.judgement.verdict == model::Verdict::not_applicable) return;
    const model::Control& control = row.control;
    base::Timestamp at = row.resource.captured_at.known() ? row.resource.captured_at : time_;
    model::Finding finding = findings::own_report(control.id, control.title, control.rationale, control.severity,
                                                  row.resource, row.judgement, at);
    base::Json json = asff_ ? findings::asff(finding, &control) : findings::ocsf(finding, &control);
    sink_((first_ ? "\n" : ",\n") + base::canonical(json));
    first_ = false;
  }

  void finish(const standards::ReportFoot&) override { sink_(asff_ ? "\n]}\n" : "\n]\n"); }

 private:
  bool asff_;
  standards::ReportSink sink_;
  base::Timestamp time_;
  bool first_ = true;
};

std::unique_ptr<Report> report_of(const std::string& format, standards::ReportSink sink) {
  if (format == "ocsf" || format == "asff") return std::make_unique<FindingsReport>(format == "asff", std::move(sink));
  auto known = standards::parse_report_format(format);
  return known ? standards::make_report(*known, std::move(sink)) : nullptr;
}

std::string unfinished(const std::string& file) { return fmt::format("{}.part-{}", file, ::getpid()); }

}  // namespace

const std::vector<std::string>& report_words() {
  static const std::vector<std::string> kWords = {"table", "json", "csv", "ocsf", "asff", "sarif", "junit", "html"};
  return kWords;
}

base::Result<std::unique_ptr<ReportOutput>> ReportOutput::open(const ReportWish& wish, const engine::Controls& controls,
                                                               base::Timestamp now) {
  std::unique_ptr<ReportOutput> out(new ReportOutput());
  for (const std::string& id : controls.ids()) out->controls_.push_back(*controls.find(id));
  out->report_ = report_of(wish.format, [raw = out.get()](std::string_view text) { raw->write(text); });
  if (out->report_ == nullptr)
    return base::fail({base::ErrorCode::invalid_input,
                       fmt::format("'{}' is no format of a report", wish.format),
                       {},
                       fmt::format("one of {}", fmt::join(report_words(), ", ")),
                       {}});
  if (!wish.file.empty()) TRY_VOID(out->open_file(wish.file));
  out->report_->begin({now, kVersion, out->controls_});
  return out;
}

ReportOutput::~ReportOutput() {
  if (file_.empty() || !stream_.is_open()) return;
  std::error_code ignored;
  std::filesystem::remove(unfinished(file_), ignored);
}

base::Status ReportOutput::open_file(const std::string& file) {
  file_ = file;
  stream_.open(unfinished(file), std::ios::binary | std::ios::trunc);
  if (stream_) return {};
  return base::fail({base::ErrorCode::access_denied,
                     "the report's file cannot be written",
                     file,
                     "name a folder that exists and that you may write to",
                     {}});
}

void ReportOutput::write(std::string_view text) { (file_.empty() ? std::cout : stream_) << text; }

void ReportOutput::take(const model::Control& control, const model::Resource& resource,
                        const model::Judgement& judgement, const standards::PlaceSource* places) {
  tally_.add(control.id, judgement.verdict);
  if (judgement.verdict == model::Verdict::non_compliant)
    failing_.emplace(findings::finding_id(control.id, resource.key), control.id);
  report_->add({control, resource, judgement, places});
}

base::Status ReportOutput::finish(const std::set<std::string>& suppressed, const std::vector<std::string>& unread) {
  for (const std::string& finding : suppressed) {
    if (auto found = failing_.find(finding); found != failing_.end()) tally_.suppress(found->second);
  }
  report_->finish({standards::scores(controls_, tally_), unread});
  std::ostream& stream = file_.empty() ? std::cout : stream_;
  stream.flush();
  if (!stream)
    return base::fail(
        {base::ErrorCode::unavailable, "the report could not be written whole", file_, "is the disk full?", {}});
  if (file_.empty()) return {};
  stream_.close();
  std::error_code failed;
  std::filesystem::rename(unfinished(file_), file_, failed);
  if (failed) return base::fail({base::ErrorCode::access_denied, failed.message(), file_, {}, {}});
  return {};
}

}  // namespace setpoint::cli
