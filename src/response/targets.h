// From Targets, TargetMaps and TargetLocations to the members of a fleet: who is worked on, in which account and
// region.
//
//   Targets           [{"Key": "ParameterValues", "Values": ["i-1", "i-2"]}], [{"Key": "tag:Env", "Values": ["test"]}],
//                     [{"Key": "ResourceGroup", "Values": ["web"]}], [{"Key": "AWS::EC2::Instance", "Values": ["*"]}]
//                     with TargetParameterName; several entries must all hold
//   TargetMaps        [{"InstanceId": ["i-1"]}, ...]: each map is one member's parameters
//   TargetLocations   [{"Accounts": [...], "Regions": [...], "ExecutionRoleName": ..., "Targets": ...}]: each account
//   in
//                     each region is a member, which has members of its own where there are targets
//
// Roles: a location of another account is entered by its ExecutionRoleName (default
// AWS-SystemsManager-AutomationExecutionRole); one of the own account by a role only where one is named.
// Tags are asked of EC2 for EC2's own types (a parameter typed AWS::EC2::…, or one named after instances), elsewhere of
// the Resource Groups Tagging API. Organizational units (ou-…) are asked of Organizations.
// Refusals (invalid_input, limit_exceeded): a shape or key that the API does not have, more than limits.h allows,
// targets without TargetParameterName, a TargetParameterName that the document does not have.
#pragma once

#include "response/direct_ports.h"
#include "runbook/document.h"

namespace setpoint::response {

// What can be told without asking anybody: shapes, names, bounds.
base::Status check_fleet(const runbook::Document& document, const FleetRequest& request);

// The members where nobody must be asked for them: values and maps. unsupported otherwise.
base::Result<std::vector<FleetMember>> named_members(const runbook::Document& document, const FleetRequest& request,
                                                     const runbook::ExecutionContext& context);

// Members in a stable order, each once. `access` answers what must be asked.
base::Result<std::vector<FleetMember>> resolve_members(const runbook::Document& document, const ExecutionRecord& record,
                                                       Access& access);

}  // namespace setpoint::response
