// Who may send when: one gate per (account, region, service, operation). A gate is open until AWS throttles; then it is
// a token bucket whose rate is learned (multiplied by 0.7 at each throttle, grown again along a cubic curve: the SDKs'
// adaptive mode). Where callers wait, automations take turns by name, so a noisy one starves nobody; undo does not wait
// at all: it takes its token on credit.
//
// Thread-safe. Waits by the Clock it is given.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::cloud::aws {

enum class Lane { normal, undo };

class RateGate {
 public:
  explicit RateGate(base::Clock& clock) : clock_(clock) {}
  // Waits for a turn. cancelled where `stop` was asked for.
  base::Status enter(const std::string& automation, Lane lane, const std::stop_token& stop);
  void succeeded();
  void throttled();
  double rate() const;  // calls a second; 0 = unlimited

 private:
  void measure();
  void refill();
  bool try_take(const std::string& automation, Lane lane);
  double seconds() const { return std::chrono::duration<double>(clock_.monotonic()).count(); }

  base::Clock& clock_;
  mutable std::mutex mutex_;
  bool limited_ = false;
  double rate_ = 0;
  double tokens_ = 0;
  double refilled_at_ = 0;
  double rate_before_throttle_ = 0;
  double throttled_at_ = 0;
  double measured_rate_ = 0;
  double window_start_ = -1;
  int sent_in_window_ = 0;
  std::deque<std::string> waiting_;  // automations that wait, the one that was served longest ago first
};

class RateGates {
 public:
  explicit RateGates(base::Clock& clock) : clock_(clock) {}
  RateGate& of(const std::string& key);

 private:
  base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RateGate>> gates_;
};

// The retry quota of the SDKs' standard mode: retries cost, successes pay back; where it is empty the first error
// stands.
class RetryQuota {
 public:
  bool take(int cost);
  void give_back(int cost);

 private:
  std::mutex mutex_;
  int left_ = 500;
};

}  // namespace setpoint::cloud::aws
