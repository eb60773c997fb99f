// Runs one case of a runbook on the twin, and says where what came of it differs from what the case expects.
//
//   CaseRunner runner({catalog, &library, &scripts});
//   TRY(CaseObservation seen, runner.run(document, one, std::nullopt));
//   for (const std::string& problem : differences(one, seen)) ...
//
// The run is the one that a rehearsal makes: the same host, world and plan builder, so a case tests the pipeline and
// the document at once. With a policy the calls are made in a session that it bounds. Threads: run() from many
// threads. Errors: the case's own world cannot be made.
#pragma once

#include "response/cases/runbook_case.h"
#include "response/rehearsal.h"

namespace setpoint::cloud::aws {
class ModelCatalog;
}

namespace setpoint::response {

struct CasePorts {
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog;
  const Library* library = nullptr;
  Scripts* scripts = nullptr;
};

struct CaseObservation {
  base::Json seen = base::Json::object();  // what `expect` would have to say
  std::string message;                     // of a failure
  std::vector<model::Permission> permissions;
  std::vector<std::string> effects;  // "s3:PutPublicAccessBlock": changing calls, sorted, each once
  std::vector<std::string> unmet;    // of `after` and `untouched`
};

class CaseRunner {
 public:
  explicit CaseRunner(CasePorts ports) : ports_(std::move(ports)) {}
  base::Result<CaseObservation> run(const runbook::Document& document, const RunbookCase& one,
                                    const std::optional<base::Json>& policy) const;
  const CasePorts& ports() const { return ports_; }

 private:
  CasePorts ports_;
};

// One sentence each; empty where the case holds.
std::vector<std::string> differences(const RunbookCase& one, const CaseObservation& observation);

// The IAM actions and resources of calls, from the AWS models.
class CatalogPermissions final : public PermissionSource {
 public:
  explicit CatalogPermissions(const cloud::aws::ModelCatalog& catalog) : catalog_(catalog) {}
  std::vector<model::Permission> required(const model::ApiCall& call) const override;

 private:
  const cloud::aws::ModelCatalog& catalog_;
};

}  // namespace setpoint::response
