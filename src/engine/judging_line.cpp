#include "engine/judging_line.h"

namespace setpoint::engine {

JudgingLine::JudgingLine(Work work) : work_(std::move(work)), thread_([this] { run(); }) {}

JudgingLine::~JudgingLine() {
  if (thread_.joinable()) close(true);
}

base::Status JudgingLine::hand_on(intake::Batch&& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_ || !outcome_; });
  if (!outcome_) return outcome_;
  waiting_ = std::move(batch);
  changed_.notify_all();
  return {};
}

base::Status JudgingLine::finish() {
  close(false);
  return outcome_;
}

void JudgingLine::close(bool drop) {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    if (drop) waiting_.reset();
    changed_.notify_all();
  }
  thread_.join();
}

std::optional<intake::Batch> JudgingLine::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_ || closed_; });
  std::optional<intake::Batch> out = std::exchange(waiting_, std::nullopt);
  changed_.notify_all();
  return out;
}

void JudgingLine::run() {
  while (std::optional<intake::Batch> batch = next()) {
    base::Status done = work_(std::move(*batch));
    if (done) continue;
    std::lock_guard lock(mutex_);
    outcome_ = std::move(done);
    changed_.notify_all();
    return;
  }
}

}  // namespace setpoint::engine
