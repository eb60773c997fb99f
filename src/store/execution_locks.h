// response::Locks over ResourceLocks: leases that a thread renews for as long as their handle lives.
//
// What a holder holds already it may hold again (a document that calls another one on the same target); the lease ends
// with the last handle. A lock for a process names the machine and the process: where that process is gone from this
// machine, its lock is taken over without waiting for the lease to end.
// Threads: thread-safe. Ownership: borrows the locks and the clock; handles must not outlive it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "response/ports.h"
#include "store/resource_locks.h"

namespace setpoint::store {

inline constexpr base::Milliseconds kExecutionLease{60'000};
inline constexpr base::Milliseconds kExecutionLeaseRenewal{20'000};

class ExecutionLocks final : public response::Locks {
 public:
  explicit ExecutionLocks(ResourceLocks& locks) : locks_(locks) {}
  ~ExecutionLocks() override;

  base::Result<std::unique_ptr<response::HeldLock>> hold(std::vector<std::string> names,
                                                         const std::string& holder) override;
  base::Result<std::unique_ptr<response::HeldLock>> hold_for_process(const std::string& name) override;

 private:
  class Handle;
  using Held = std::pair<std::string, std::string>;  // holder, name

  void let_go(const LockGrant& grant);
  void keep_renewing();
  base::Status take_from_the_dead(const std::string& name);

  ResourceLocks& locks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Held, std::size_t> handles_;  // guarded by mutex_: how many hold it
  std::thread renewer_;                  // started with the first lock
  bool closed_ = false;                  // guarded by mutex_
};

}  // namespace setpoint::store
