#include "runbook/rate_control.h"

#include <charconv>

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

struct Amount {
  std::size_t number = 0;
  bool percent = false;
};

// Digits without a leading zero, or 0-100 with '%'.
std::optional<Amount> parse_amount(std::string_view text) {
  Amount out;
  out.percent = text.ends_with('%');
  if (out.percent) text.remove_suffix(1);
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out.number);
  bool whole = problem == std::errc() && end == text.data() + text.size();
  bool leading_zero = text.size() > 1 && text.front() == '0';
  if (!whole || leading_zero || (out.percent && out.number > 100)) return std::nullopt;
  return out;
}

std::size_t share(const Amount& amount, std::size_t whole) {
  return amount.percent ? whole * amount.number / 100 : amount.number;
}

}  // namespace

Result<std::size_t> parse_concurrency(std::string_view text, std::size_t whole) {
  auto amount = parse_amount(text);
  if (!amount || amount->number == 0) {
    return fail(ErrorCode::invalid_input, "MaxConcurrency '{}' is neither a number from 1 nor 1% to 100%", text);
  }
  return std::max<std::size_t>(1, share(*amount, whole));
}

Result<std::size_t> parse_errors(std::string_view text, std::size_t whole) {
  auto amount = parse_amount(text);
  if (!amount) return fail(ErrorCode::invalid_input, "MaxErrors '{}' is neither a number from 0 nor 0% to 100%", text);
  return share(*amount, whole);
}

Result<RateControl> RateControl::create(const RateControlRequest& request) {
  RateControl out;
  out.targets_ = request.targets;
  TRY(out.concurrency_max_, parse_concurrency(request.max_concurrency, request.targets));
  TRY(out.errors_max_, parse_errors(request.max_errors, request.targets));
  out.window_ = request.ramp ? 1 : out.concurrency_max_;
  return out;
}

void RateControl::restore(std::size_t succeeded, std::size_t failed, std::size_t running) {
  SETPOINT_ASSERT(started_ == 0 && succeeded + failed + running <= targets_);
  started_ = running_ = succeeded + failed + running;
  for (std::size_t i = 0; i < succeeded + failed; ++i) finished(i, i < succeeded);
}

std::optional<std::size_t> RateControl::next() {
  bool allowed = !cancelled_ && !stopped_by_errors() && started_ < targets_ && running_ < window_;
  if (!allowed) return std::nullopt;
  ++running_;
  return started_++;
}

void RateControl::finished(std::size_t target, bool ok) {
  SETPOINT_ASSERT(target < started_ && running_ > 0);
  --running_;
  ++(ok ? succeeded_ : failed_);
  if (!ok || ++window_succeeded_ < window_) return;
  // As many as may run at once have gone well: twice as many may now.
  window_succeeded_ = 0;
  window_ = std::min(window_ * 2, concurrency_max_);
}

void RateControl::cancel() { cancelled_ = true; }

bool RateControl::stopped_by_errors() const { return failed_ > errors_max_; }

bool RateControl::done() const { return running_ == 0 && (cancelled_ || stopped_by_errors() || started_ == targets_); }

ExecutionStatus RateControl::status() const {
  if (!done()) return ExecutionStatus::in_progress;
  if (cancelled_) return ExecutionStatus::cancelled;
  if (failed_ == 0) return ExecutionStatus::success;
  if (stopped_by_errors() || succeeded_ == 0) return ExecutionStatus::failed;
  return ExecutionStatus::completed_with_failure;
}

}  // namespace setpoint::runbook
