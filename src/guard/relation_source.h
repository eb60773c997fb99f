// The port through which a rule sees other resources than the one it judges: related('AWS::CloudTrail::Trail') and
// related('AWS::EC2::SecurityGroup', 'Is associated with SecurityGroup'). An extension of ours
// (CompileOptions::extensions): cfn-guard and AWS Config know nothing of it. `inventory` implements it over the
// relations that it keeps.
//
// Unknown is never "none": where the inventory has not read the related resources, it returns an Error and the rule's
// verdict is ERROR. Called from the evaluating thread; an implementation that is shared between threads must be
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace setpoint::guard {

class Document;

class RelationSource {
 public:
  struct Related {
    std::string resource;                      // how evidence calls it: "AWS::EC2::VPC/vpc-1"
    std::shared_ptr<const Document> document;  // its configuration item
  };

  virtual ~RelationSource() = default;
  // Resources of `type` that stand in a relation to `item`; only those under the relation's name where `relation` is
  // not "".
  virtual base::Result<std::vector<Related>> related(const Document& item, std::string_view type,
                                                     std::string_view relation) const = 0;
};

}  // namespace setpoint::guard
