// setpoint.yaml: what is connected. Everything in it has a default; the file may be absent.
//
//   home: /var/lib/setpoint            # database, keys, journal
//   accounts:
//     - account: "111122223333"
//       regions: [eu-west-1]
//       endpoint: http://127.0.0.1:4566     # leave out for the real cloud
//       profile: security-audit             # of the shared AWS files; leave out for the default chain
//       contact: cloud-security@example.org
//   content: [content]                 # standards/, runbooks/, automations/
//   notify:
//     owner_tags: [Owner, owner]
//     default_channel: sec-ops
//     channels:
//       mail: {smtp: "smtp://127.0.0.1:25", from: setpoint@example.org}
//       sec-ops: {webhook: "https://chat.example.org/hook", secret_env: SETPOINT_HOOK_SECRET}
//       hub: {security_hub: true}      # outcomes as notes on the findings that came from Security Hub
//   oversight: {approval_valid: 8h, approvals_required: 1}
//   aws: {models: /opt/aws-models}
//   runbook:
//     sandbox: "on"                    # "off": scripts with limits only, where there are no namespaces
//     webhooks:                        # what aws:invokeWebhook names
//       Chat: {url: "https://chat.example.org/hook", header: Authorization, secret_env: CHAT_TOKEN}
//   serve: {listen: 127.0.0.1:8470, poll: 5m}
//
// Relative paths are relative to the file. Unknown fields are errors with "did you mean".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"

namespace setpoint::app {

struct AccountConfig {
  std::string account;
  std::vector<std::string> regions;
  std::string endpoint;  // "" = AWS itself
  std::string profile;
  std::string role_arn;  // assumed from the credentials at hand
  std::string external_id;
  std::string contact;  // an address
};

struct ChannelConfig {
  std::string webhook;  // one of the three
  std::string smtp;     // smtp://host:port, smtps://
  bool security_hub = false;
  std::string from;
  std::string username_env;
  std::string password_env;
  std::string secret_env;  // HMAC key of the webhook
};

struct WebhookConfig {
  std::string url;
  std::string header;      // that carries the secret; "" = none
  std::string secret_env;  // its value
};

struct Config {
  std::string home;
  std::vector<AccountConfig> accounts;
  std::vector<std::string> content;
  std::vector<std::string> owner_tags{"Owner", "owner", "Contact", "contact"};
  std::map<std::string, ChannelConfig> channels;
  std::string default_channel;  // told of every run whose automation names none
  base::Milliseconds approval_valid{8 * 3'600'000};
  std::int64_t approvals_required = 1;
  std::vector<std::string> aws_models;
  bool sandbox_scripts = true;
  std::map<std::string, WebhookConfig> webhooks;  // by integration name
  std::string listen = "127.0.0.1:8470";
  base::Milliseconds poll{300'000};
};

// `path` "" = defaults. nullopt exactly where `diagnostics` gained an error.
std::optional<Config> load_config(const std::string& path, base::Diagnostics& diagnostics);
// The same from text; `folder` is what relative paths are relative to.
std::optional<Config> parse_config(const base::SourceText& source, const std::string& folder,
                                   base::Diagnostics& diagnostics);

}  // namespace setpoint::app
