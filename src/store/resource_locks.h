// Locks by name, so that one target is worked on by one run at a time, whichever process it runs in. A lock is a lease:
// a holder that dies loses it when the time is over.
//
//   auto grant = locks.acquire({resource.text()}, run.id, 60s);
//   if (!grant && grant.error().code == base::ErrorCode::conflict) ...   // the message names the holder and until when
//
// A lease is a courtesy between runs that behave, not a fence around the cloud: what keeps a late holder from harm is
// that apply re-reads the target first. `fence` rises with each new grant, for whoever wants to compare two holders.
// Threads: thread-safe, several processes too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::store {

struct LockGrant {
  std::vector<std::string> names;
  std::string holder;
  base::Timestamp until;
  std::uint64_t fence = 0;
};

struct LockHolder {
  std::string holder;
  base::Timestamp until;
};

class ResourceLocks {
 public:
  virtual ~ResourceLocks() = default;
  // All of the names or none (conflict). Acquiring again what one holds extends it.
  virtual base::Result<LockGrant> acquire(std::vector<std::string> names, const std::string& holder,
                                          base::Milliseconds lease) = 0;
  // Conflict where the lease ended and someone else has it now.
  virtual base::Result<LockGrant> extend(const LockGrant& grant, base::Milliseconds lease) = 0;
  // What is no longer ours stays as it is.
  virtual base::Status release(const LockGrant& grant) = 0;
  virtual base::Result<std::optional<LockHolder>> holder(const std::string& name) const = 0;
};

}  // namespace setpoint::store
