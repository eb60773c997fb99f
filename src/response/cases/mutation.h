// Mutation: a runbook's document is changed in one place at a time, and its cases are asked whether they notice. What
// no case notices is a line that could be wrong without anybody knowing.
//
//   MutationReport report = run_mutations(folders, runner);
//   for (const MutantResult& one : report.mutants) if (one.fate == MutantResult::Fate::survived) ... one.mutant.what
//   ...
//
// Changed: a step is left out; onFailure turns from Abort to Continue or back; a choice of a branch is negated or left
// out; a constant of the inputs is another one, an input is left out; a parameter loses a check or has another default;
// an output is left out; a comparison or constant of a script is turned; the policy loses an action. Not changed:
// descriptions, timeouts and attempts, and the parameter that only names the assumed role, which is the same in all of
// our documents. A mutant that does not compile is stillborn and does not count: the loader noticed.
#pragma once

#include <string>
#include <vector>

#include "response/cases/runbook_suite.h"

namespace setpoint::response {

struct Mutant {
  std::string what;     // "step ReadBack left out"
  base::Json document;  // null: the document's own
  base::Json policy;    // null: none is enforced
};
std::vector<Mutant> mutants_of(const RunbookFolder& folder);

struct MutantResult {
  enum class Fate { killed, survived, stillborn };
  std::string runbook;
  std::string what;
  Fate fate = Fate::survived;
  std::string by;  // the case that noticed
};

struct MutationReport {
  std::vector<MutantResult> mutants;
  std::size_t count(MutantResult::Fate fate) const;
  double kill_rate() const;  // of those that were born; 1 where there are none
};

MutationReport run_mutations(const std::vector<RunbookFolder>& folders, const CaseRunner& runner);
base::Json mutation_json(const MutationReport& report);

}  // namespace setpoint::response
