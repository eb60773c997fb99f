// Findings in other products' formats: ASFF for Security Hub's BatchImportFindings, OCSF 1.x for data lakes.
//
// A finding that another product reported goes out as ours: the sources stand in ProductFields (ASFF) and unmapped
// (OCSF), so that who reads it knows. `control` may be null where the check is not one of ours.
#pragma once

#include <string>

#include "model/control.h"

namespace setpoint::findings {

struct AsffOptions {
  // "" = arn:aws:securityhub:<region>:<account>:product/<account>/default, which every account may import under.
  std::string product_arn;
};

// One element of BatchImportFindings' Findings. Limits of ASFF are kept: title 256, description 1024 characters, 32
// resources.
base::Json asff(const model::Finding& finding, const model::Control* control, const AsffOptions& options = {});

// Compliance Finding 2003 or Detection Finding 2004, metadata version 1.1.0.
base::Json ocsf(const model::Finding& finding, const model::Control* control);

// The ARN of a resource where its key tells it, else its id.
std::string asff_resource_id(const model::ResourceKey& key);

}  // namespace setpoint::findings
