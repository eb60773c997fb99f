// What an identity needs to make a call: the IAM action and the resources it is asked for on. Plans list them,
// `setpoint policy` turns them into a role that can do just that, and rehearsals on the twin check them.
//
//   required_permissions(catalog, {.account="1...", .region="eu-west-1", .service="s3", .operation="ListObjectsV2",
//   .parameters={"Bucket":"b"}})
//     -> {s3:ListBucket on arn:aws:s3:::b}
//
// The action is the service's IAM prefix and the operation's name, with the exceptions that AWS documents (S3's above
// all). The resource is "*" where the API knows no resource, or where the call does not name it in a form that an ARN
// can be made from. A role that is handed to a service adds iam:PassRole on that role. Source: AWS Service
// Authorization Reference.
//
// Sorted, without repetition. Errors: not_found for an operation the models do not have.
#pragma once

#include <vector>

#include "base/result.h"
#include "cloud/aws/model_catalog.h"
#include "model/plan.h"

namespace setpoint::cloud::aws {

base::Result<std::vector<model::Permission>> required_permissions(const ModelCatalog& catalog,
                                                                  const model::ApiCall& call);

}  // namespace setpoint::cloud::aws
