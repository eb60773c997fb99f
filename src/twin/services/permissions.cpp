#include "twin/services/permissions.h"

#include <algorithm>

namespace setpoint::twin::services {

namespace {

Json::iterator labelled(Json& policy, const std::string& label) {
  Json& statements = policy["Statement"];
  return std::find_if(statements.begin(), statements.end(),
                      [&](const Json& statement) { return base::string_member(statement, "Sid") == label; });
}

Json with_statements(Json policy) {
  if (!policy.is_object()) policy = {{"Version", "2012-10-17"}};
  if (!base::member(policy, "Statement").is_array()) policy["Statement"] = Json::array();
  return policy;
}

}  // namespace

Answer policy_with(const Request& request, Json policy, const PermissionForm& form) {
  policy = with_statements(std::move(policy));
  std::string label = request.text("Label");
  if (labelled(policy, label) != policy["Statement"].end())
    return error("InvalidParameterValue",
                 fmt::format("Value {} for parameter Label is invalid. Reason: Already exists.", label));
  Json principals = Json::array(), actions = Json::array();
  for (const Json& account : request.parameter(form.accounts))
    principals.push_back(fmt::format("arn:{}:iam::{}:root", request.partition(), account.get<std::string>()));
  for (const Json& action : request.parameter(form.actions)) actions.push_back(form.prefix + action.get<std::string>());
  if (principals.empty() || actions.empty()) return error("MissingParameter", "Accounts and actions must be given");
  policy["Statement"].push_back({{"Sid", label},
                                 {"Effect", "Allow"},
                                 {"Principal", {{"AWS", principals}}},
                                 {"Action", actions},
                                 {"Resource", form.resource}});
  return policy;
}

Answer policy_without(const Request& request, Json policy) {
  policy = with_statements(std::move(policy));
  auto found = labelled(policy, request.text("Label"));
  if (found == policy["Statement"].end())
    return error("InvalidParameterValue",
                 fmt::format("Value {} for parameter Label is invalid. Reason: can't find label on existing policy.",
                             request.text("Label")));
  policy["Statement"].erase(found);
  return policy;
}

}  // namespace setpoint::twin::services
