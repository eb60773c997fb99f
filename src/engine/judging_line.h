// JudgingLine: a second thread that judges batches while the first reads and records the next ones. In order, one at a
// time; hand_on() waits while one is in work and another waits, so memory is that of three batches.
//
//   JudgingLine line([&](intake::Batch&& batch) { return scanning.judge_batch(std::move(batch), judged); });
//   TRY_VOID(line.hand_on(std::move(batch)));
//   TRY_VOID(line.finish());                      // from here on what the work wrote may be read
//
// What was recorded and never judged, as after a crash, is judged by the next scan: a scan judges all that it reads.
// Errors: the work's first ends the line; it comes back from the next hand_on() and from finish(). Threads: hand_on()
// and finish() from one thread; the work runs on the line's own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "intake/batch.h"

namespace setpoint::engine {

class JudgingLine {
 public:
  using Work = std::function<base::Status(intake::Batch&&)>;
  explicit JudgingLine(Work work);
  ~JudgingLine();  // without finish(): what waits is dropped
  JudgingLine(const JudgingLine&) = delete;
  JudgingLine& operator=(const JudgingLine&) = delete;

  base::Status hand_on(intake::Batch&& batch);
  base::Status finish();

 private:
  void run();
  std::optional<intake::Batch> next();
  void close(bool drop);

  Work work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<intake::Batch> waiting_;  // guarded by mutex_, as is all below
  bool closed_ = false;
  base::Status outcome_;
  std::thread thread_;
};

}  // namespace setpoint::engine
