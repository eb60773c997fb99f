#include "response/iam_policy.h"

#include <map>
#include <nlohmann/json.hpp>

namespace setpoint::response {

using base::Json;
using model::Permission;

namespace {

Json texts(const std::set<std::string>& values) {
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(value);
  return out;
}

}  // namespace

Json policy_document(const std::set<Permission>& permissions) {
  std::map<std::string, std::set<std::string>> resources;  // by action
  for (const Permission& permission : permissions) resources[permission.action].insert(permission.resource);
  std::map<std::set<std::string>, std::set<std::string>> actions;  // by resources
  for (const auto& [action, on] : resources) actions[on].insert(action);
  Json statements = Json::array();
  for (const auto& [on, what] : actions)
    statements.push_back({{"Effect", "Allow"}, {"Action", texts(what)}, {"Resource", texts(on)}});
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

std::set<Permission> permissions_of(const Json& policy) {
  std::set<Permission> out;
  for (const Json& statement : base::member(policy, "Statement")) {
    for (const Json& action : base::member(statement, "Action")) {
      for (const Json& resource : base::member(statement, "Resource")) {
        if (action.is_string() && resource.is_string())
          out.insert({action.get<std::string>(), resource.get<std::string>()});
      }
    }
  }
  return out;
}

}  // namespace setpoint::response
