// All cases of all runbooks of a folder, run in parallel: what `setpoint runbook test` shows.
//
//   Diagnostics diagnostics;
//   std::vector<RunbookFolder> folders = read_runbook_folders("content/runbooks", diagnostics);
//   SuiteReport report = run_suite(folders, CaseRunner({catalog, &library, &scripts}));
//   if (!report.ok()) ...
//
// Each case runs twice: as root, which tells what the document does and needs, and in a session that its policy.json
// bounds, where it must come to the same. On top of its cases each runbook is held to its own words: about.yaml,
// policy.json, every step reached. Threads: run_suite starts its own, as many as the machine has processors.
#pragma once

#include <string>
#include <vector>

#include "response/cases/case_run.h"
#include "response/cases/runbook_folder.h"

namespace setpoint::response {

struct CaseResult {
  std::string name;
  std::string path;
  std::vector<std::string> problems;
  double seconds = 0;
  base::Json seen;  // null where the case's world could not be made
};

struct RunbookResult {
  std::string name;
  std::string path;
  std::vector<CaseResult> cases;
  std::vector<std::string> problems;  // of the runbook as a whole
  base::Json policy;                  // what its cases and its text need
  bool ok() const;
};

struct SuiteReport {
  std::vector<RunbookResult> runbooks;
  bool ok() const;
  std::size_t cases() const;
  std::size_t problems() const;
};

SuiteReport run_suite(const std::vector<RunbookFolder>& folders, const CaseRunner& runner);

// Writes what was seen into the files of the cases, and policy.json: for their author to read as a difference.
base::Status update_expectations(const std::vector<RunbookFolder>& folders, const SuiteReport& report);

std::string junit_xml(const SuiteReport& report);
base::Json suite_json(const SuiteReport& report);

// fn(0) ... fn(count - 1), on as many threads as there are processors.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& fn);

}  // namespace setpoint::response
