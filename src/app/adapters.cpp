#include "app/adapters.h"

#include <filesystem>

#include "base/file.h"
#include "cloud/aws/codec.h"
#include "cloud/aws/permissions.h"
#include "cloud/aws/read_only.h"
#include "response/cases/runbook_about.h"
#include "runbook/limits.h"

namespace setpoint::app {

std::vector<response::ControlJudgement> LoadedControls::judge(const model::Resource& resource) const {
  std::vector<response::ControlJudgement> out;
  for (const standards::ProfiledStandards& set : standards_) {
    for (standards::Judged& judged : set.judge(resource, units_of(resource), surroundings_))
      out.push_back({judged.control->id, std::move(judged.judgement)});
  }
  return out;
}

std::vector<response::ControlJudgement> LoadedControls::judge_declared(const model::Resource& resource,
                                                                       const Told& told) const {
  std::vector<response::ControlJudgement> out;
  for (const standards::ProfiledStandards& set : standards_) {
    for (standards::Judged& judged :
         set.standards_for(resource, units_of(resource)).judge_declared(resource, told, surroundings_))
      out.push_back({judged.control->id, std::move(judged.judgement)});
  }
  return out;
}

std::optional<model::Judgement> LoadedControls::judge_by(const std::string& control,
                                                         const model::Resource& resource) const {
  for (const standards::ProfiledStandards& set : standards_) {
    if (auto judgement = set.judge_by(control, resource, units_of(resource), surroundings_)) return judgement;
  }
  return std::nullopt;
}

const std::vector<std::string>& LoadedControls::units_of(const model::Resource& resource) const {
  static const std::vector<std::string> kNone;
  auto found = units_.find(resource.key.account);
  return found == units_.end() ? kNone : found->second;
}

const model::Control* LoadedControls::find(const std::string& id) const {
  for (const standards::ProfiledStandards& set : standards_) {
    if (const model::Control* found = set.everything().find(id)) return found;
  }
  return nullptr;
}

std::vector<std::string> LoadedControls::ids() const {
  std::vector<std::string> out;
  for (const model::Control& control : all()) out.push_back(control.id);
  return out;
}

std::vector<model::Control> LoadedControls::all() const {
  std::vector<model::Control> out;
  for (const standards::ProfiledStandards& set : standards_) {
    auto controls = set.everything().controls();
    out.insert(out.end(), controls.begin(), controls.end());
  }
  return out;
}

bool ModelApiCatalog::has_service(std::string_view service) const { return models_->metadata(service) != nullptr; }

bool ModelApiCatalog::has_operation(std::string_view service, std::string_view operation) const {
  return models_->operation(service, operation).has_value();
}

std::vector<std::string> ModelApiCatalog::services() const {
  std::vector<std::string_view> names = models_->services();
  return {names.begin(), names.end()};
}

std::vector<std::string> ModelApiCatalog::operations(std::string_view service) const {
  std::vector<std::string> out;
  auto model = models_->service(service);
  if (!model) return out;
  for (const auto& operation : (*model)->operations) out.emplace_back(operation.name);
  return out;
}

std::vector<runbook::ParameterProblem> ModelApiCatalog::check(std::string_view service, std::string_view operation,
                                                              const base::Json& parameters) const {
  std::vector<runbook::ParameterProblem> out;
  auto model = models_->operation(service, operation);
  if (!model) return out;
  base::Diagnostics diagnostics;
  cloud::aws::validate(**model, parameters, "", {}, diagnostics);
  for (const base::Diagnostic& item : diagnostics.items()) out.push_back({{}, item.what, item.hint});
  return out;
}

bool ModelApiCatalog::mutates(std::string_view service, std::string_view operation) const {
  return !cloud::aws::is_read_only(service, operation);
}

base::Result<runbook::Document> RunbookFolder::document(const std::string& name) const {
  std::lock_guard lock(mutex_);
  if (auto found = compiled_.find(name); found != compiled_.end()) return found->second;
  TRY(runbook::Document document, compile(name));
  compiled_.emplace(name, document);
  return document;
}

base::Result<runbook::Document> RunbookFolder::compile(const std::string& name) const {
  TRY(std::filesystem::path folder, folder_of(name));
  std::string path = (folder / "document.yaml").string();
  TRY(std::string text, base::read_file(path, runbook::kDocumentBytesMax));
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile({path, text}, diagnostics, &apis_);
  if (document) return std::move(*document);
  return base::fail(
      {base::ErrorCode::invalid_input, "the runbook has mistakes:\n" + diagnostics.render(), path, {}, {}});
}

base::Result<std::optional<response::ContainmentTerms>> RunbookFolder::containment(const std::string& name) const {
  TRY(std::filesystem::path folder, folder_of(name));
  return response::containment_terms_of(folder.string());
}

base::Result<std::filesystem::path> RunbookFolder::folder_of(const std::string& name) const {
  // A name comes from content and from people: it must not leave the folder.
  bool plain = !name.empty() && name.find('/') == std::string::npos && name.front() != '.';
  for (const std::string& root : roots_) {
    std::filesystem::path folder = std::filesystem::path(root) / "runbooks" / name;
    if (plain && std::filesystem::exists(folder / "document.yaml")) return folder;
  }
  return base::fail({base::ErrorCode::not_found,
                     fmt::format("there is no runbook '{}'", name),
                     {},
                     "content/runbooks/<Name>/document.yaml",
                     {}});
}

// A call that the models do not know needs what nobody can name: the whole service, said so.
std::vector<model::Permission> ModelPermissions::required(const model::ApiCall& call) const {
  auto permissions = cloud::aws::required_permissions(*models_, call);
  if (permissions) return std::move(*permissions);
  return {{call.service + ":*", "*"}};
}

}  // namespace setpoint::app
