#include "store/sqlite/log.h"

#include <cstring>

#include "journal/limits.h"
#include "store/sqlite/documents.h"
#include "store/sqlite/queue.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;
using journal::Head;
using journal::Row;

namespace {

// A hash of another length is damage; it comes back as zeros, which no entry has, so that the verifier names the row.
base::Digest read_hash(std::string_view bytes) {
  base::Digest out;
  if (bytes.size() == out.bytes.size()) std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
  return out;
}

base::Result<Head> read_head(Connection& connection) {
  TRY(Statement rows, connection.prepare("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"));
  TRY(bool row, rows.step());
  if (!row) return Head{};
  return Head{static_cast<std::uint64_t>(rows.integer(0)), read_hash(rows.text(1))};
}

std::int64_t signed_seq(std::uint64_t seq) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(seq, INT64_MAX));
}

base::Result<std::vector<Row>> read_rows(Statement& rows) {
  std::vector<Row> out;
  for (std::size_t bytes = 0; bytes < journal::kReadBytesMax;) {
    TRY(bool row, rows.step());
    if (!row) break;
    out.push_back(
        {static_cast<std::uint64_t>(rows.integer(0)), read_hash(rows.text(1)), std::string(rows.text(2)), {}});
    bytes += out.back().bytes.size();
  }
  return out;
}

class Transaction final : public journal::AppendTransaction {
 public:
  Transaction(Engine& engine, Connection& connection) : engine_(engine), connection_(connection) {}

  base::Result<Head> head() override {
    if (!known_) {
      TRY(head_, read_head(connection_));
      known_ = true;
    }
    return head_;
  }

  base::Status append(const Row& row) override {
    TRY(Head before, head());
    if (row.seq != before.seq + 1)
      return fail(ErrorCode::conflict, "entry {} does not follow entry {}", row.seq, before.seq);
    TRY(Statement insert,
        connection_.prepare("INSERT INTO journal(seq, hash, subject, entry) VALUES (?1, ?2, ?3, ?4)"));
    insert.bind(1, signed_seq(row.seq))
        .bind_bytes(2, row.hash.view())
        .bind(3, engine_.hash({row.subject}))
        .bind(4, row.bytes);
    TRY_VOID(insert.run());
    head_ = {row.seq, row.hash};
    return {};
  }

  base::Status write(const journal::StateBatch& state) override {
    DocumentWriter documents(engine_, connection_);
    for (const DocumentWrite& each : state.documents) {
      TRY([[maybe_unused]] std::uint64_t version, documents.write(each));
    }
    for (const TaskWrite& each : state.tasks) TRY_VOID(add_task(engine_, connection_, each));
    return {};
  }

  base::Status attempt(const std::function<base::Status()>& part) override {
    // SQLite takes a whole transaction back by itself where the disk is full; what came next would commit on its own.
    if (!connection_.in_transaction()) return fail(ErrorCode::unavailable, "the database took the transaction back");
    TRY_VOID(connection_.execute("SAVEPOINT part"));
    Head before = head_;
    base::Status done = part();
    if (!connection_.in_transaction()) return done;
    if (done) return connection_.execute("RELEASE part");
    head_ = before;
    TRY_VOID(connection_.execute("ROLLBACK TO part; RELEASE part"));
    return done;
  }

 private:
  Engine& engine_;
  Connection& connection_;
  Head head_;
  bool known_ = false;
};

}  // namespace

base::Status Log::transact(const std::function<base::Status(journal::AppendTransaction&)>& body) {
  return engine_.write([&](Connection& connection) -> base::Status {
    Transaction transaction(engine_, connection);
    return body(transaction);
  });
}

base::Result<Head> Log::head() const {
  Head out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(out, read_head(connection));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<std::vector<Row>> Log::read(std::uint64_t from, std::size_t limit) const {
  std::vector<Row> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare("SELECT seq, hash, entry FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT ?2"));
    // From the beginning means from whatever is there: a row numbered 0 or less is tampering that verify() must see.
    rows.bind(1, from <= 1 ? INT64_MIN : signed_seq(from)).bind(2, static_cast<std::int64_t>(limit));
    TRY(out, read_rows(rows));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Result<std::vector<Row>> Log::find(const std::string& subject, std::uint64_t from, std::size_t limit) const {
  std::vector<Row> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare(
            "SELECT seq, hash, entry FROM journal WHERE subject = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3"));
    rows.bind(1, engine_.hash({subject})).bind(2, signed_seq(from)).bind(3, static_cast<std::int64_t>(limit));
    TRY(out, read_rows(rows));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace setpoint::store::sqlite
