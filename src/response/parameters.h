// Filling in a control's `with:`: from a resource and its evidence to the parameters that its runbook is given.
//
//   with: {GroupId: "{{resource.id}}", IpPermissions: "{{evidence.IpPermissions}}", Note: "port {{parameters.port}}"}
//
// Names: resource.{id,arn,name,type,account,region}, resource.configuration.<member>..., resource.tags.<key>,
// evidence.<name> (cloud/aws/evidence_parameters.h), parameters.<name> (the control's). A value that is one reference
// keeps the referenced type; inside a longer text it becomes text. A reference to nothing is an error: a remedy must
// not run on a guess.
#pragma once

#include <vector>

#include "base/json.h"
#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::response {

struct BindingSource {
  const model::Resource& resource;
  const std::vector<model::Evidence>& evidence;
  const base::Json& control_parameters;
};

base::Result<base::Json> bind_remediation(const base::Json& with, const BindingSource& source);

}  // namespace setpoint::response
