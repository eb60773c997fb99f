#include "oracle/oracle.h"

#include "guard/parser.h"
#include "oracle/evaluator.h"

namespace setpoint::guard::oracle {

std::optional<Oracle> Oracle::read(std::string_view rules) {
  Oracle out;
  out.program_ = std::make_shared<Program>();
  base::Diagnostics diagnostics;
  parse_rules({"oracle.guard", rules}, *out.program_, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return out;
}

std::vector<Oracle::Answer> Oracle::judge(const Document& document) const {
  Evaluator evaluator(*program_, document);
  std::vector<Answer> out;
  bool known = true;
  for (std::size_t i = 0; i < program_->rules.size(); ++i) {
    Answer answer;
    try {
      if (known) answer = evaluator.rule(i);
    } catch (const Aborted&) {
      answer = Status::error;
      known = !evaluator.has_captured();
    } catch (const NoOpinion&) {
      known = !evaluator.has_captured();
    }
    out.push_back(answer);
  }
  return out;
}

}  // namespace setpoint::guard::oracle
