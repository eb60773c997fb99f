// One line of a batch: {"id", "rules": "text", "input": {...}} in, {"id", "verdicts": {"rule": "PASS|FAIL|SKIP|ERROR"}}
// or
// {"id", "error": "..."} out. Other suites compare engines this way, so it is as strict as cfn-guard: one rule that
// does not parse is an error of the whole text. Rules of one name are one verdict: ERROR, else FAIL, else PASS, else
// SKIP.
//
// The last rules compiled are kept: lines with equal rules, one after the other, compile them once. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guard/rule_set.h"

namespace setpoint::guard {

class BatchRunner {
 public:
  explicit BatchRunner(Surroundings surroundings, CompileOptions options = {});
  // The answer without a newline at its end.
  std::string run(std::string_view line);

 private:
  base::Json answer(std::string_view line);
  bool compile(const std::string& text);

  Surroundings surroundings_;
  CompileOptions options_;
  DocumentReader reader_;
  std::string text_;
  std::optional<RuleSet> rules_;
  std::string compile_error_;
};

// A report as {"rule": "PASS", ...}, rules of one name made one.
base::Json verdicts_by_name(const RuleSet& rules, const Report& report);

}  // namespace setpoint::guard
