// One execution over many members: RateControl says who may start, threads run them, and the counts are told to whoever
// watches. Private to the executor.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "response/executor.h"

namespace setpoint::response {

class Fleet {
 public:
  // `recorder` holds the fleet's record, its members resolved.
  Fleet(Executor& executor, ExecutionRecorder& recorder, const runbook::Document& document);

  // Runs what is left to run. An error: the request makes no sense, and nothing began.
  base::Status run();

  runbook::ExecutionStatus status() const { return control_->status(); }
  const FleetProgress& progress() const { return progress_; }
  bool halted() const { return halted_; }
  const std::string& first_failure() const { return first_failure_; }

 private:
  void lock_targets();     // all at once, where that goes; otherwise each member locks its own
  base::Status take_up();  // what an earlier process began or ended
  void take_ended(std::size_t member, runbook::ExecutionStatus status, const std::string& message);
  void start_what_may(std::unique_lock<std::mutex>& lock);
  void enqueue(std::size_t member);
  void work();
  void run_member(std::size_t member);
  void note_end(std::size_t member, const base::Result<ExecutionEnd>& end);
  void listen_for_stop(std::unique_lock<std::mutex>& lock);
  void show_progress();
  ExecutionRecord member_record(std::size_t member) const;
  std::string member_id(std::size_t member) const;

  Executor& executor_;
  ExecutionRecorder& recorder_;
  const runbook::Document& document_;
  std::optional<runbook::RateControl> control_;
  std::vector<std::size_t> order_;  // RateControl's number -> member; those begun before come first
  std::map<std::size_t, ExecutionRecord> begun_before_;  // members that an earlier process left unfinished

  std::mutex mutex_;
  std::condition_variable moved_;     // run() waits on it
  std::condition_variable work_;      // the workers do
  std::deque<std::size_t> queue_;     // guarded by mutex_: RateControl's numbers that may run
  std::vector<std::thread> workers_;  // of run()'s thread
  std::size_t idle_ = 0;              // guarded by mutex_
  bool closed_ = false;               // guarded by mutex_
  bool halted_ = false;               // guarded by mutex_
  std::unique_ptr<HeldLock> held_;    // of all members' targets; null: they lock one by one
  FleetProgress progress_;            // guarded by mutex_
  std::string first_failure_;         // guarded by mutex_
};

// The parent of a fleet as GetAutomationExecution renders it: each member is a step, counted in ProgressCounters.
base::Json render_fleet(const ExecutionRecord& record, const FleetProgress& progress,
                        const std::map<std::string, base::Json>& members);
// The execution of a fleet's member.
std::string fleet_member_id(const ExecutionRecord& record, std::size_t member);
runbook::RateControlRequest rate_of(const ExecutionRecord& record);

}  // namespace setpoint::response
