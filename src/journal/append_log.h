// The port under the journal: a table of rows that can only grow, in the same transactions as the state that the rows
// speak of. store/ implements it (SQLite; later PostgreSQL); MemoryLog implements it for simulation and tests.
//
// Place in the flow: response, findings, oversight -> Journal -> AppendLog -> disk. The journal owns what a row says
// and how rows hang together; the log owns durability and order. Neither knows the other's business, so a stranger can
// verify the record without our storage, and storage can change without touching the record.
//
// Several processes may hold a log on the same storage (the command line while `serve` runs). The chain must stay one
// line, so the head is read inside the transaction that appends to it, and a log lets one such transaction run at a
// time:
//
//   base::Status s = log.transact([&](AppendTransaction& t) -> base::Status {
//     TRY(Head head, t.head());
//     TRY_VOID(t.append(row_after(head)));
//     return t.write(state);
//   });
//   // s ok: all of it is on stable storage. s an error: none of it is.
//
// Threads: an AppendLog is thread-safe. An AppendTransaction belongs to the callback that it was handed to and is dead
// after. Refusals: a row whose number is not head + 1 (conflict); a document write whose expected version does not hold
// (conflict).
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

#include <nlohmann/json.hpp>

namespace setpoint::journal {

// One row: the exact bytes of an entry and their SHA-256. `subject` repeats the entry's own, for the index of find().
struct Row {
  std::uint64_t seq = 0;  // 1, 2, 3, ...
  base::Digest hash;
  std::string bytes;
  std::string subject;
};

// The last row; seq 0 and a zero hash where there is none yet.
struct Head {
  std::uint64_t seq = 0;
  base::Digest hash;
  bool operator==(const Head&) const = default;
};

// A document to be stored or deleted; see store/document_store.h for what documents are.
struct DocumentWrite {
  std::string space;                              // "runs", "approvals": who owns it
  std::string key;                                // unique within the space
  std::optional<base::Json> body;                 // nullopt deletes
  std::optional<std::uint64_t> expected_version;  // compare-and-set; 0: must not exist yet; nullopt: whatever is there
  std::vector<std::pair<std::string, std::string>> indices;  // name, value: what find() looks it up by
};

// A piece of work to be queued; see store/work_queue.h. An id that is queued already is left as it is.
struct TaskWrite {
  std::string queue;
  std::string id;
  base::Json payload;
  base::Timestamp due;  // not before; zero: at once
};

// What becomes durable together with the entries, or not at all.
struct StateBatch {
  std::vector<DocumentWrite> documents;
  std::vector<TaskWrite> tasks;
  bool empty() const { return documents.empty() && tasks.empty(); }
};

class AppendTransaction {
 public:
  virtual ~AppendTransaction() = default;
  virtual base::Result<Head> head() = 0;
  virtual base::Status append(const Row& row) = 0;
  virtual base::Status write(const StateBatch& state) = 0;
  // Runs `part`; where it fails, what it did is taken back and the rest of the transaction lives on.
  virtual base::Status attempt(const std::function<base::Status()>& part) = 0;
};

class AppendLog {
 public:
  virtual ~AppendLog() = default;
  virtual base::Status transact(const std::function<base::Status(AppendTransaction&)>& body) = 0;
  virtual base::Result<Head> head() const = 0;
  // Rows from number `from` on, in order; from 1 or 0 on: every row, also one with a number that no entry can have.
  // Stops early past kReadBytesMax, but hands back at least one row where there
  // is one. Row::subject is left empty by both readers.
  virtual base::Result<std::vector<Row>> read(std::uint64_t from, std::size_t limit) const = 0;
  // As read(), of one subject. May hand back a row of another subject (an index of hashes): the journal sorts those
  // out.
  virtual base::Result<std::vector<Row>> find(const std::string& subject, std::uint64_t from,
                                              std::size_t limit) const = 0;
};

// Told before and after every durable flush of a store, counted from 1. For the crash sweep: a test kills the process
// in one of the two and starts again. Called on the thread that commits, with the store's writer held: it must not call
// the store.
class FlushObserver {
 public:
  virtual ~FlushObserver() = default;
  virtual void before_flush(std::uint64_t number) = 0;  // nothing of this transaction is durable yet
  virtual void after_flush(std::uint64_t number) = 0;   // all of it is, and nobody has been told so yet
};

}  // namespace setpoint::journal
