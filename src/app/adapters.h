// The ports of engine/, response/ and runbook/ over the folders that own what they ask for.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>

#include "cloud/aws/model_catalog.h"
#include "engine/controls.h"
#include "response/rehearsal.h"
#include "runbook/api_catalog.h"
#include "standards/profiles.h"

namespace setpoint::app {

// Controls over several content roots' standards, by the profiles. Thread-safe: immutable.
class LoadedControls final : public engine::Controls {
 public:
  using UnitsOfAccount = std::map<std::string, std::vector<std::string>>;
  // What `surroundings` points to must outlive the controls.
  LoadedControls(std::vector<standards::ProfiledStandards> standards, UnitsOfAccount units,
                 guard::Surroundings surroundings)
      : standards_(std::move(standards)), units_(std::move(units)), surroundings_(surroundings) {}
  std::vector<response::ControlJudgement> judge(const model::Resource& resource) const override;
  std::vector<response::ControlJudgement> judge_declared(const model::Resource& resource,
                                                         const Told& told) const override;
  std::optional<model::Judgement> judge_by(const std::string& control, const model::Resource& resource) const override;
  const model::Control* find(const std::string& id) const override;
  std::vector<std::string> ids() const override;
  std::vector<model::Control> all() const;

 private:
  const std::vector<std::string>& units_of(const model::Resource& resource) const;

  std::vector<standards::ProfiledStandards> standards_;
  UnitsOfAccount units_;
  guard::Surroundings surroundings_;
};

// What compile and lint of runbooks ask, answered by the AWS models.
class ModelApiCatalog final : public runbook::ApiCatalog {
 public:
  explicit ModelApiCatalog(std::shared_ptr<const cloud::aws::ModelCatalog> models) : models_(std::move(models)) {}
  bool has_service(std::string_view service) const override;
  bool has_operation(std::string_view service, std::string_view operation) const override;
  std::vector<std::string> services() const override;
  std::vector<std::string> operations(std::string_view service) const override;
  std::vector<runbook::ParameterProblem> check(std::string_view service, std::string_view operation,
                                               const base::Json& parameters) const override;
  bool mutates(std::string_view service, std::string_view operation) const override;

 private:
  std::shared_ptr<const cloud::aws::ModelCatalog> models_;
};

// content/runbooks/<Name>/document.yaml, compiled at first use. Thread-safe.
class RunbookFolder final : public response::Library {
 public:
  RunbookFolder(std::vector<std::string> roots, const runbook::ApiCatalog& apis)
      : roots_(std::move(roots)), apis_(apis) {}
  base::Result<runbook::Document> document(const std::string& name) const override;
  base::Result<std::optional<response::ContainmentTerms>> containment(const std::string& name) const override;

 private:
  // not_found where no root has a runbook of that name.
  base::Result<std::filesystem::path> folder_of(const std::string& name) const;
  base::Result<runbook::Document> compile(const std::string& name) const;

  std::vector<std::string> roots_;
  const runbook::ApiCatalog& apis_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, runbook::Document> compiled_;
};

class ModelPermissions final : public response::PermissionSource {
 public:
  explicit ModelPermissions(std::shared_ptr<const cloud::aws::ModelCatalog> models) : models_(std::move(models)) {}
  std::vector<model::Permission> required(const model::ApiCall& call) const override;

 private:
  std::shared_ptr<const cloud::aws::ModelCatalog> models_;
};

}  // namespace setpoint::app
