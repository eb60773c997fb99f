#include "store/execution_locks.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/file.h"

namespace setpoint::store {

using base::ErrorCode;

namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

// When a process began, as the kernel counts it: tells it from a later one with its number. "" where there is none.
std::string start_of_process(long pid) {
  auto stat = base::read_file(fmt::format("/proc/{}/stat", pid));
  if (!stat) return {};
  std::size_t at = stat->rfind(')');  // the name before it may hold anything
  for (int field = 0; field < 20 && at != std::string::npos; ++field) at = stat->find(' ', at + 1);
  return at == std::string::npos ? "" : stat->substr(at + 1, stat->find(' ', at + 1) - at - 1);
}

// "process MACHINE PID START"
std::string this_process() {
  return fmt::format("process {} {} {}", machine_name(), ::getpid(), start_of_process(::getpid()));
}

bool is_gone(const std::string& holder) {
  std::string prefix = fmt::format("process {} ", machine_name());
  if (!holder.starts_with(prefix)) return false;
  long pid = std::strtol(holder.c_str() + prefix.size(), nullptr, 10);
  return pid > 0 && holder != fmt::format("{}{} {}", prefix, pid, start_of_process(pid));
}

}  // namespace

class ExecutionLocks::Handle final : public response::HeldLock {
 public:
  Handle(ExecutionLocks& locks, LockGrant grant) : locks_(locks), grant_(std::move(grant)) {}
  ~Handle() override { locks_.let_go(grant_); }

 private:
  ExecutionLocks& locks_;
  LockGrant grant_;
};

ExecutionLocks::~ExecutionLocks() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  if (renewer_.joinable()) renewer_.join();
}

base::Result<std::unique_ptr<response::HeldLock>> ExecutionLocks::hold(std::vector<std::string> names,
                                                                       const std::string& holder) {
  std::lock_guard lock(mutex_);
  // What this process holds for the holder already is renewed anyway: no need to ask the store.
  bool ours = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return handles_.contains({holder, name});
  });
  LockGrant grant{std::move(names), holder, {}, 0};
  if (!ours) {
    TRY(grant, locks_.acquire(std::move(grant.names), holder, kExecutionLease));
  }
  for (const std::string& name : grant.names) ++handles_[{holder, name}];
  if (!renewer_.joinable()) renewer_ = std::thread([this] { keep_renewing(); });
  return std::unique_ptr<response::HeldLock>(std::make_unique<Handle>(*this, std::move(grant)));
}

base::Result<std::unique_ptr<response::HeldLock>> ExecutionLocks::hold_for_process(const std::string& name) {
  TRY_VOID(take_from_the_dead(name));
  return hold({name}, this_process());
}

// As the dead holder the lock is given back; whoever comes first then has it.
base::Status ExecutionLocks::take_from_the_dead(const std::string& name) {
  TRY(std::optional<LockHolder> holder, locks_.holder(name));
  if (!holder || !is_gone(holder->holder)) return {};
  return locks_.release({{name}, holder->holder, holder->until, 0});
}

// A lease that could not be given back ends by itself.
void ExecutionLocks::let_go(const LockGrant& grant) {
  std::lock_guard lock(mutex_);
  LockGrant last{{}, grant.holder, grant.until, grant.fence};
  for (const std::string& name : grant.names) {
    auto held = handles_.find({grant.holder, name});
    if (--held->second > 0) continue;
    handles_.erase(held);
    last.names.push_back(name);
  }
  if (!last.names.empty()) (void)locks_.release(last);
}

void ExecutionLocks::keep_renewing() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kExecutionLeaseRenewal, [&] { return closed_; })) {
    std::map<std::string, std::vector<std::string>> names;  // by holder
    for (const auto& [held, count] : handles_) names[held.first].push_back(held.second);
    for (auto& [holder, held] : names) (void)locks_.extend({std::move(held), holder, {}, 0}, kExecutionLease);
  }
}

}  // namespace setpoint::store
