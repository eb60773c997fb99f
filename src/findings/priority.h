// What to look at first: a score of 0 to 100 with its reasons, so that a person can disagree with it.
//
//   severity   critical 60, high 45, medium 30, low 15, informational 5
//   exposure   +20 where the evidence names the whole internet (0.0.0.0/0, ::/0, a principal "*", a public ACL grant) or
//              a switch named public is on
//   age        +5 open for more than 7 days, +10 for more than 30, +15 for more than 90
//   sources    +5 for each further product that reports it now, at most +10
// A finding that is resolved or suppressed has 0.
#pragma once

#include <string>
#include <vector>

#include "model/finding.h"

namespace setpoint::findings {

struct PriorityReason {
  int points = 0;
  std::string text;
  bool operator==(const PriorityReason&) const = default;
};

struct Priority {
  int score = 0;
  std::vector<PriorityReason> reasons;
};

Priority priority(const model::Finding& finding, base::Timestamp now);

}  // namespace setpoint::findings
