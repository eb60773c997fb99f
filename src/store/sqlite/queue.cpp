#include "store/sqlite/queue.h"

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;

namespace {

base::Status check(const TaskWrite& task, const std::string& payload) {
  if (task.queue.empty() || task.id.empty()) return fail(ErrorCode::invalid_input, "a task needs a queue and an id");
  if (task.queue.size() > kSpaceBytesMax || task.id.size() > kKeyBytesMax) {
    return fail(ErrorCode::limit_exceeded, "the names of task '{}' are too long", task.id.substr(0, 64));
  }
  if (payload.size() <= kTaskBytesMax) return {};
  return fail(ErrorCode::limit_exceeded, "task '{}' has {} bytes, {} are allowed", task.id, payload.size(),
              kTaskBytesMax);
}

base::Status check_room(Connection& connection, const std::string& queue) {
  TRY(Statement rows, connection.prepare("SELECT tasks FROM queue_size WHERE queue = ?1"));
  TRY(bool row, rows.bind(1, queue).step());
  if (!row || rows.integer(0) < static_cast<std::int64_t>(kQueueTasksMax)) return {};
  return fail({ErrorCode::limit_exceeded,
               fmt::format("queue '{}' is full with {} tasks", queue, kQueueTasksMax),
               queue,
               "wait until it drains, or revive or discard its dead tasks",
               {}});
}

// Where the task is, or where it has room: the places of a key are neighbours.
struct Place {
  std::int64_t id = 0;
  bool there = false;
};
base::Result<Place> locate(const Engine& engine, Connection& connection, const std::string& queue,
                           const std::string& name) {
  std::int64_t first = engine.hash({"task", queue, name});
  TRY(Statement rows,
      connection.prepare("SELECT id, queue = ?3 AND name = ?4 FROM task WHERE id BETWEEN ?1 AND ?2 ORDER BY id"));
  rows.bind(1, first).bind(2, first + kProbes - 1).bind(3, queue).bind(4, name);
  std::int64_t next_free = first;
  while (true) {
    TRY(bool row, rows.step());
    if (!row) break;
    if (rows.integer(1) != 0) return Place{rows.integer(0), true};
    if (rows.integer(0) == next_free) ++next_free;
  }
  if (next_free == first + kProbes) {
    return fail(ErrorCode::limit_exceeded, "no room for task '{}': {} others have its hash", name, kProbes);
  }
  return Place{next_free, false};
}

// Columns: name, payload, attempts, claim, due, error.
base::Result<Task> read_task(const Statement& row, const std::string& queue) {
  Task out;
  out.queue = queue;
  out.id = std::string(row.text(0));
  auto payload = base::parse_json(row.text(1), {.bytes_max = kTaskBytesMax, .depth_max = kDocumentDepthMax + 1});
  if (!payload)
    return fail({ErrorCode::corrupted, "a stored task cannot be read: " + payload.error().message, out.id, {}, {}});
  out.payload = std::move(*payload);
  out.attempts = static_cast<int>(row.integer(2));
  out.claim = static_cast<std::uint64_t>(row.integer(3));
  out.lease_until = {row.integer(4)};
  out.last_error = std::string(row.text(5));
  return out;
}

std::string_view cut(std::string_view error) { return error.substr(0, kTaskErrorBytesMax); }

}  // namespace

base::Status add_task(const Engine& engine, Connection& connection, const TaskWrite& task) {
  if (base::deeper_than(task.payload, kDocumentDepthMax)) {
    return fail(ErrorCode::limit_exceeded, "task '{}' is nested deeper than {} levels", task.id, kDocumentDepthMax);
  }
  std::string payload = base::canonical(task.payload);
  TRY_VOID(check(task, payload));
  TRY(Place place, locate(engine, connection, task.queue, task.id));
  if (place.there) return {};
  TRY_VOID(check_room(connection, task.queue));
  TRY(Statement insert,
      connection.prepare("INSERT INTO task(id, queue, name, due, payload) VALUES (?1, ?2, ?3, ?4, ?5)"));
  insert.bind(1, place.id).bind(2, task.queue).bind(3, task.id).bind(5, payload);
  return insert.bind(4, task.due.known() ? task.due.ms : engine.now().ms).run();
}

