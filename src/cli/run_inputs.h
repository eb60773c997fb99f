// What `setpoint run` is given, read: documents, parameters, targets. Errors name the argument and the place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "response/execution_record.h"
#include "runbook/document.h"

namespace setpoint::engine {
class Engine;
}

namespace setpoint::cli {

struct NamedDocument {
  runbook::Document document;
  std::string name;
  std::string folder;  // "" for a runbook of the content
  std::optional<response::ContainmentTerms> containment = std::nullopt;
};

// A file, or the name of a runbook of the content; checked against the API models, its pinned attachments against their
// SHA-256.
base::Result<NamedDocument> read_document(engine::Engine& engine, const std::string& what);

// `given` is a JSON text or a file of JSON or YAML; "" gives null. `argument` names it in errors.
base::Result<base::Json> read_value(const std::string& given, const std::string& argument);
base::Result<base::Json> read_parameters(const std::string& given);

// Of --targets, --target-maps, --target-locations: JSON (one map or a list), a file of it, or the AWS CLI's shorthand
// "Key=tag:Env,Values=test,dev". The whole is one list.
base::Result<base::Json> read_maps(const std::vector<std::string>& given, const std::string& argument);

struct FleetArguments {
  std::string target_parameter_name;
  std::vector<std::string> targets;
  std::vector<std::string> target_maps;
  std::vector<std::string> target_locations;
  std::string max_concurrency;
  std::string max_errors;
};
base::Result<response::FleetRequest> read_fleet(const FleetArguments& arguments);

}  // namespace setpoint::cli
