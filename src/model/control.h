// Control: a requirement that a rule checks and a runbook may remedy (design section 6). Values only: src/standards
// reads the folders and compiles the rules; src/findings uses the mappings to see that "restricted-ssh", CIS 4.1 and
// EC2.13 are one check.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.h"

namespace setpoint::model {

// Which runbook mends it, and its parameters. "{{resource.id}}", "{{evidence.NAME}}" and the like are filled in when a
// plan is made (response/parameters.h).
struct Remediation {
  std::string runbook;
  base::Json with = base::Json::object();
  bool operator==(const Remediation&) const = default;
};

struct Control {
  std::string id;  // EC2.13
  std::string title;
  std::string rationale;  // why, and the risk where it is not established
  Level severity = Level::medium;
  std::vector<std::string> resources;  // AWS::EC2::SecurityGroup
  // Standard -> its requirements: {"cis-aws-3.0": ["5.2"], "aws-config": ["restricted-ssh"]}
  std::map<std::string, std::vector<std::string>> mappings;
  base::Json parameters = base::Json::object();  // defaults of CONFIG_RULE_PARAMETERS
  std::optional<Remediation> remediation;
  std::string human;  // why a person must judge, where there is no remediation
};

}  // namespace setpoint::model
