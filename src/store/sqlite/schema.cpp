#include "store/sqlite/schema.h"

#include <array>

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;

namespace {

// Step i leads from version i to i + 1. A step that was released is never edited; a change is a new step.
constexpr std::array kSteps = {
    R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta(name, value) VALUES ('fence', 0);

CREATE TABLE journal(
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  subject INTEGER NOT NULL,
  entry TEXT NOT NULL);
CREATE INDEX journal_by_subject ON journal(subject);

-- id: 64-bit salted hash of space and key. The body stands last, so that looking at the rest does not read it.
CREATE TABLE document(
  id INTEGER PRIMARY KEY,
  space TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  indices TEXT NOT NULL,
  body TEXT NOT NULL);
CREATE UNIQUE INDEX document_by_key ON document(space, key);
-- entry: 64-bit salted hash of space, index name and value.
CREATE TABLE document_index(
  entry INTEGER NOT NULL,
  document INTEGER NOT NULL,
  PRIMARY KEY(entry, document)) WITHOUT ROWID;

-- due: not before; of a claimed task the end of its lease.
CREATE TABLE task(
  id INTEGER PRIMARY KEY,
  queue TEXT NOT NULL,
  name TEXT NOT NULL,
  dead INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  claimed INTEGER NOT NULL DEFAULT 0,
  claim INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  worker TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  payload TEXT NOT NULL);
CREATE INDEX task_by_due ON task(queue, dead, due);
CREATE TABLE queue_size(queue TEXT PRIMARY KEY, tasks INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER task_added AFTER INSERT ON task BEGIN
  INSERT INTO queue_size VALUES (new.queue, 1) ON CONFLICT(queue) DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER task_removed AFTER DELETE ON task BEGIN
  UPDATE queue_size SET tasks = tasks - 1 WHERE queue = old.queue;
END;

CREATE TABLE lock(
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL,
  fence INTEGER NOT NULL) WITHOUT ROWID;
)sql",
    R"sql(
-- id: the 48 bits of the finding's id, so that the order of rows is the order of ids. status: 0 open, 1 in progress, 2
-- suppressed, 3 resolved. resource: salted hash of the first resource's key.
CREATE TABLE finding(
  id INTEGER PRIMARY KEY,
  status INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  name TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  type TEXT NOT NULL,
  resource INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX finding_by_resource ON finding(resource);
CREATE INDEX finding_unresolved ON finding(id) WHERE status < 2;

-- key: ResourceKey::text(), so that a scope is a range. arn: salted hash, 0 for none. knowledge: 0 known, 1 unknown, 2 deleted.
CREATE TABLE resource(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  arn INTEGER NOT NULL,
  knowledge INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE UNIQUE INDEX resource_by_key ON resource(key);
CREATE INDEX resource_by_arn ON resource(arn) WHERE arn <> 0;
-- target: salted hash of account, type and id of what is named in a relation of `resource`.
CREATE TABLE relation(
  target INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  PRIMARY KEY(target, resource)) WITHOUT ROWID;
CREATE TABLE resource_history(
  id INTEGER PRIMARY KEY,
  resource INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX resource_history_by_resource ON resource_history(resource);
)sql",
};

constexpr std::size_t kSaltBytes = 16;

base::Status set_salt(Connection& connection, base::Random& random) {
  TRY(Statement insert, connection.prepare("INSERT INTO meta(name, value) VALUES ('salt', ?1)"));
  return insert.bind_bytes(1, random.bytes(kSaltBytes)).run();
}

base::Status take_step(Connection& connection, std::int64_t from, base::Random& random) {
  TRY_VOID(connection.execute(kSteps[static_cast<std::size_t>(from)]));
  if (from == 0) TRY_VOID(set_salt(connection, random));
  TRY_VOID(connection.execute(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str()));
  return connection.execute(fmt::format("PRAGMA user_version = {}", from + 1).c_str());
}

// The version is read again inside the transaction: another process may have taken the step meanwhile.
base::Result<bool> step_forward(Connection& connection, base::Random& random) {
  TRY_VOID(connection.execute("BEGIN IMMEDIATE"));
  auto version = connection.integer("PRAGMA user_version");
  bool behind = version && *version < kSchemaVersion;
  base::Status done = !version ? base::Status(fail(version.error()))
                      : behind ? take_step(connection, *version, random)
                               : base::Status();
  if (done) done = connection.execute("COMMIT");
  if (!done && connection.in_transaction()) (void)connection.execute("ROLLBACK");
  if (!done) return fail(std::move(done).error());
  return behind;
}

}  // namespace

const std::int64_t kSchemaVersion = kSteps.size();

base::Status check_identity(Connection& connection) {
  // In this order: another process may be making the tables meanwhile, and whoever sees them must see the id too.
  TRY(std::int64_t tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  TRY(std::int64_t version, connection.integer("PRAGMA user_version"));
  TRY(std::int64_t application, connection.integer("PRAGMA application_id"));
  bool ours = application == kApplicationId || (application == 0 && version == 0 && tables == 0);
  if (!ours) {
    return fail({ErrorCode::invalid_input,
                 "the file is a database of another program",
                 connection.path(),
                 "name another file",
                 {}});
  }
  if (version > kSchemaVersion) {
    return fail(
        {ErrorCode::unsupported,
         fmt::format("the database has schema version {}, this build knows versions up to {}", version, kSchemaVersion),
         connection.path(),
         "use the setpoint that wrote it, or a newer one",
         {}});
  }
  return {};
}

base::Status migrate(Connection& connection, base::Random& random) {
  while (true) {
    TRY(bool moved, step_forward(connection, random));
    if (!moved) return {};
  }
}

}  // namespace setpoint::store::sqlite
