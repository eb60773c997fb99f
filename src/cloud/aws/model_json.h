// AWS service models from their published JSON: the minified ones of npm aws-sdk v2 (apis/*.min.json) and botocore's
// (data/<service>/<version>/service-2.json, .json.gz too). The model compiler uses it at build time; a catalog uses it
// for models that a site lays beside the compiled ones.
//
// Limits: kModelBytesMax a file. Refused: a protocol or a type that is not known (unsupported), a reference to no shape
// (corrupted).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cloud/aws/service_model.h"

namespace setpoint::cloud::aws {

// One service in a folder of models, in its newest API version.
struct ModelSource {
  std::string name;  // boto3 client name
  std::string service_path;
  std::string paginators_path;  // "" where there is none
  std::string waiters_path;
};

// Both layouts, told apart by what lies there. Sorted by name.
base::Result<std::vector<ModelSource>> scan_model_folder(const std::string& folder);
// A single model file; its name is taken from its folder (botocore) or its serviceId (aws-sdk).
base::Result<ModelSource> model_source_of(const std::string& service_path);
base::Result<std::shared_ptr<ServiceModel>> load_model(const ModelSource& source);

// The boto3 client name of a serviceId: "CloudWatch Logs" -> "logs".
std::string client_name_of(std::string_view service_id);

}  // namespace setpoint::cloud::aws
