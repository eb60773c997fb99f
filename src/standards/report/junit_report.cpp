#include <map>

#include "standards/report/report.h"

namespace setpoint::standards {

using model::Verdict;

namespace {

// XML 1.0 has no control characters but tab and line breaks, not even as entities.
std::string xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') continue;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct Suite {
  std::string title;
  std::string cases;
  std::size_t tests = 0, failures = 0, errors = 0;
};

std::string case_xml(const ReportRow& row) {
  std::string name = row.resource.key.text();
  std::string open = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(row.control.id), xml(name));
  if (row.judgement.verdict == Verdict::compliant) return open + "/>\n";
  // A failure is a broken rule; an error is what could not be judged.
  const char* kind = row.judgement.verdict == Verdict::non_compliant ? "failure" : "error";
  std::string why = explanation(row.judgement, row.places);
  return open + fmt::format(">\n      <{} message=\"{}\" type=\"{}\">{}</{}>\n    </testcase>\n", kind,
                            xml(row.control.title), to_string(row.control.severity), xml(why), kind);
}

class JunitReport final : public Report {
 public:
  explicit JunitReport(ReportSink sink) : sink_(std::move(sink)) {}

  void begin(const ReportHead& head) override { time_ = head.time; }

  void add(const ReportRow& row) override {
    if (row.judgement.verdict == Verdict::not_applicable) return;
    Suite& suite = suites_[row.control.id];
    suite.title = row.control.title;
    ++suite.tests;
    suite.failures += row.judgement.verdict == Verdict::non_compliant ? 1 : 0;
    suite.errors += row.judgement.verdict == Verdict::unknown ? 1 : 0;
    suite.cases += case_xml(row);
  }

  void finish(const ReportFoot& foot) override {
    Suite all;
    for (const auto& [id, suite] : suites_) {
      all.tests += suite.tests;
      all.failures += suite.failures;
      all.errors += suite.errors;
    }
    std::size_t unread = foot.unread.size();
    sink_(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"setpoint\" tests=\"{}\" "
                    "failures=\"{}\" errors=\"{}\">\n",
                    all.tests + unread, all.failures, all.errors + unread));
    for (const auto& [id, suite] : suites_) sink_(suite_xml(id, suite));
    if (unread > 0) sink_(unread_xml(foot.unread));
    sink_("</testsuites>\n");
  }

 private:
  std::string suite_xml(const std::string& id, const Suite& suite) const {
    return fmt::format("  <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" timestamp=\"{}\">\n",
                       xml(id), xml(suite.title), suite.tests, suite.failures, suite.errors, base::to_iso8601(time_)) +
           suite.cases + "  </testsuite>\n";
  }

  std::string unread_xml(const std::vector<std::string>& unread) const {
    std::string out =
        fmt::format("  <testsuite name=\"unread\" tests=\"{0}\" failures=\"0\" errors=\"{0}\">\n", unread.size());
    for (const std::string& one : unread) {
      out += fmt::format("    <testcase classname=\"unread\" name=\"{0}\"><error message=\"{0}\"/></testcase>\n",
                         xml(one));
    }
    return out + "  </testsuite>\n";
  }

  ReportSink sink_;
  base::Timestamp time_;
  std::map<std::string, Suite> suites_;
};

}  // namespace

std::unique_ptr<Report> make_junit_report(ReportSink sink) { return std::make_unique<JunitReport>(std::move(sink)); }

}  // namespace setpoint::standards
