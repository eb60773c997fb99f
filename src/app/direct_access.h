// response/direct_ports.h over the clouds' drivers: the identities and the webhooks of direct runs.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "app/config.h"
#include "cloud/aws/credential_chain.h"
#include "response/direct_ports.h"

namespace setpoint::app {

// One client for each chain of roles and session policy, made at first use; credentials are renewed as they run out.
// Thread-safe. Borrows what the parts point to.
class AssumedIdentities final : public response::Identities {
 public:
  // The credentials that an account is entered with, before any role.
  void connect(const std::string& account, cloud::aws::CredentialParts parts,
               std::shared_ptr<cloud::aws::CredentialsProvider> credentials);

  base::Result<std::shared_ptr<response::Access>> access(const std::string& home, const std::string& region,
                                                         const std::vector<std::string>& roles,
                                                         const base::Json& session_policy) override;

 private:
  struct Home {
    cloud::aws::CredentialParts parts;
    std::shared_ptr<cloud::aws::CredentialsProvider> credentials;
  };
  base::Result<std::shared_ptr<response::Access>> open(const Home& home, const std::string& region,
                                                       const std::vector<std::string>& roles,
                                                       const base::Json& session_policy) const;

  std::mutex mutex_;
  std::map<std::string, Home> homes_;                                // before the first access()
  std::map<std::string, std::shared_ptr<response::Access>> opened_;  // guarded by mutex_
};

// POST of the step's Body to the integration's URL. Thread-safe.
class ConfiguredWebhooks final : public response::Webhooks {
 public:
  // `secrets` by integration: the values of their secret_env.
  ConfiguredWebhooks(std::map<std::string, WebhookConfig> webhooks, std::map<std::string, std::string> secrets,
                     cloud::Transport& transport)
      : webhooks_(std::move(webhooks)), secrets_(std::move(secrets)), transport_(transport) {}

  base::Result<runbook::WebhookResponse> invoke(const runbook::WebhookRequest& request) override;

 private:
  std::map<std::string, WebhookConfig> webhooks_;
  std::map<std::string, std::string> secrets_;
  cloud::Transport& transport_;
};

}  // namespace setpoint::app
