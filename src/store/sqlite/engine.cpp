#include "store/sqlite/engine.h"

#include <fcntl.h>
#include <unistd.h>
#include <thread>

#include <cerrno>
#include <cstring>

#include "base/digest.h"
#include "store/sqlite/schema.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;

namespace {

// Before SQLite does, so that nobody else can read findings and plans, not even for a moment.
base::Status create_private(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    ErrorCode code = errno == EACCES ? ErrorCode::access_denied : ErrorCode::unavailable;
    return fail({code,
                 fmt::format("cannot open the database: {}", std::strerror(errno)),
                 path,
                 "check that the folder exists and may be written",
                 {}});
  }
  ::close(fd);
  return {};
}

base::Status use_wal(Connection& connection) {
  TRY(Statement set, connection.prepare("PRAGMA journal_mode = WAL"));
  TRY(bool row, set.step());
  if (row && set.text(0) == "wal") return {};
  return fail({ErrorCode::unsupported,
               "this file system cannot hold a database in WAL mode",
               connection.path(),
               "put the file on a local disk",
               {}});
}

constexpr base::Milliseconds kWalPause{20};

// Two processes that meet at a new file: SQLite answers one of them "busy" at once and does not wait, whatever its
// busy timeout is.
base::Status use_wal_when_free(Connection& connection, base::Milliseconds patience) {
  base::Status done = use_wal(connection);
  for (base::Milliseconds waited{0}; !done && done.error().code == ErrorCode::unavailable && waited < patience;
       waited += kWalPause) {
    std::this_thread::sleep_for(kWalPause);
    done = use_wal(connection);
  }
  return done;
}

constexpr const char* kWriterSettings =
    "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;"
    "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
constexpr const char* kReaderSettings =
    "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;";

}  // namespace

base::Result<std::unique_ptr<Engine>> Engine::open(DatabaseOptions options, base::Clock& clock, base::Random& random) {
  std::unique_ptr<Engine> engine(new Engine(std::move(options), clock));
  TRY_VOID(engine->open_writer(random));
  return engine;
}

base::Status Engine::open_writer(base::Random& random) {
  TRY_VOID(create_private(options_.path));
  TRY(writer_, Connection::open(options_.path, Connection::Mode::read_write, options_.busy_timeout));
  TRY_VOID(check_identity(*writer_));
  TRY_VOID(use_wal_when_free(*writer_, options_.busy_timeout));
  TRY_VOID(writer_->execute(kWriterSettings));
  TRY_VOID(migrate(*writer_, random));
  TRY(Statement select, writer_->prepare("SELECT value FROM meta WHERE name = 'salt'"));
  TRY(bool row, select.step());
  if (!row)
    return fail({ErrorCode::corrupted, "the database has lost its salt", options_.path, "restore a backup", {}});
  salt_ = std::string(select.text(0));
  return {};
}

base::Status Engine::write(const std::function<base::Status(Connection&)>& body) {
  std::lock_guard lock(writing_);
  base::Status done = run_transaction(body);
  if (!done && writer_->in_transaction()) (void)writer_->execute("ROLLBACK");
  return done;
}

base::Status Engine::run_transaction(const std::function<base::Status(Connection&)>& body) {
  TRY_VOID(writer_->execute("BEGIN IMMEDIATE"));
  std::int64_t changes_before = writer_->total_changes();
  TRY_VOID(body(*writer_));
  if (!writer_->in_transaction()) return fail(ErrorCode::unavailable, "the database took the transaction back");
  return commit(changes_before);
}

base::Status Engine::commit(std::int64_t changes_before) {
  bool flushes = writer_->total_changes() != changes_before;
  if (flushes) ++flushes_;
  if (flushes && options_.observer != nullptr) options_.observer->before_flush(flushes_);
  TRY_VOID(writer_->execute("COMMIT"));
  if (flushes && options_.observer != nullptr) options_.observer->after_flush(flushes_);
  return {};
}

base::Status Engine::read(const std::function<base::Status(Connection&)>& body) const {
  TRY(std::unique_ptr<Connection> reader, borrow_reader());
  base::Status done = reader->execute("BEGIN");
  if (done) done = body(*reader);
  if (reader->in_transaction()) (void)reader->execute("ROLLBACK");
  give_back(std::move(reader));
  return done;
}

base::Result<std::unique_ptr<Connection>> Engine::borrow_reader() const {
  std::unique_lock lock(readers_mutex_);
  reader_free_.wait(lock, [&] { return !readers_.empty() || readers_open_ < kReadersMax; });
  if (!readers_.empty()) {
    std::unique_ptr<Connection> reader = std::move(readers_.back());
    readers_.pop_back();
    return reader;
  }
  auto opened = Connection::open(options_.path, Connection::Mode::read_only, options_.busy_timeout);
  if (opened) {
    if (base::Status set = (*opened)->execute(kReaderSettings); !set) return fail(std::move(set).error());
    ++readers_open_;
  }
  return opened;
}

void Engine::give_back(std::unique_ptr<Connection> reader) const {
  std::lock_guard lock(readers_mutex_);
  readers_.push_back(std::move(reader));
  reader_free_.notify_one();
}

// Each part goes in with its length, so that ("ab", "c") and ("a", "bc") differ.
std::int64_t Engine::hash(std::initializer_list<std::string_view> parts) const {
  std::string bytes = salt_;
  for (std::string_view part : parts) {
    std::uint64_t size = part.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes.append(part);
  }
  std::uint64_t value = 0;
  std::memcpy(&value, base::sha256(bytes).bytes.data(), sizeof value);
  return static_cast<std::int64_t>(value >> 2);
}

}  // namespace setpoint::store::sqlite
