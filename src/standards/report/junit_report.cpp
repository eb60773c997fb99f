#include <map>

#include "base/junit.h"
#include "standards/report/report.h"

namespace setpoint::standards {

using base::JunitOutcome;
using base::JunitSuite;
using model::Verdict;

namespace {

// A failure is a broken rule; an error is what could not be judged.
JunitOutcome outcome_of(Verdict verdict) {
  if (verdict == Verdict::compliant) return JunitOutcome::held;
  return verdict == Verdict::non_compliant ? JunitOutcome::failure : JunitOutcome::error;
}

class JunitReport final : public Report {
 public:
  explicit JunitReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead& head) override { time_ = head.time; }

  void add(const ReportRow& row) override {
    if (row.judgement.verdict == Verdict::not_applicable) return;
    const std::string& id = row.control.id;
    JunitSuite& suite = suites_.try_emplace(id, id + " " + row.control.title, time_).first->second;
    JunitOutcome outcome = outcome_of(row.judgement.verdict);
    std::string name = row.resource.key.text();
    std::string why = outcome == JunitOutcome::held ? "" : explanation(row.judgement, row.places);
    suite.add({.classname = id,
               .name = name,
               .outcome = outcome,
               .message = row.control.title,
               .type = to_string(row.control.severity),
               .text = why});
  }

  void finish(const ReportFoot& foot) override {
    std::vector<JunitSuite> all;
    for (auto& [id, suite] : suites_) all.push_back(std::move(suite));
    JunitSuite unread("unread", time_);
    for (const std::string& one : foot.unread)
      unread.add({.classname = "unread", .name = one, .outcome = JunitOutcome::error, .message = one});
    if (unread.tests() > 0) all.push_back(std::move(unread));
    sink_(base::junit_head(all));
    for (const JunitSuite& suite : all) sink_(suite.xml());
    sink_(base::junit_foot());
  }

 private:
  ReportSink sink_;
  base::Timestamp time_;
  std::map<std::string, JunitSuite> suites_;
};

}  // namespace

std::unique_ptr<Report> make_junit_report(ReportSink sink) { return std::make_unique<JunitReport>(std::move(sink)); }

}  // namespace setpoint::standards
