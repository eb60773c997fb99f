// What `scan` and `check` write beside their summary: a report in one of the formats that auditors, code scanning, CI
// and data lakes read.
//
//   TRY(auto output, ReportOutput::open({.format = "sarif", .file = "out.sarif"}, controls));
//   ... output->take(control, resource, judgement) ...      // as a scan's VerdictSink
//   TRY_VOID(output->finish({...}));
//
// Formats: json csv junit sarif html (standards/report), ocsf and asff (findings/export: an OCSF list, the input of
// BatchImportFindings). A file appears whole or not at all: it is written beside its name and renamed at the end.
// Without a file the report goes to standard output. Threads: one.
#pragma once

#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "engine/controls.h"
#include "engine/scanning.h"
#include "standards/report/report.h"

namespace setpoint::cli {

struct ReportWish {
  std::string format;  // "" or "table": none
  std::string file;    // "" = standard output
  bool wanted() const { return !format.empty() && format != "table"; }
};

// Words for --output, for the option's help and its check.
const std::vector<std::string>& report_words();

class ReportOutput {
 public:
  static base::Result<std::unique_ptr<ReportOutput>> open(const ReportWish& wish, const engine::Controls& controls,
                                                          base::Timestamp now);
  ~ReportOutput();

  // `places` tells where in a file a piece of evidence stands; null for what was read from a cloud.
  void take(const model::Control& control, const model::Resource& resource, const model::Judgement& judgement,
            const standards::PlaceSource* places = nullptr);
  // Ids of findings that somebody answers for: they do not count in the scores.
  base::Status finish(const std::set<std::string>& suppressed, const std::vector<std::string>& unread);

 private:
  ReportOutput() = default;
  base::Status open_file(const std::string& file);
  void write(std::string_view text);

  std::vector<model::Control> controls_;
  std::unique_ptr<standards::Report> report_;
  standards::Tally tally_;
  std::map<std::string, std::string> failing_;  // finding -> control
  std::string file_;                            // "" = standard output
  std::ofstream stream_;
};

}  // namespace setpoint::cli
