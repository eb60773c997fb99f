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
#include "response/ports.h"
#include "response/rehearsal.h"

namespace setpoint::cloud::aws {
class Client;
}

namespace setpoint::response {
class Identities;
class Webhooks;
}  // namespace setpoint::response

namespace setpoint::runbook {
class ApiCatalog;
}

namespace setpoint::engine {

// The way to one account: its observer and its actuator. Only response/ is handed the actuator.
struct AccountAccess {
  std::string account;
  std::vector<std::string> regions;
  std::string contact;  // an address; "" for none
  cloud::Observer* observer = nullptr;
  cloud::Actuator* actuator = nullptr;
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
  // Of direct runs; null: there are none.
  response::Identities* identities = nullptr;
  response::Locks* locks = nullptr;
  response::Webhooks* webhooks = nullptr;
  const runbook::ApiCatalog* apis = nullptr;

  // not_found with a hint where the account is not connected.
  base::Result<const AccountAccess*> account(const std::string& id) const;
};

}  // namespace setpoint::engine
