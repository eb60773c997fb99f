// One fact, one finding: who reports it and in which words does not count. The identity is the check, normalised, and
// the resource; its digest is the finding's id, so the same fact imported again, or from another product, has the same
// id.
//
//   CheckNames names(controls);
//   names.control_of(finding)                  // "cis-aws-1.2/4.1", "aws-config/restricted-ssh" -> "EC2.13"
//   finding_id("EC2.13", finding.resource)     // "f-5f0c3a9be1d2"
//
// Names come from the controls' mappings: {cis-aws-1.2: "4.1", aws-config: restricted-ssh, prowler:
// ec2_securitygroup_...}. A name that several controls carry decides nothing; then the AWS Config rule named inside the
// finding may (a Security Hub finding of CIS 4.1 names "securityhub-restricted-ssh-3ca2d6f4"); else the check keeps the
// reporter's name, and the finding its own identity.
//
// Threads: CheckNames is immutable.
#pragma once

#include <map>
#include <span>
#include <string>

#include "model/control.h"
#include "model/finding.h"

namespace setpoint::findings {

class CheckNames {
 public:
  CheckNames() = default;
  explicit CheckNames(std::span<const model::Control> controls);
  std::string control_of(const model::Finding& finding) const;

 private:
  std::string unique(const std::string& name) const;

  std::map<std::string, std::string> by_name_;  // "standard/requirement" -> control, "" where several carry it
  std::map<std::string, bool> controls_;
};

std::string finding_id(const std::string& check, const model::ResourceKey& resource);

// "securityhub-restricted-ssh-3ca2d6f4" -> "restricted-ssh"; other names as they are.
std::string config_rule_name(std::string_view name);

// The ARN that the reporter called the (first) resource by, or "".
std::string reported_arn(const model::Finding& finding);

}  // namespace setpoint::findings
