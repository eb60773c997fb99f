// Work that is to be done at our own pace (design law 6): receive, persist, acknowledge, then act. A task is claimed
// under a lease; whoever claims it completes it, asks for it again later, or dies, and then it is handed out again when
// the lease ends.
//
//   TRY_VOID(queue.enqueue({.queue = "notify", .id = delivery_id, .payload = {...}}));
//   TRY(std::vector<Task> tasks, queue.claim("notify", worker, 10, 30s));
//   for (const Task& task : tasks)
//     deliver(task) ? queue.complete(task) : queue.retry(task, now + backoff(task.attempts), why);
//
// Delivery is at least once: a lease that ends while the work still runs gives the task to a second worker. Then
// complete() and retry() of the first one fail with conflict, because its claim number is no longer the task's; effects
// are kept single by the journal, not here. After `attempts_max` claims a task that is to be retried is dead: kept with
// its last error, handed out no more until revive(). Ids are unique within a queue; enqueueing one that is there
// (waiting, claimed or dead) changes nothing. Threads: thread-safe, several processes too. Times are the Clock's; a due
// time of zero is "at once". Refusals: limit_exceeded past store/limits.h (the queue is full: the sender must wait,
// nothing was taken); conflict; not_found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "journal/append_log.h"

#include <nlohmann/json.hpp>

namespace setpoint::store {

using journal::TaskWrite;

struct Task {
  std::string queue;
  std::string id;
  base::Json payload;
  int attempts = 0;         // claims so far, this one included
  std::uint64_t claim = 0;  // what complete() and retry() must still find
  base::Timestamp lease_until;
  std::string last_error;
};

struct QueueDepth {
  std::uint64_t waiting = 0;  // due or not
  std::uint64_t claimed = 0;  // under a lease that still runs
  std::uint64_t dead = 0;
};

class WorkQueue {
 public:
  virtual ~WorkQueue() = default;
  virtual base::Status enqueue(const std::vector<TaskWrite>& tasks) = 0;
  base::Status enqueue(TaskWrite task) { return enqueue(std::vector<TaskWrite>{std::move(task)}); }
  // Due ones and those whose lease ended, the longest due first.
  virtual base::Result<std::vector<Task>> claim(const std::string& queue, const std::string& worker, std::size_t limit,
                                                base::Milliseconds lease) = 0;
  virtual base::Status extend(const Task& task, base::Milliseconds lease) = 0;
  virtual base::Status complete(const Task& task) = 0;
  // Returns false where it was the last attempt: the task is dead now.
  virtual base::Result<bool> retry(const Task& task, base::Timestamp due, const std::string& error) = 0;
  virtual base::Status give_up(const Task& task, const std::string& error) = 0;  // dead at once
  virtual base::Result<std::vector<Task>> dead(const std::string& queue, std::size_t limit) const = 0;
  virtual base::Status revive(const std::string& queue, const std::string& id) = 0;
  virtual base::Status discard(const std::string& queue, const std::string& id) = 0;  // a dead one, for good
  virtual base::Result<QueueDepth> depth(const std::string& queue) const = 0;
};

}  // namespace setpoint::store
