// The work queue in SQLite. Claiming is an update under BEGIN IMMEDIATE: one claimer at a time, in batches.
#pragma once

#include "store/sqlite/engine.h"
#include "store/work_queue.h"

namespace setpoint::store::sqlite {

// Inside someone's transaction: the log's and enqueue()'s.
base::Status add_task(const Engine& engine, Connection& connection, const TaskWrite& task);

class Queue final : public WorkQueue {
 public:
  explicit Queue(Engine& engine) : engine_(engine) {}
  using WorkQueue::enqueue;
  base::Status enqueue(const std::vector<TaskWrite>& tasks) override;
  base::Result<std::vector<Task>> claim(const std::string& queue, const std::string& worker, std::size_t limit,
                                        base::Milliseconds lease) override;
  base::Status extend(const Task& task, base::Milliseconds lease) override;
  base::Status complete(const Task& task) override;
  base::Result<bool> retry(const Task& task, base::Timestamp due, const std::string& error) override;
  base::Status give_up(const Task& task, const std::string& error) override;
  base::Result<std::vector<Task>> dead(const std::string& queue, std::size_t limit) const override;
  base::Status revive(const std::string& queue, const std::string& id) override;
  base::Status discard(const std::string& queue, const std::string& id) override;
  base::Result<QueueDepth> depth(const std::string& queue) const override;

 private:
  base::Status change_claimed(const Task& task, const std::function<base::Result<Statement>(Connection&)>& statement);
  base::Status change_dead(const char* sql, const std::string& queue, const std::string& id);
  base::Status bury_exhausted(Connection& connection, const std::string& queue, base::Timestamp now);
  base::Status mark_claimed(Connection& connection, std::vector<std::pair<std::int64_t, Task>>& tasks,
                            const std::string& worker);

  Engine& engine_;
};

}  // namespace setpoint::store::sqlite
