// What direct runs need of the world beside journal and clock: whose hands they act with, locks, webhooks, somebody who
// watches. app/ and store/ implement these.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cloud/aws/client.h"
#include "cloud/ports.h"
#include "response/execution_record.h"

namespace setpoint::response {

class Scripts;
class WorldFactory;

// The way to one account as one identity. Thread-safe.
class Access {
 public:
  virtual ~Access() = default;
  virtual cloud::aws::Client& client() = 0;
  virtual cloud::Observer& observer() = 0;
};

// Thread-safe.
class Identities {
 public:
  virtual ~Identities() = default;
  // `roles` are assumed one after the other, in `region`, from the credentials of the account `home`; the last with the
  // session policy. Credentials are asked for at once: access_denied and unauthenticated come from here, not from the
  // first call.
  virtual base::Result<std::shared_ptr<Access>> access(const std::string& home, const std::string& region,
                                                       const std::vector<std::string>& roles,
                                                       const base::Json& session_policy) = 0;
};

// aws:invokeWebhook: the integrations that setpoint.yaml names. Thread-safe.
class Webhooks {
 public:
  virtual ~Webhooks() = default;
  virtual base::Result<runbook::WebhookResponse> invoke(const runbook::WebhookRequest& request) = 0;
};

struct FleetProgress {
  std::size_t total = 0;
  std::size_t succeeded = 0;
  std::size_t failed = 0;
  std::size_t cancelled = 0;
  std::size_t timed_out = 0;
  std::size_t running = 0;
};

// Called from the executions' threads: must be short and thread-safe.
class ExecutionWatcher {
 public:
  virtual ~ExecutionWatcher() = default;
  virtual void step_ended(const ExecutionRecord&, const runbook::StepRecord&) {}
  virtual void waiting(const ExecutionRecord&, const std::string& /*for_what*/) {}
  virtual void fleet_moved(const ExecutionRecord&, const FleetProgress&) {}
};

struct DirectPorts {
  journal::Journal& journal;
  const Records& records;
  base::Clock& clock;
  Identities& identities;
  Locks& locks;
  const WorldFactory& worlds;
  const Library* library = nullptr;
  Scripts* scripts = nullptr;    // null: scripts are refused
  Webhooks* webhooks = nullptr;  // null: webhooks are refused
  ExecutionWatcher* watcher = nullptr;
  const runbook::ApiCatalog* apis = nullptr;  // what called documents are checked against
};

}  // namespace setpoint::response
