#include "guard/report.h"

#include <algorithm>

namespace setpoint::guard {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::pass:
      return "PASS";
    case Status::fail:
      return "FAIL";
    case Status::skip:
      return "SKIP";
    case Status::error:
      return "ERROR";
  }
  return "?";
}

Status Report::file() const {
  for (Status status : {Status::error, Status::fail, Status::pass}) {
    if (std::find(rules.begin(), rules.end(), status) != rules.end()) return status;
  }
  return Status::skip;
}

model::Judgement Report::judgement() const {
  model::Judgement out;
  for (const RuleFailure& failure : failures) {
    out.evidence.insert(out.evidence.end(), failure.evidence.begin(), failure.evidence.end());
  }
  switch (file()) {
    case Status::pass:
      out.verdict = model::Verdict::compliant;
      break;
    case Status::fail:
      out.verdict = model::Verdict::non_compliant;
      break;
    case Status::skip:
      out.verdict = model::Verdict::not_applicable;
      out.because = "no rule applies to it";
      break;
    case Status::error:
      out.verdict = model::Verdict::unknown;
      out.because = errors.empty() ? "" : errors.front().because;
  }
  return out;
}

}  // namespace setpoint::guard
