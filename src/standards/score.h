// Scores per standard, as Security Hub computes them, and what the library covers.
//
//   Tally tally;
//   for (const Judged& judged : standards.judge(resource)) tally.add(judged.control->id, judged.judgement.verdict);
//   for (const StandardScore& score : scores(standards.controls(), tally)) print(score.standard, score.percent);
//
// A control is failed where any resource fails it; else unknown where any could not be judged; else passed where any
// passed; else it has no data. A standard's score is the share of its passed controls among those with data, rounded to
// a whole percent; the summary is the mean of the standards' scores. What is suppressed does not count, nor what a
// control does not apply to. Source: AWS Security Hub User Guide, "Calculating security scores", "Evaluating compliance
// status and control status".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/control.h"
#include "model/verdict.h"

namespace setpoint::standards {

enum class ControlStatus { passed, failed, unknown, no_data };
std::string_view to_string(ControlStatus status);  // PASSED, FAILED, UNKNOWN, NO_DATA

struct ControlCount {
  std::size_t passed = 0, failed = 0, unknown = 0, not_applicable = 0, suppressed = 0;
  ControlStatus status() const;
};

class Tally {
 public:
  void add(const std::string& control, model::Verdict verdict, bool suppressed = false);
  // One of the control's failures is suppressed: it was added as NON_COMPLIANT.
  void suppress(const std::string& control);
  const ControlCount& of(const std::string& control) const;

 private:
  std::map<std::string, ControlCount> counts_;
};

struct StandardScore {
  std::string standard;                                          // "aws-fsbp"
  std::size_t passed = 0, failed = 0, unknown = 0, no_data = 0;  // controls
  std::optional<int> percent;                                    // none where no control has data
};

// Of every standard that a control maps to, in order of name; names of rules (aws-config, prowler) are no standards.
std::vector<StandardScore> scores(std::span<const model::Control> controls, const Tally& tally);
std::optional<int> summary_score(std::span<const StandardScore> all);

// What can be done about each control: `setpoint standards`.
struct Coverage {
  std::size_t controls = 0, with_remedy = 0, eligible_for_auto = 0, for_people_only = 0;
};
// `automatic` says whether a remedy may run without a person: whether its runbook is modelled and can be undone.
Coverage coverage(std::span<const model::Control> controls,
                  const std::function<bool(const model::Control&)>& automatic);

}  // namespace setpoint::standards
