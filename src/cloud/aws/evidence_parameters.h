// From evidence to a runbook's parameters: the offending parts of a resource in the shape that the API takes.
//
// A control binds them by name, `with: {IpPermissions: "{{evidence.IpPermissions}}"}`. For a security group the names
// are IpPermissions (ingress) and IpPermissionsEgress, holding exactly the tuples that the evidence points at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::cloud::aws {

// {} for a type that has no such form.
base::Json evidence_parameters(const model::Resource& resource, std::span<const model::Evidence> evidence);

// The atomic parts of a resource that a remediation may touch one by one, as canonical text, sorted: of a security
// group its tuples. A plan's change is collateral where a part that the evidence does not name goes, comes or changes.
// nullopt for a type without such parts: there whole JSON paths are compared.
std::optional<std::vector<std::string>> parts_of(const model::Resource& resource);
std::vector<std::string> parts_named_by(const model::Resource& resource, std::span<const model::Evidence> evidence);

}  // namespace setpoint::cloud::aws
