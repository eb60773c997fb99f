// Every AWS service that Setpoint knows, loaded as they are asked for.
//
//   TRY(auto catalog, ModelCatalog::open_default({.environment = env, .beside = argv0_folder}));
//   TRY(const OperationModel* op, catalog->operation("s3control", "PutPublicAccessBlock"));
//
// Opening reads an index of some 50 KB; a service costs its own decoding once (EC2, the largest, some milliseconds) and
// stays. Thread-safe. What it hands out lives as long as the catalog. A site's newer models are laid over with
// add_folder before the catalog is shared: a service found there replaces the compiled one as a whole.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/aws/model_file.h"
#include "cloud/aws/service_model.h"

namespace setpoint::cloud::aws {

// Where to look for aws-models.bin: `path`, $SETPOINT_AWS_MODELS, then the folder of the program, its ../share/setpoint
// and the folders above it (a build tree keeps the file in build/aws-models).
struct ModelPlaces {
  std::string path;              // explicit; nothing else is tried
  std::string from_environment;  // value of SETPOINT_AWS_MODELS
  std::string program;           // "" = /proc/self/exe
};
base::Result<std::string> find_model_file(const ModelPlaces& places);

class ModelCatalog {
 public:
  static base::Result<std::shared_ptr<ModelCatalog>> open(const std::string& path);
  static base::Result<std::shared_ptr<ModelCatalog>> open_default(const ModelPlaces& places);
  explicit ModelCatalog(std::shared_ptr<const ModelFile> file);

  // A folder in botocore's or aws-sdk's form, or one model file. Not thread-safe: before the catalog is shared.
  base::Status add_folder(const std::string& path);

  std::string source() const;
  std::vector<std::string_view> services() const;                   // sorted
  const ServiceMetadata* metadata(std::string_view service) const;  // nullptr where not known; loads nothing
  std::vector<const ServiceMetadata*> signed_as(std::string_view signing_name) const;

  // not_found with did-you-mean where there is no such service or operation.
  base::Result<const ServiceModel*> service(std::string_view name) const;
  base::Result<const OperationModel*> operation(std::string_view service, std::string_view operation) const;

 private:
  struct Slot {
    ServiceMetadata metadata;
    const ModelFileEntry* entry = nullptr;  // null: laid over
    mutable std::shared_ptr<ServiceModel> model;
  };
  base::Result<const ServiceModel*> load(const Slot& slot) const;

  std::shared_ptr<const ModelFile> file_;
  std::map<std::string, Slot, std::less<>> slots_;
  mutable std::mutex mutex_;
  std::string laid_over_;
};

}  // namespace setpoint::cloud::aws
