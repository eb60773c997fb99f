// Automation: trigger + runbook + autonomy (design section 7), as its YAML says it.
//
//   automation: close-open-ssh
//   owner: cloud-security@example.org
//   review: 90d
//   when: {source: [setpoint], detail-type: [Finding Opened], detail: {control: [EC2.13]}}
//   run: control                       # the control's own remediation, or a runbook by name
//   with: {InstanceId: "{{resource.id}}", ExpireAfter: "{{now+4h}}"}   # a runbook's parameters: response/parameters.h
//   autonomy: ask                      # shadow | ask | auto
//   limits: {per_hour: 20, per_account_per_day: 50, share_of_fleet: 5%}
//   windows: [{days: [mon, tue], from: "09:00", to: "17:00"}]     # UTC; none = always
//   undo_if_ineffective: true
//   notify: {owner: true, channel: sec-ops}
//   escalate: [{after: 15m, to: on-call}, {after: 1h, to: head-of-security}]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/json.h"

namespace setpoint::routing {

// What `run` says where the control's own remediation is to run.
constexpr char kControlsOwnRemedy[] = "control";

enum class Autonomy {
  shadow,  // plans are made and recorded, nothing is applied
  ask,     // a person approves each plan
  automatic,
};
std::string_view to_string(Autonomy autonomy);

struct Limits {
  std::int64_t per_hour = 20;
  std::int64_t per_account_per_day = 50;
  double share_of_fleet_percent = 5;  // of the resources of the type in the account
};

struct Window {
  std::vector<int> days;         // 0 = Sunday; empty = every day
  std::int64_t from_minute = 0;  // of the UTC day
  std::int64_t to_minute = 24 * 60;
};

struct Escalation {
  base::Milliseconds after{0};
  std::string to;  // a channel
};

struct Automation {
  std::string name;
  std::string owner;
  std::optional<base::Milliseconds> review;
  std::string when;  // the EventBridge pattern's JSON text
  std::string run = kControlsOwnRemedy;
  base::Json with = base::Json::object();
  Autonomy autonomy = Autonomy::shadow;
  Limits limits;
  std::vector<Window> windows;
  bool undo_if_ineffective = false;
  bool notify_owner = true;
  std::string notify_channel;
  std::vector<Escalation> escalate;
  std::string file;
};

// nullopt exactly where `diagnostics` gained an error. The pattern itself is compiled by routes.h.
std::optional<Automation> parse_automation(const base::SourceText& source, base::Diagnostics& diagnostics);

}  // namespace setpoint::routing
