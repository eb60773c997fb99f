// The field-level difference between two states of a resource: what `setpoint scan` shows as a timeline and a plan as
// its predicted change.
//
//   difference(before.item["configuration"], after.item["configuration"])
//   -> {/ipPermissions/0/ipv4Ranges/1: removed {"cidrIp":"0.0.0.0/0"}}
//
// Deterministic: the same two values give the same changes, in order of path. Objects are compared member by member.
// Lists whose elements have an identity (an id member, or being a plain value) are compared as sets by that identity,
// so that an element moved is no change and a removal does not shift all that follow; other lists are compared by
// position. Paths are JSON pointers (RFC 6901): into `before` for removed and replaced, into `after` for added.
//
// Identities: a plain value is its own; a permission of a security group is protocol, ports and nothing of its ranges;
// an object with one of kIdentityMembers is named by that. Two elements of one identity in one list: that list is
// compared by position.
#pragma once

#include <string>
#include <vector>

#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::model {

std::vector<model::FieldChange> difference(const base::Json& before, const base::Json& after);

// Of the canonical state that state_digest() is made of: /configuration/..., /supplementaryConfiguration/..., /tags/...
std::vector<model::FieldChange> difference(const model::Resource& before, const model::Resource& after);

}  // namespace setpoint::model
