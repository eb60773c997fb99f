// Parts: everything that the engine works with, as ports. app/ wires them once; they outlive the engine.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "cloud/ports.h"
#include "engine/controls.h"
#include "findings/findings.h"
#include "inventory/inventory.h"
#include "journal/journal.h"
#include "response/applier.h"
#include "response/rehearsal.h"

namespace setpoint::cloud::aws {
class Client;
}

namespace setpoint::engine {

// The way to one account: its observer and its actuator. Only response/ is handed the actuator.
struct AccountAccess {
  std::string account;
  std::vector<std::string> regions;
  std::string contact;  // an address; "" for none
  cloud::Observer* observer = nullptr;
  cloud::Actuator* actuator = nullptr;
  // Hands that may do what an IAM policy says and nothing else, where the account is reached by a role; empty
  // elsewhere.
  std::function<std::shared_ptr<cloud::Actuator>(const base::Json& policy)> bounded;
  cloud::aws::Client* client = nullptr;  // for direct runs of documents, which response/ carries out
};

struct Parts {
  base::Clock& clock;
  base::Random& random;
  journal::Journal& journal;
  const response::Records& records;
  inventory::ResourceStore& resources;
  findings::FindingStore& finding_store;
  findings::Findings& findings;
  const Controls& controls;
  const response::Library& library;
  const response::WorldFactory& worlds;
  const response::PermissionSource& permissions;
  std::vector<AccountAccess> accounts;
  response::Scripts* scripts = nullptr;  // null: runbooks with scripts are refused

  // not_found with a hint where the account is not connected.
  base::Result<const AccountAccess*> account(const std::string& id) const;
};

}  // namespace setpoint::engine
