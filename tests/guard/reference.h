// cfn-guard 3.1.1 as a judge: the static binary out of the npm package @cdklabs/cdk-validator-cfnguard 0.0.62, fetched
// by this test alone (Apache-2.0; never committed). SETPOINT_CFN_GUARD names one that is there already.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace setpoint::guard {

struct ReferenceVerdict {
  enum class Kind { verdicts, does_not_parse, aborts, reporter_breaks };
  Kind kind = Kind::verdicts;
  std::map<std::string, std::string> rules;  // name -> PASS, FAIL, SKIP; of rules of one name FAIL, else PASS
  std::string why;                           // standard error, its beginning
};

class Reference {
 public:
  // Nothing where it cannot be had; `why` says so.
  static std::optional<Reference> find(std::string& why);

  // Every text of rules against every document: [rules][document].
  using Table = std::vector<std::vector<ReferenceVerdict>>;
  Table judge(const std::vector<std::string>& rules, const std::vector<std::string>& documents) const;

 private:
  struct Run;
  Reference(std::string binary, std::string folder) : binary_(std::move(binary)), folder_(std::move(folder)) {}
  Run run(const std::vector<std::string>& rules, const std::vector<std::string>& documents) const;
  std::string binary_;
  std::string folder_;
};

}  // namespace setpoint::guard
