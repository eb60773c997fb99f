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
//   units: {ou-prod: ["111122223333"]}  # organisational unit -> accounts, for profiles
//   profiles:                          # which controls hold where: standards/profiles.h
//     - {profile: production, when: {units: [ou-prod]}, remove: [EC2.19], parameters: {EC2.13: {port: 2222}}}
//   exceptions:                        # what somebody answers for, until a day: findings/exceptions.h
//     - {exception: bastion, owner: ada@example.org, reason: SEC-311, until: 2027-01-31, when: {control: [EC2.13]}}
//   notify:
//     owner_tags: [Owner, owner]
//     default_channel: sec-ops
//     channels:
//       mail: {smtp: "smtp://127.0.0.1:25", from: setpoint@example.org}
//       sec-ops: {webhook: "https://chat.example.org/hook", secret_env: SETPOINT_HOOK_SECRET}
//       hub: {security_hub: true}      # outcomes as notes on the findings that came from Security Hub
//   oversight: {approval_valid: 8h, approvals_required: 1}
//   aws: {models: /opt/aws-models}
//   runbook: {sandbox: "on"}           # "off": scripts with limits only, where there are no namespaces
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
#include "base/document.h"

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
  std::map<std::string, std::vector<std::string>> units_of_account;
  std::string file;                    // where it was read; "" for defaults
  std::optional<base::Node> profiles;  // lists as written: what they name is checked once the controls are loaded
  std::optional<base::Node> exceptions;
  std::string listen = "127.0.0.1:8470";
  base::Milliseconds poll{300'000};
};

// `path` "" = defaults. nullopt exactly where `diagnostics` gained an error.
std::optional<Config> load_config(const std::string& path, base::Diagnostics& diagnostics);
// The same from text; `folder` is what relative paths are relative to.
std::optional<Config> parse_config(const base::SourceText& source, const std::string& folder,
                                   base::Diagnostics& diagnostics);

}  // namespace setpoint::app
