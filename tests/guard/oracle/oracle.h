// Oracle: a second, slow evaluator of Guard rules, to hold the real one against. Written from the language's semantics,
// not from src/guard/evaluation: it shares the parser, the values and the leaves beneath the language (regular
// expressions, number and document texts), and nothing else. No gates by type, no index of resources, no straight
// paths, no hashed keys; every rule is walked whole, lists of results are copied.
//
//   std::optional<Oracle> oracle = Oracle::read(text);            // nothing: the text does not parse
//   std::vector<Oracle::Answer> answers = oracle->judge(document);  // by rule, in the order of RuleSet::rules()
//
// It has no opinion (nothing) where a verdict hangs on a limit, on the time, or on the inventory, and none on the rules
// behind one with an ERROR where the text captures keys: cfn-guard's run ends at an error, so nobody says what a
// capture that was half filled holds.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "guard/ast.h"
#include "guard/document.h"
#include "guard/report.h"

namespace setpoint::guard::oracle {

class Oracle {
 public:
  using Answer = std::optional<Status>;
  static std::optional<Oracle> read(std::string_view rules);
  std::vector<Answer> judge(const Document& document) const;

 private:
  std::shared_ptr<Program> program_;
};

}  // namespace setpoint::guard::oracle
