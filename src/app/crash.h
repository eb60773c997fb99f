// SETPOINT_CRASH_AT_FLUSH=N[:before|after]: the process dies by SIGKILL at its N-th durable flush. For the crash sweep
// only; not in any help text.
#pragma once

#include <optional>
#include <string>

#include "journal/append_log.h"

namespace setpoint::app {

class CrashAtFlush final : public journal::FlushObserver {
 public:
  // nullopt where `setting` is "" or not of the form.
  static std::optional<CrashAtFlush> parse(const std::string& setting);
  void before_flush(std::uint64_t number) override;
  void after_flush(std::uint64_t number) override;

 private:
  CrashAtFlush(std::uint64_t number, bool before) : number_(number), before_(before) {}
  std::uint64_t number_;
  bool before_;
};

}  // namespace setpoint::app
