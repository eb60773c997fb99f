#include "cloud/aws/rate_gate.h"

#include <algorithm>
#include <cmath>

namespace setpoint::cloud::aws {

namespace {

constexpr double kBeta = 0.7;           // what a throttle leaves of the rate
constexpr double kScale = 0.4;          // of the cubic
constexpr double kRateMin = 0.5;        // calls a second
constexpr double kWindowSeconds = 0.5;  // over which the sent rate is measured
constexpr double kSmoothing = 0.8;
constexpr int kQuotaMax = 500;
constexpr std::size_t kGatesMax = 50'000;  // of a kilobyte at most each
constexpr std::size_t kSharedGates = 256;

}  // namespace

base::Status RateGate::enter(const std::string& automation, Lane lane, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    base::Milliseconds wait{5};
    {
      std::lock_guard lock(mutex_);
      if (try_take(automation, lane)) return {};
      const double missing = std::max(0.0, 1 - tokens_) / rate_;
      wait = std::clamp(base::Milliseconds(static_cast<std::int64_t>(missing * 1000) + 1), base::Milliseconds(1),
                        base::Milliseconds(200));
    }
    clock_.sleep_for(wait);
  }
  std::lock_guard lock(mutex_);
  std::erase(waiting_, automation);
  return base::fail(base::ErrorCode::cancelled, "stopped while waiting for a turn");
}

bool RateGate::try_take(const std::string& automation, Lane lane) {
  measure();
  if (!limited_) return ++sent_in_window_, true;
  refill();
  if (lane == Lane::normal) {
    if (std::find(waiting_.begin(), waiting_.end(), automation) == waiting_.end()) waiting_.push_back(automation);
    if (tokens_ < 1 || waiting_.front() != automation) return false;
    waiting_.pop_front();
  }
  tokens_ -= 1;
  ++sent_in_window_;
  return true;
}

void RateGate::refill() {
  const double now = seconds();
  tokens_ = std::min(std::max(1.0, rate_), tokens_ + (now - refilled_at_) * rate_);
  refilled_at_ = now;
}

void RateGate::measure() {
  const double now = seconds();
  if (window_start_ < 0) window_start_ = now;
  const double length = now - window_start_;
  if (length < kWindowSeconds) return;
  const double current = sent_in_window_ / length;
  measured_rate_ = measured_rate_ == 0 ? current : current * kSmoothing + measured_rate_ * (1 - kSmoothing);
  window_start_ = now;
  sent_in_window_ = 0;
}

void RateGate::throttled() {
  std::lock_guard lock(mutex_);
  measure();
  const double now = seconds();
  const double in_window = sent_in_window_ / std::max(kWindowSeconds, now - window_start_);
  rate_before_throttle_ = limited_ ? rate_ : std::max({measured_rate_, in_window, kRateMin});
  rate_ = std::max(kRateMin, rate_before_throttle_ * kBeta);
  if (!limited_) refilled_at_ = now;
  tokens_ = std::min(tokens_, 1.0);
  limited_ = true;
  throttled_at_ = now;
}

void RateGate::succeeded() {
  std::lock_guard lock(mutex_);
  if (!limited_) return;
  const double since = seconds() - throttled_at_;
  const double window = std::cbrt(rate_before_throttle_ * (1 - kBeta) / kScale);
  const double cubic = kScale * std::pow(since - window, 3) + rate_before_throttle_;
  refill();
  rate_ = std::max(kRateMin, std::min(cubic, std::max(2 * measured_rate_, 2 * kRateMin)));
}

double RateGate::rate() const {
  std::lock_guard lock(mutex_);
  return limited_ ? rate_ : 0;
}

// Past the limit callers share gates: a throttle then slows a few others down too, and nothing grows.
RateGate& RateGates::of(const std::string& key) {
  std::lock_guard lock(mutex_);
  bool own = gates_.size() < kGatesMax || gates_.contains(key);
  auto& gate = gates_[own ? key : fmt::format("shared {}", std::hash<std::string>()(key) % kSharedGates)];
  if (!gate) gate = std::make_unique<RateGate>(clock_);
  return *gate;
}

bool RetryQuota::take(int cost) {
  std::lock_guard lock(mutex_);
  if (left_ < cost) return false;
  left_ -= cost;
  return true;
}

void RetryQuota::give_back(int cost) {
  std::lock_guard lock(mutex_);
  left_ = std::min(kQuotaMax, left_ + cost);
}

}  // namespace setpoint::cloud::aws