base::Status Queue::enqueue(const std::vector<TaskWrite>& tasks) {
  return engine_.write([&](Connection& connection) -> base::Status {
    for (const TaskWrite& task : tasks) TRY_VOID(add_task(engine_, connection, task));
    return {};
  });
}

// A task whose workers die without a word must end too.
base::Status Queue::bury_exhausted(Connection& connection, const std::string& queue, base::Timestamp now) {
  TRY(Statement bury,
      connection.prepare("UPDATE task SET dead = 1, claimed = 0, error = 'its last worker did not come back' "
                         "WHERE queue = ?1 AND dead = 0 AND due <= ?2 AND claimed = 1 AND attempts >= ?3"));
  return bury.bind(1, queue).bind(2, now.ms).bind(3, std::int64_t{engine_.options().attempts_max}).run();
}

base::Status Queue::mark_claimed(Connection& connection, std::vector<std::pair<std::int64_t, Task>>& tasks,
                                 const std::string& worker) {
  for (auto& [id, task] : tasks) {
    TRY(Statement mark,
        connection.prepare(
            "UPDATE task SET claimed = 1, claim = ?2, attempts = ?3, due = ?4, worker = ?5 WHERE id = ?1"));
    mark.bind(1, id).bind(2, static_cast<std::int64_t>(task.claim)).bind(3, std::int64_t{task.attempts});
    TRY_VOID(mark.bind(4, task.lease_until.ms).bind(5, worker).run());
  }
  return {};
}

base::Result<std::vector<Task>> Queue::claim(const std::string& queue, const std::string& worker, std::size_t limit,
                                             base::Milliseconds lease) {
  std::vector<std::pair<std::int64_t, Task>> taken;
  base::Timestamp now = engine_.now();
  base::Status done = engine_.write([&](Connection& connection) -> base::Status {
    TRY_VOID(bury_exhausted(connection, queue, now));
    TRY(Statement rows, connection.prepare("SELECT name, payload, attempts + 1, claim + 1, due, error, id FROM task "
                                           "WHERE queue = ?1 AND dead = 0 AND due <= ?2 ORDER BY due, id LIMIT ?3"));
    rows.bind(1, queue).bind(2, now.ms).bind(3, static_cast<std::int64_t>(std::min(limit, kClaimTasksMax)));
    while (true) {
      TRY(bool row, rows.step());
      if (!row) break;
      TRY(Task task, read_task(rows, queue));
      task.lease_until = now + lease;
      taken.emplace_back(rows.integer(6), std::move(task));
    }
    return mark_claimed(connection, taken, worker);
  });
  if (!done) return fail(std::move(done).error());
  std::vector<Task> out;
  for (auto& [id, task] : taken) out.push_back(std::move(task));
  return out;
}

// Parameters 1 to 3 are queue, name and claim.
base::Status Queue::change_claimed(const Task& task,
                                   const std::function<base::Result<Statement>(Connection&)>& statement) {
  return engine_.write([&](Connection& connection) -> base::Status {
    TRY(Statement change, statement(connection));
    TRY(Place place, locate(engine_, connection, task.queue, task.id));
    change.bind(1, place.id).bind(2, task.id).bind(3, static_cast<std::int64_t>(task.claim));
    TRY_VOID(change.run());
    if (connection.changes() == 1) return {};
    return fail({ErrorCode::conflict,
                 fmt::format("task '{}' is no longer ours: its lease ended", task.id),
                 task.queue,
                 {},
                 {}});
  });
}

