// AddPermission and RemovePermission of topics and queues: statements of a policy, made from accounts and actions.
#pragma once

#include "twin/service.h"

namespace setpoint::twin::services {

struct PermissionForm {
  const char* accounts;  // parameter: a list of account ids
  const char* actions;   // parameter: a list of action names without prefix
  const char* prefix;    // "SNS:"
  const char* resource;  // the ARN that the statement names
};

// Both take the policy as it is (an object; null = none) and give it as it becomes.
Answer policy_with(const Request& request, Json policy, const PermissionForm& form);
Answer policy_without(const Request& request, Json policy);

}  // namespace setpoint::twin::services
