#include "store/database.h"

#include "store/sqlite/documents.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/finding_store.h"
#include "store/sqlite/locks.h"
#include "store/sqlite/log.h"
#include "store/sqlite/queue.h"
#include "store/sqlite/resource_store.h"

namespace setpoint::store {

struct Database::Parts {
  explicit Parts(std::unique_ptr<sqlite::Engine> made)
      : engine(std::move(made)),
        log(*engine),
        documents(*engine),
        queue(*engine),
        locks(*engine),
        findings(*engine),
        resources(*engine) {}

  std::unique_ptr<sqlite::Engine> engine;
  sqlite::Log log;
  sqlite::Documents documents;
  sqlite::Queue queue;
  sqlite::Locks locks;
  sqlite::Findings findings;
  sqlite::Resources resources;
};

base::Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options, base::Clock& clock,
                                                       base::Random& random) {
  TRY(std::unique_ptr<sqlite::Engine> engine, sqlite::Engine::open(std::move(options), clock, random));
  return std::unique_ptr<Database>(new Database(std::make_unique<Parts>(std::move(engine))));
}

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

journal::AppendLog& Database::log() { return parts_->log; }
DocumentStore& Database::documents() { return parts_->documents; }
WorkQueue& Database::queue() { return parts_->queue; }
ResourceLocks& Database::locks() { return parts_->locks; }
findings::FindingStore& Database::findings() { return parts_->findings; }
inventory::ResourceStore& Database::resources() { return parts_->resources; }

base::Status Database::check_integrity() const {
  return parts_->engine->read([](sqlite::Connection& connection) -> base::Status {
    TRY(sqlite::Statement rows, connection.prepare("PRAGMA integrity_check(1)"));
    TRY(bool row, rows.step());
    if (row && rows.text(0) == "ok") return {};
    return base::fail(sqlite::error_of(11, row ? rows.text(0) : "no answer", connection.path()));
  });
}

}  // namespace setpoint::store
