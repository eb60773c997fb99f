// One golden case: a document, what it is given, what the world answers, what must come of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "runbook/execution.h"

namespace setpoint::runbook {

struct GoldenCase {
  std::string name;
  std::string rule;
  std::string document;
  base::Json parameters;
  base::Json answers;
  base::Json expect;
};

std::vector<std::string> golden_files();
// The cases of one file; a message where it cannot be read.
base::Result<std::vector<GoldenCase>> read_cases(const std::string& path);

// What the case says and what came out, in the same shape; only what `expect` names is compared.
base::Json observed(const ExecutionReport& report, const base::Json& expect);

}  // namespace setpoint::runbook