base::Status Queue::extend(const Task& task, base::Milliseconds lease) {
  return change_claimed(task, [&](Connection& connection) -> base::Result<Statement> {
    TRY(Statement change,
        connection.prepare("UPDATE task SET due = ?4 WHERE id = ?1 AND name = ?2 AND claim = ?3 AND claimed = 1"));
    change.bind(4, (engine_.now() + lease).ms);
    return change;
  });
}

base::Status Queue::complete(const Task& task) {
  return change_claimed(task, [](Connection& connection) {
    return connection.prepare("DELETE FROM task WHERE id = ?1 AND name = ?2 AND claim = ?3 AND claimed = 1");
  });
}

base::Result<bool> Queue::retry(const Task& task, base::Timestamp due, const std::string& error) {
  if (task.attempts >= engine_.options().attempts_max) {
    TRY_VOID(give_up(task, error));
    return false;
  }
  TRY_VOID(change_claimed(task, [&](Connection& connection) -> base::Result<Statement> {
    TRY(Statement change, connection.prepare("UPDATE task SET claimed = 0, due = ?4, error = ?5 "
                                             "WHERE id = ?1 AND name = ?2 AND claim = ?3 AND claimed = 1"));
    change.bind(4, due.ms).bind(5, cut(error));
    return change;
  }));
  return true;
}

base::Status Queue::give_up(const Task& task, const std::string& error) {
  return change_claimed(task, [&](Connection& connection) -> base::Result<Statement> {
    TRY(Statement change, connection.prepare("UPDATE task SET claimed = 0, dead = 1, error = ?4 "
                                             "WHERE id = ?1 AND name = ?2 AND claim = ?3 AND claimed = 1"));
    change.bind(4, cut(error));
    return change;
  });
}

base::Result<std::vector<Task>> Queue::dead(const std::string& queue, std::size_t limit) const {
  std::vector<Task> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows, connection.prepare("SELECT name, payload, attempts, claim, due, error FROM task "
                                           "WHERE queue = ?1 AND dead = 1 ORDER BY due, id LIMIT ?2"));
    rows.bind(1, queue).bind(2, static_cast<std::int64_t>(limit));
    while (true) {
      TRY(bool row, rows.step());
      if (!row) return {};
      TRY(Task task, read_task(rows, queue));
      out.push_back(std::move(task));
    }
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Status Queue::change_dead(const char* sql, const std::string& queue, const std::string& id) {
  return engine_.write([&](Connection& connection) -> base::Status {
    TRY(Place place, locate(engine_, connection, queue, id));
    TRY(Statement change, connection.prepare(sql));
    TRY_VOID(change.bind(1, place.id).bind(2, id).bind(3, engine_.now().ms).run());
    if (connection.changes() == 1) return {};
    return fail({ErrorCode::not_found, fmt::format("queue '{}' has no dead task '{}'", queue, id), queue, {}, {}});
  });
}

base::Status Queue::revive(const std::string& queue, const std::string& id) {
  return change_dead("UPDATE task SET dead = 0, attempts = 0, due = ?3 WHERE id = ?1 AND name = ?2 AND dead = 1", queue,
                     id);
}

base::Status Queue::discard(const std::string& queue, const std::string& id) {
  return change_dead("DELETE FROM task WHERE id = ?1 AND name = ?2 AND dead = 1 AND ?3 > 0", queue, id);
}

base::Result<QueueDepth> Queue::depth(const std::string& queue) const {
  QueueDepth out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    TRY(Statement rows,
        connection.prepare(
            "SELECT count(*), sum(dead), sum(dead = 0 AND claimed = 1 AND due > ?2) FROM task WHERE queue = ?1"));
    TRY([[maybe_unused]] bool row, rows.bind(1, queue).bind(2, engine_.now().ms).step());
    out.dead = static_cast<std::uint64_t>(rows.integer(1));
    out.claimed = static_cast<std::uint64_t>(rows.integer(2));
    out.waiting = static_cast<std::uint64_t>(rows.integer(0)) - out.dead - out.claimed;
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace setpoint::store::sqlite
