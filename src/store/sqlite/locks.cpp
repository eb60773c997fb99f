#include "store/sqlite/locks.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;

namespace {

base::Result<std::optional<LockHolder>> holder_of(Connection& connection, const std::string& name,
                                                  base::Timestamp now) {
  TRY(Statement rows, connection.prepare("SELECT holder, until FROM lock WHERE name = ?1 AND until > ?2"));
  TRY(bool row, rows.bind(1, name).bind(2, now.ms).step());
  if (!row) return std::optional<LockHolder>();
  return std::optional(LockHolder{std::string(rows.text(0)), {rows.integer(1)}});
}

base::Result<std::uint64_t> next_fence(Connection& connection) {
  TRY_VOID(connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'fence'"));
  TRY(std::int64_t fence, connection.integer("SELECT value FROM meta WHERE name = 'fence'"));
  return static_cast<std::uint64_t>(fence);
}

base::Status check_free(Connection& connection, const LockGrant& grant, base::Timestamp now) {
  for (const std::string& name : grant.names) {
    TRY(std::optional<LockHolder> other, holder_of(connection, name, now));
    if (!other || other->holder == grant.holder) continue;
    return fail({ErrorCode::conflict,
                 fmt::format("{} works on it until {}", other->holder, base::to_iso8601(other->until)),
                 name,
                 "wait until it is done",
                 {}});
  }
  return {};
}

}  // namespace

base::Status Locks::take(Connection& connection, LockGrant& grant, base::Timestamp now) {
  TRY_VOID(check_free(connection, grant, now));
  TRY(Statement sweep, connection.prepare("DELETE FROM lock WHERE until <= ?1"));
  TRY_VOID(sweep.bind(1, now.ms).run());
  TRY(grant.fence, next_fence(connection));
  for (const std::string& name : grant.names) {
    TRY(Statement insert,
        connection.prepare("INSERT OR REPLACE INTO lock(name, holder, until, fence) VALUES (?1, ?2, ?3, ?4)"));
    insert.bind(1, name).bind(2, grant.holder).bind(3, grant.until.ms).bind(4, static_cast<std::int64_t>(grant.fence));
    TRY_VOID(insert.run());
  }
  return {};
}

base::Result<LockGrant> Locks::acquire(std::vector<std::string> names, const std::string& holder,
                                       base::Milliseconds lease) {
  base::Timestamp now = engine_.now();
  LockGrant grant{std::move(names), holder, now + lease, 0};
  base::Status done = engine_.write([&](Connection& connection) { return take(connection, grant, now); });
  if (!done) return fail(std::move(done).error());
  return grant;
}

base::Result<LockGrant> Locks::extend(const LockGrant& grant, base::Milliseconds lease) {
  return acquire(grant.names, grant.holder, lease);
}

base::Status Locks::release(const LockGrant& grant) {
  return engine_.write([&](Connection& connection) -> base::Status {
    for (const std::string& name : grant.names) {
      TRY(Statement remove, connection.prepare("DELETE FROM lock WHERE name = ?1 AND holder = ?2"));
      TRY_VOID(remove.bind(1, name).bind(2, grant.holder).run());
    }
    return {};
  });
}

base::Result<std::optional<LockHolder>> Locks::holder(const std::string& name) const {
  std::optional<LockHolder> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(out, holder_of(connection, name, engine_.now()));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace setpoint::store::sqlite
