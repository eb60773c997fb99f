// The suite's results for machines: JUnit XML, JSON.
#include "base/junit.h"
#include "response/cases/runbook_suite.h"

namespace setpoint::response {

using base::Json;

namespace {

std::string lines(const std::vector<std::string>& problems) {
  std::string out;
  for (const std::string& problem : problems) out += (out.empty() ? "" : "\n") + problem;
  return out;
}

void add_test(base::JunitSuite& suite, const std::string& runbook, const std::string& name, double seconds,
              const std::vector<std::string>& problems) {
  base::JunitCase one{.classname = runbook, .name = name, .seconds = seconds};
  std::string text = lines(problems);
  if (!problems.empty()) {
    one.outcome = base::JunitOutcome::failure;
    one.message = problems.front();
    one.text = text;
  }
  suite.add(one);
}

base::JunitSuite suite_of(const RunbookResult& runbook) {
  base::JunitSuite out(runbook.name);
  add_test(out, runbook.name, "the runbook keeps its word", 0, runbook.problems);
  for (const CaseResult& one : runbook.cases) add_test(out, runbook.name, one.name, one.seconds, one.problems);
  return out;
}

}  // namespace

std::string junit_xml(const SuiteReport& report) {
  std::vector<base::JunitSuite> suites;
  for (const RunbookResult& runbook : report.runbooks) suites.push_back(suite_of(runbook));
  std::string out = base::junit_head(suites);
  for (const base::JunitSuite& suite : suites) out += suite.xml();
  return out.append(base::junit_foot());
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
