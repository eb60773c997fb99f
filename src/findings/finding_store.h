// Port: where findings rest. Behind it: MemoryFindingStore (tests, simulation, one-shot scans) and src/store (SQLite,
// PostgreSQL).
//
//   TRY(auto found, store.get(ids));        // one query for a batch, found ones only, any order
//   ... fold the batch into them, so that one id stands in it once ...
//   TRY_VOID(store.put(changed));           // one transaction: all of the batch or none of it
//
// A finding is stored whole, as Finding::json(); the columns that a filter needs (status, severity, check, account,
// region, type, resource, last_seen) are copies of its fields. What a finding becomes is decided by
// findings/lifecycle.h, never here.
//
// Ownership: values in, values out. Threads: any. Refusals: ErrorCode::corrupted where a stored finding does not read,
// ErrorCode::unavailable where the engine below fails.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/finding.h"

namespace setpoint::findings {

// Empty fields mean "any".
struct FindingFilter {
  std::vector<model::FindingStatus> statuses = {};
  std::optional<model::Level> severity_min = {};
  std::string check = {};
  std::string account = {};
  std::string region = {};
  std::string type = {};                            // of the first resource
  std::optional<model::ResourceKey> resource = {};  // the first one
  std::string product = {};                         // any of the sources
  bool matches(const model::Finding& finding) const;
};

struct FindingPage {
  std::vector<model::Finding> findings;  // in order of id
  std::string next;                      // hand it back as `after`; "" at the end
};

class FindingStore {
 public:
  virtual ~FindingStore() = default;

  virtual base::Result<std::vector<model::Finding>> get(std::span<const std::string> ids) const = 0;
  virtual base::Status put(std::span<const model::Finding> findings) = 0;
  virtual base::Result<FindingPage> list(const FindingFilter& filter, const std::string& after,
                                         std::size_t limit) const = 0;
};

}  // namespace setpoint::findings
