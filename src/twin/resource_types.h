// Which types of resources the twin holds, how each is identified, and what a document says where nobody said
// otherwise.
//
// A document of the State has the shape of the API's own describe answer (Vpc, DBInstance, Trail, ...), so a seed is
// written in words that its author knows. Two differ: a security group keeps its rules flat ("Rules", see
// services/security_group_rules.h), and an S3 bucket keeps each setting under the name of its operation ("Policy",
// "Encryption", ... as GetBucket... answers them).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "twin/state.h"

namespace setpoint::twin {

struct ResourceType {
  const char* type;       // AWS::EC2::SecurityGroup
  const char* id_member;  // "GroupId": the member that is the document's id
  bool global;            // belongs to the account, not to a region
  const char* defaults;   // JSON; $ACCOUNT, $REGION and $ID stand for the resource's own
};

std::span<const ResourceType> resource_types();
const ResourceType* find_resource_type(std::string_view type);

// From the API's shape to a document: id checked, defaults filled in, rules of groups flattened. Errors name the
// member.
base::Result<std::pair<StateKey, base::Json>> document_from_api(const std::string& account, const std::string& region,
                                                                std::string_view type, base::Json api);
// Back: the API's shape of a document; see also to_api_shape(), api_shapes.h, which knows the document's place.
base::Json api_from_document(std::string_view type, const base::Json& document);

}  // namespace setpoint::twin
