// The embedded default: one SQLite file that is the journal's log, the documents, the work queue and the locks, so that
// one transaction can cover them all. WAL mode with synchronous=FULL: what was acknowledged survives a power cut.
//
//   TRY(std::unique_ptr<store::Database> database, store::Database::open({.path = home + "/setpoint.db"}, clock,
//   random)); journal::Journal journal(database->log(), clock); database->documents().put(...);
//
// Ownership: the ports handed out live as long as the Database; the clock and the observer outlive it.
// Threads: thread-safe. One connection writes, several read; readers never wait for the writer. Other processes may
// have the same file open: writers take turns (BEGIN IMMEDIATE), each waiting up to `busy_timeout`. Files: `path`,
// `path`-wal, `path`-shm, mode 0600; keep the three together, on a local disk. Copy a live database with `sqlite3 FILE
// '.backup COPY'`, never with cp. Refusals: unsupported for a schema newer than this build; invalid_input for a file
// that is another program's database; corrupted for damage; unavailable for a lock that did not come free or a full
// disk: nothing of that transaction is stored.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "findings/finding_store.h"
#include "inventory/resource_store.h"
#include "journal/append_log.h"
#include "store/document_store.h"
#include "store/limits.h"
#include "store/resource_locks.h"
#include "store/work_queue.h"

namespace setpoint::store {

struct DatabaseOptions {
  std::string path;
  base::Milliseconds busy_timeout = kBusyTimeoutDefault;
  int attempts_max = kTaskAttemptsDefault;     // of the work queue
  journal::FlushObserver* observer = nullptr;  // told of every commit
};

class Database {
 public:
  static base::Result<std::unique_ptr<Database>> open(DatabaseOptions options, base::Clock& clock,
                                                      base::Random& random);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  journal::AppendLog& log();
  DocumentStore& documents();
  WorkQueue& queue();
  ResourceLocks& locks();
  findings::FindingStore& findings();
  inventory::ResourceStore& resources();
  // Reads every page and index (slow: the whole file). Corrupted where SQLite finds damage. Does not verify the
  // journal.
  base::Status check_integrity() const;

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace setpoint::store
