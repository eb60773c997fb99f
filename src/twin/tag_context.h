// The condition keys that come from tags: aws:ResourceTag/KEY of what is asked for, aws:RequestTag/KEY and aws:TagKeys
// of what the call would set, aws:PrincipalTag/KEY of who asks.
//
// Place in the flow: authorization.h adds them to the context of each check. A key is in the context only where there
// is such a tag: a condition on a tag that is not there behaves as AWS says, by its operator. Threads: functions of
// values. Sources: IAM User Guide, "AWS global condition context keys"; the twin holds tags under Tags, whatever the
// service.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin {

using ConditionContext = std::map<std::string, std::vector<std::string>>;  // keys in lower case

void add_principal_tags(const State& state, const Caller& caller, ConditionContext& context);
void add_request_tags(const Json& parameters, ConditionContext& context);
// Of the resource with this ARN in the account; also under the service's own prefix, as EC2 has it
// (ec2:ResourceTag/KEY).
void add_resource_tags(const State& state, const std::string& account, const std::string& arn,
                       ConditionContext& context);

}  // namespace setpoint::twin
