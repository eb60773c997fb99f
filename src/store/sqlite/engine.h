// What the stores in this folder share: one connection that writes, a few that read, the salted hashes that keys are,
// the clock. A store with tables of its own (the findings', the inventory's) is built on this and on nothing else.
//
//   return engine.write([&](Connection& c) -> base::Status { ... });  // durable when it returns ok, undone otherwise
//   return engine.read([&](Connection& c) -> base::Status { ... });   // a snapshot; does not wait for writers
//
// Threads: thread-safe. A body runs on the caller's thread and must not call write() again.
#pragma once

#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "journal/append_log.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace setpoint::store::sqlite {

// `id` of a key is probed in this many neighbouring places, so that two keys of one hash both find room.
inline constexpr std::int64_t kProbes = 4;

class Engine {
 public:
  static base::Result<std::unique_ptr<Engine>> open(DatabaseOptions options, base::Clock& clock, base::Random& random);

  base::Status write(const std::function<base::Status(Connection&)>& body);
  base::Status read(const std::function<base::Status(Connection&)>& body) const;

  // 64-bit hash of the parts, non-negative, with room for kProbes above it. Salted with a secret of the file: whoever
  // names resources cannot choose names that collide.
  std::int64_t hash(std::initializer_list<std::string_view> parts) const;
  base::Timestamp now() const { return clock_.now(); }
  const DatabaseOptions& options() const { return options_; }

 private:
  Engine(DatabaseOptions options, base::Clock& clock) : options_(std::move(options)), clock_(clock) {}
  base::Status open_writer(base::Random& random);
  base::Status run_transaction(const std::function<base::Status(Connection&)>& body);
  base::Status commit(std::int64_t changes_before);
  base::Result<std::unique_ptr<Connection>> borrow_reader() const;
  void give_back(std::unique_ptr<Connection> reader) const;

  DatabaseOptions options_;
  base::Clock& clock_;
  std::string salt_;
  std::mutex writing_;
  std::unique_ptr<Connection> writer_;  // guarded by writing_
  std::uint64_t flushes_ = 0;           // guarded by writing_

  mutable std::mutex readers_mutex_;
  mutable std::condition_variable reader_free_;
  mutable std::vector<std::unique_ptr<Connection>> readers_;  // idle ones
  mutable std::size_t readers_open_ = 0;
};

}  // namespace setpoint::store::sqlite
