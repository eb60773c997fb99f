#include "cloud/aws/model_catalog.h"

#include <filesystem>

#include "base/diagnostic.h"
#include "cloud/aws/model_json.h"

namespace setpoint::cloud::aws {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFileName = "aws-models.bin";

std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates) {
  return base::did_you_mean(written, candidates);
}

fs::path program_folder(const std::string& program) {
  std::error_code problem;
  const fs::path path = program.empty() ? fs::read_symlink("/proc/self/exe", problem) : fs::path(program);
  return path.parent_path();
}

std::vector<fs::path> places_around(const fs::path& folder) {
  std::vector<fs::path> places = {folder / kFileName, folder / "../share/setpoint" / kFileName};
  fs::path above = folder;
  for (int level = 0; level < 6 && above.has_relative_path(); ++level, above = above.parent_path()) {
    places.push_back(above / "aws-models" / kFileName);
  }
  return places;
}

}  // namespace

base::Result<std::string> find_model_file(const ModelPlaces& places) {
  if (!places.path.empty()) return places.path;
  if (!places.from_environment.empty()) return places.from_environment;
  const fs::path folder = program_folder(places.program);
  std::error_code problem;
  for (const fs::path& place : places_around(folder)) {
    if (fs::exists(place, problem)) return place.lexically_normal().string();
  }
  return base::fail({base::ErrorCode::not_found,
                     "no file of AWS models near " + folder.string(),
                     {},
                     "set SETPOINT_AWS_MODELS to aws-models.bin, or build the target aws_models",
                     {}});
}

base::Result<std::shared_ptr<ModelCatalog>> ModelCatalog::open(const std::string& path) {
  TRY(std::shared_ptr<const ModelFile> file, ModelFile::open(path));
  return std::make_shared<ModelCatalog>(std::move(file));
}

base::Result<std::shared_ptr<ModelCatalog>> ModelCatalog::open_default(const ModelPlaces& places) {
  TRY(std::string path, find_model_file(places));
  return open(path);
}

ModelCatalog::ModelCatalog(std::shared_ptr<const ModelFile> file) : file_(std::move(file)) {
  for (const ModelFileEntry& entry : file_->entries()) {
    slots_[std::string(entry.metadata.name)] = {.metadata = entry.metadata, .entry = &entry, .model = nullptr};
  }
}

base::Status ModelCatalog::add_folder(const std::string& path) {
  std::vector<ModelSource> sources;
  if (fs::is_directory(path)) {
    TRY(sources, scan_model_folder(path));
  } else {
    TRY(ModelSource one, model_source_of(path));
    sources.push_back(std::move(one));
  }
  if (sources.empty()) return base::fail(base::ErrorCode::not_found, "no AWS model in {}", path);
  for (const ModelSource& source : sources) {
    TRY(std::shared_ptr<ServiceModel> model, load_model(source));
    slots_[source.name] = {.metadata = *model, .entry = nullptr, .model = model};
  }
  laid_over_ += fmt::format(" + {} of {}", sources.size(), path);
  return {};
}

std::string ModelCatalog::source() const { return std::string(file_->source()) + laid_over_; }

std::vector<std::string_view> ModelCatalog::services() const {
  std::vector<std::string_view> names;
  for (const auto& [name, slot] : slots_) names.push_back(name);
  return names;
}

const ServiceMetadata* ModelCatalog::metadata(std::string_view service) const {
  auto found = slots_.find(service);
  return found == slots_.end() ? nullptr : &found->second.metadata;
}

std::vector<const ServiceMetadata*> ModelCatalog::signed_as(std::string_view signing_name) const {
  std::vector<const ServiceMetadata*> found;
  for (const auto& [name, slot] : slots_) {
    if (slot.metadata.signing_name == signing_name) found.push_back(&slot.metadata);
  }
  return found;
}

base::Result<const ServiceModel*> ModelCatalog::load(const Slot& slot) const {
  std::lock_guard lock(mutex_);
  if (!slot.model) {
    TRY(slot.model, file_->load(*slot.entry));
  }
  return slot.model.get();
}

base::Result<const ServiceModel*> ModelCatalog::service(std::string_view name) const {
  auto found = slots_.find(name);
  if (found != slots_.end()) return load(found->second);
  return base::fail({base::ErrorCode::not_found,
                     fmt::format("no AWS service is called '{}'", name),
                     {},
                     suggestion(name, services()),
                     {}});
}

base::Result<const OperationModel*> ModelCatalog::operation(std::string_view service_name,
                                                            std::string_view operation_name) const {
  TRY(const ServiceModel* model, service(service_name));
  if (const OperationModel* found = model->find(operation_name)) return found;
  std::vector<std::string_view> names;
  for (const OperationModel& operation : model->operations) names.push_back(operation.name);
  return base::fail({base::ErrorCode::not_found,
                     fmt::format("{} has no operation '{}'", service_name, operation_name),
                     {},
                     suggestion(operation_name, names),
                     {}});
}

}  // namespace setpoint::cloud::aws
