#pragma once

#include "store/resource_locks.h"
#include "store/sqlite/engine.h"

namespace setpoint::store::sqlite {

// The locks in SQLite: rows with an end; those that ended are swept by the next acquire().
class Locks final : public ResourceLocks {
 public:
  explicit Locks(Engine& engine) : engine_(engine) {}
  base::Result<LockGrant> acquire(std::vector<std::string> names, const std::string& holder,
                                  base::Milliseconds lease) override;
  base::Result<LockGrant> extend(const LockGrant& grant, base::Milliseconds lease) override;
  base::Status release(const LockGrant& grant) override;
  base::Result<std::optional<LockHolder>> holder(const std::string& name) const override;

 private:
  base::Status take(Connection& connection, LockGrant& grant, base::Timestamp now);
  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
