// The policies that resources carry themselves: S3 bucket policies, KMS key policies, those of SNS topics, SQS queues,
// secrets, Lambda functions and ECR repositories, and the trust policy of a role.
//
//   std::optional<ResourceSide> side = resource_side_of(state, {"kms:Decrypt", arn}, caller);
//   Evaluation seen = evaluate(policies, {.action = ..., .resource = side->arn}, side);
//
// A resource is found by its ARN wherever it lies. Without one the caller's own policies decide alone, as they do for
// every type that knows no such policies; a key without a policy has the one that KMS gives: its account decides.
#pragma once

#include <optional>
#include <string>

#include "twin/iam_evaluator.h"

namespace setpoint::twin {

// nullopt where the resource is not there, or its type carries no policies.
std::optional<ResourceSide> resource_side_of(const State& state, const std::string& action, const std::string& arn,
                                             const Caller& caller);

}  // namespace setpoint::twin
