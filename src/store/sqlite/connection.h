// SQLite's C API behind Result: a connection, its cached statements, and what each failure means for the caller.
//
//   TRY(Statement select, connection.prepare("SELECT body FROM document WHERE id = ?1"));
//   select.bind(1, id);
//   TRY(bool row, select.step());
//   if (row) use(select.text(0));
//
// A Statement is borrowed from the connection's cache and is reset when it goes out of scope; it must not outlive the
// connection. Threads: a connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace setpoint::store::sqlite {

class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement, const std::string& path)
      : database_(database), statement_(statement), path_(&path) {}
  Statement(Statement&& other) noexcept
      : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)), path_(other.path_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Parameters count from 1. Text and bytes are copied.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_bytes(int index, std::string_view bytes);
  Statement& bind_null(int index);

  base::Result<bool> step();  // true: a row stands ready
  base::Status run();         // a statement that gives no row
  void reset();               // to bind and run it again

  // Columns count from 0; valid until the next step().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // bytes as stored
  bool is_null(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  const std::string* path_;
};

class Connection {
 public:
  enum class Mode { read_write, read_only };
  static base::Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode,
                                                        base::Milliseconds busy_timeout);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `sql` must be a literal: the cache holds it by its address.
  base::Result<Statement> prepare(const char* sql);
  base::Status execute(const char* sql);  // one or several statements, rows thrown away
  base::Result<std::int64_t> integer(const char* sql);
  std::int64_t changes() const;        // rows that the last statement touched
  std::int64_t total_changes() const;  // rows touched since opening
  // False outside of a transaction, and inside one that SQLite took back by itself (disk full, no memory).
  bool in_transaction() const;
  const std::string& path() const { return path_; }

 private:
  Connection(sqlite3* database, std::string path) : database_(database), path_(std::move(path)) {}

  sqlite3* database_;
  std::string path_;
  std::unordered_map<const char*, sqlite3_stmt*> cache_;
};

// A result code of SQLite as an Error that says what to do.
base::Error error_of(int code, std::string_view message, const std::string& path);

}  // namespace setpoint::store::sqlite
