// Findings in the AWS Security Finding Format -> Finding.
#pragma once

#include <string>

#include "intake/batch.h"

namespace setpoint::intake {

bool is_asff(const base::Json& value);

// Errors: no Id, ProductArn, AwsAccountId or Resources. What the rest says badly (a severity out of range, a time that
// does not read) is left at its default; the whole stays in Finding::raw.
//
// Finding::check is what was judged, as far as the finding itself says: a Security Hub control ("EC2.13"), a
// requirement of a standard ("cis-aws-1.2/4.1"), a GuardDuty type ("Backdoor:EC2/C&CActivity.B!DNS"), else the
// GeneratorId. findings/identity.h maps requirements to controls.
base::Result<model::Finding> finding_from_asff(const base::Json& asff);

// "security-control/EC2.13", "aws-foundational-security-best-practices/v/1.0.0/EC2.13",
// "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.1" ... -> "EC2.13", "cis-aws-1.2/4.1"; ""
// for others.
std::string check_of_generator(std::string_view generator_id);

}  // namespace setpoint::intake
