// The one line on a terminal's standard error that says how far a scan is:
//
//   [##########--------------]  42%  12,400 resources  9,800/s  AWS::EC2::SecurityGroup
//
// Nothing where standard error is no terminal or the output is for machines. Drawn at most ten times a second; gone
// when it is destroyed. Threads: one.
#pragma once

#include <chrono>

#include "engine/scanning.h"

namespace setpoint::cli {

class ProgressBar {
 public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  engine::Progress progress();  // empty where nothing is to be drawn; the bar must outlive it

 private:
  using Clock = std::chrono::steady_clock;
  void draw(const engine::ScanProgress& state);

  bool shown_;
  bool drawn_ = false;
  Clock::time_point begun_;
  Clock::time_point last_;
};

// The line's text, for tests and for draw().
std::string progress_text(const engine::ScanProgress& state, std::chrono::milliseconds since_begin);

}  // namespace setpoint::cli
