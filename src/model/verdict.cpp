#include "model/verdict.h"

namespace setpoint::model {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::compliant:
      return "COMPLIANT";
    case Verdict::non_compliant:
      return "NON_COMPLIANT";
    case Verdict::not_applicable:
      return "NOT_APPLICABLE";
    case Verdict::unknown:
      return "UNKNOWN";
  }
  return "?";
}

base::Result<Verdict> parse_verdict(std::string_view text) {
  for (Verdict verdict : {Verdict::compliant, Verdict::non_compliant, Verdict::not_applicable, Verdict::unknown}) {
    if (to_string(verdict) == text) return verdict;
  }
  return base::fail(base::ErrorCode::invalid_input, "'{}' is not a verdict", text.substr(0, 64));
}

base::Json Evidence::json() const {
  base::Json out = {{"path", path}, {"value", value}, {"expected", expected}, {"rule", rule}};
  if (!resolved) out["unresolved"] = true;
  if (!message.empty()) out["message"] = message;
  return out;
}

}  // namespace setpoint::model
