// Filling in `with:` of a control or an automation: from a resource, its evidence and what happened to the parameters
// that the runbook is given.
//
//   with: {GroupId: "{{resource.id}}", IpPermissions: "{{evidence.IpPermissions}}", Note: "port {{parameters.port}}"}
//
// Names: resource.{id,arn,name,type,account,region}, resource.configuration.<member>..., resource.tags.<key>,
// evidence.<name> (cloud/aws/evidence_parameters.h), parameters.<name> (the control's), event.<field> of the EventBridge
// event that started an automation (event.detail.resource...), and the time: now, now+4h (2026-02-01T12:00:00Z). A
// value that is one reference keeps the referenced type; inside a longer text it becomes text. A reference to nothing is
// an error: a remedy must not run on a guess.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::response {

struct BindingSource {
  const model::Resource& resource;
  const std::vector<model::Evidence>& evidence;
  const base::Json& control_parameters;
  base::Json event = {};     // the envelope; null where no event started it
  base::Timestamp now = {};  // unknown: no `with:` may ask for it
};

base::Result<base::Json> bind_remediation(const base::Json& with, const BindingSource& source);

}  // namespace setpoint::response
