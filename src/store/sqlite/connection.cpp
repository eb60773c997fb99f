#include "store/sqlite/connection.h"

#include <sqlite3.h>

namespace setpoint::store::sqlite {

using base::Error;
using base::ErrorCode;
using base::fail;

Error error_of(int code, std::string_view message, const std::string& path) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::unavailable,
              "the database is locked by another process",
              path,
              "wait, or end the process that holds it",
              {}};
    case SQLITE_FULL:
      return {
          ErrorCode::unavailable, "the disk is full; nothing of this change was stored", path, "free some space", {}};
    case SQLITE_CORRUPT:
      return {ErrorCode::corrupted,
              fmt::format("the database is damaged: {}", message),
              path,
              "restore a backup, or save what can be read with: sqlite3 FILE .recover",
              {}};
    case SQLITE_NOTADB:
      return {ErrorCode::corrupted,
              "the file is not a SQLite database",
              path,
              "name another file, or restore a backup",
              {}};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::access_denied,
              fmt::format("the database may not be written: {}", message),
              path,
              "check the permissions of the file and its folder",
              {}};
    case SQLITE_CANTOPEN:
      return {ErrorCode::unavailable,
              "the database cannot be opened",
              path,
              "check that the folder exists and may be written",
              {}};
    case SQLITE_TOOBIG:
      return {ErrorCode::limit_exceeded, "a value is too large for the database", path, {}, {}};
    case SQLITE_NOMEM:
      return {ErrorCode::unavailable, "no memory for the database", path, {}, {}};
    default:
      return {ErrorCode::unavailable, fmt::format("the database failed: {}", message), path, {}, sqlite3_errstr(code)};
  }
}

Statement::~Statement() {
  if (statement_ != nullptr) reset();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

// A bind fails only for a wrong index or no memory: our own bug or the end.
Statement& Statement::bind(int index, std::int64_t value) {
  SETPOINT_ASSERT(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  SETPOINT_ASSERT(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) ==
                  SQLITE_OK);
  return *this;
}

Statement& Statement::bind_bytes(int index, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  SETPOINT_ASSERT(sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int index) {
  SETPOINT_ASSERT(sqlite3_bind_null(statement_, index) == SQLITE_OK);
  return *this;
}

base::Result<bool> Statement::step() {
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(error_of(sqlite3_extended_errcode(database_), sqlite3_errmsg(database_), *path_));
}

base::Status Statement::run() {
  TRY(bool row, step());
  SETPOINT_ASSERT(!row);
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

base::Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode,
                                                           base::Milliseconds busy_timeout) {
  sqlite3* database = nullptr;
  int flags = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Connection> out(new Connection(database, path));
  if (code != SQLITE_OK) return fail(error_of(code, sqlite3_errstr(code), path));
  sqlite3_busy_timeout(database, static_cast<int>(busy_timeout.count()));
  // A database from elsewhere must not run code of its own through its schema.
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return out;
}

Connection::~Connection() {
  for (auto& [sql, statement] : cache_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

base::Result<Statement> Connection::prepare(const char* sql) {
  sqlite3_stmt*& cached = cache_[sql];
  if (cached == nullptr) {
    int code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &cached, nullptr);
    if (code != SQLITE_OK) return fail(error_of(code, sqlite3_errmsg(database_), path_));
  }
  return Statement(database_, cached, path_);
}

base::Status Connection::execute(const char* sql) {
  int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error_of(code, sqlite3_errmsg(database_), path_));
  return {};
}

base::Result<std::int64_t> Connection::integer(const char* sql) {
  TRY(Statement statement, prepare(sql));
  TRY(bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

std::int64_t Connection::changes() const { return sqlite3_changes64(database_); }

std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(database_); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

}  // namespace setpoint::store::sqlite
