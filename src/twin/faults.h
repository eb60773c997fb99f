// Faults: what goes wrong with clouds, on demand. For tests, simulation and people who want to see a runbook fail.
//
//   FaultPlan faults;
//   faults.add(*parse_fault("ec2:RevokeSecurityGroupIngress=throttle*2"));
//   std::optional<Fault> now = faults.next("ec2", "RevokeSecurityGroupIngress");   // twice, then nothing
//
// Text form: SERVICE:OPERATION=KIND[(ARGUMENT)][*COUNT][@SKIP]; SERVICE and OPERATION may be "*". COUNT is how often it
// strikes (default 1, "*inf" for ever), SKIP how many calls pass before. Kinds:
//   error(CODE)    answers with this code and status 400; default InternalError with status 500
//   throttle       answers as the service does when it is asked too often
//   delay(MS)      sleeps on the cloud's clock first (default 1000)
//   partial-page   a list of which the page ends early and no token says so: what a broken reader sees
//   stale-read     a read answers from the state before the last change
//   no-op          a write answers success and changes nothing
//   drop           the change is made, then the connection closes without an answer
// Threads: FaultPlan is thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace setpoint::twin {

enum class FaultKind { error, throttle, delay, partial_page, stale_read, no_op, drop };
std::string_view to_string(FaultKind kind);

struct Fault {
  std::string service = "*";
  std::string operation = "*";
  FaultKind kind = FaultKind::error;
  std::string argument;    // an error code, milliseconds
  std::int64_t count = 1;  // strikes left; negative = for ever
  std::int64_t skip = 0;   // calls that pass first
};
base::Result<Fault> parse_fault(std::string_view text);

class FaultPlan {
 public:
  void add(Fault fault);
  void clear();
  // The first fault that strikes this call; each that matches counts it.
  std::optional<Fault> next(std::string_view service, std::string_view operation);

 private:
  std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace setpoint::twin
