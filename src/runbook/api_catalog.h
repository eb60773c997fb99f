// What compile and lint ask about the clouds' APIs. runbook/ knows no service: the app implements this port over the
// API models of cloud/aws. Names are those of the documents: boto3 client name ("ec2"), PascalCase operation, exact
// member names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace setpoint::runbook {

// One thing that the model says against a call's parameters. `path` leads to it from the parameters: {"Filters", "0",
// "Nam"}.
struct ParameterProblem {
  std::vector<std::string> path;
  std::string what;
  std::string hint;
};

// Thread-safe; outlives every call of compile and lint that it is handed to.
class ApiCatalog {
 public:
  virtual ~ApiCatalog() = default;
  virtual bool has_service(std::string_view service) const = 0;
  virtual bool has_operation(std::string_view service, std::string_view operation) const = 0;
  virtual std::vector<std::string> services() const = 0;
  virtual std::vector<std::string> operations(std::string_view service) const = 0;
  // `parameters` may hold unresolved references: a text that contains "{{" may become anything and fits everywhere.
  virtual std::vector<ParameterProblem> check(std::string_view service, std::string_view operation,
                                              const base::Json& parameters) const = 0;
  // Whether the operation changes anything. Unknown operations count as changing.
  virtual bool mutates(std::string_view service, std::string_view operation) const = 0;
};

}  // namespace setpoint::runbook
