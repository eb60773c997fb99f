// The suite's results for machines: JUnit XML, JSON.
#include "response/cases/runbook_suite.h"

namespace setpoint::response {

using base::Json;

namespace {

// XML 1.0 has no control characters but tab and line breaks, not even as entities.
std::string xml(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else if (!control)
      out += c;
  }
  return out;
}

std::string lines(const std::vector<std::string>& problems) {
  std::string out;
  for (const std::string& problem : problems) out += (out.empty() ? "" : "\n") + problem;
  return out;
}

std::string test_xml(const std::string& runbook, const std::string& name, double seconds,
                     const std::vector<std::string>& problems) {
  std::string open =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(runbook), xml(name), seconds);
  if (problems.empty()) return open + "/>\n";
  return open + fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", xml(problems.front()),
                            xml(lines(problems)));
}

std::string suite_xml(const RunbookResult& runbook) {
  std::string tests = test_xml(runbook.name, "the runbook keeps its word", 0, runbook.problems);
  std::size_t failures = runbook.problems.empty() ? 0 : 1;
  for (const CaseResult& one : runbook.cases) {
    tests += test_xml(runbook.name, one.name, one.seconds, one.problems);
    failures += one.problems.empty() ? 0 : 1;
  }
  return fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n", xml(runbook.name),
                     runbook.cases.size() + 1, failures, tests);
}

}  // namespace

std::string junit_xml(const SuiteReport& report) {
  std::string suites;
  for (const RunbookResult& runbook : report.runbooks) suites += suite_xml(runbook);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n" + suites + "</testsuites>\n";
}

Json suite_json(const SuiteReport& report) {
  Json out = Json::array();
  for (const RunbookResult& runbook : report.runbooks) {
    Json cases = Json::array();
    for (const CaseResult& one : runbook.cases) {
      cases.push_back({{"case", one.name},
                       {"file", one.path},
                       {"ok", one.problems.empty()},
                       {"problems", one.problems},
                       {"seconds", one.seconds},
                       {"seen", one.seen}});
    }
    out.push_back({{"runbook", runbook.name},
                   {"ok", runbook.ok()},
                   {"problems", runbook.problems},
                   {"cases", std::move(cases)},
                   {"policy", runbook.policy}});
  }
  return {{"ok", report.ok()}, {"runbooks", std::move(out)}};
}

}  // namespace setpoint::response
