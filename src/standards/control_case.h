// The cases beside a control: resources with the verdict and evidence that its rule must give. `setpoint lint` and the
// tests run every one of them, so a control is content that proves itself.
//
//   case: SSH open to the world beside a private range
//   parameters: {port: 2222}         # optional, in place of the control's own
//   unknown: throttled               # optional: the read failed with this
//   expect:
//     verdict: NON_COMPLIANT
//     evidence: [/configuration/ipPermissions/0/ipv4Ranges/1/cidrIp]
//     after: {...}                   # optional: the configuration item once the remediation ran
//     plan: [...]                    # optional: the calls of its plan; checked by response's tests
//   now: 2026-03-02T00:00:00Z        # optional: the time at which it is judged
//   related: [{resourceType: ...}]   # optional: what the inventory knows beside it; absent: nothing was read
//   resource: {resourceType: ..., ...}   # a whole configuration item
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "model/resource.h"
#include "model/verdict.h"

namespace setpoint::standards {

class Standards;

struct ControlCase {
  std::string path;
  std::string name;
  model::Resource resource;
  base::Json parameters = base::Json::object();
  std::optional<base::Timestamp> now;
  std::optional<std::vector<model::Resource>> related;
  model::Verdict verdict = model::Verdict::unknown;
  std::vector<std::string> evidence;  // paths, sorted
  base::Json plan;                    // null where the case says none
  base::Json after;                   // null where the case says none
};

std::optional<ControlCase> read_case(const std::string& path, base::Diagnostics& diagnostics);
// The cases beside a control, in order of file name.
std::vector<ControlCase> read_cases(const std::string& control_folder, base::Diagnostics& diagnostics);

// "" where the control judges the case as expected, else what differs in one sentence.
std::string check_case(const Standards& standards, const std::string& control, const ControlCase& one);

}  // namespace setpoint::standards
