// Starts the warm parent (runner.py) under bubblewrap, or without it.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "runbook/sandbox/descriptor.h"
#include "runbook/sandbox/script_runner.h"

namespace setpoint::runbook {

// A running warm parent. Ends, with every script, when this ends.
class WarmParent {
 public:
  // Returns once boto3 is loaded. Errors: unsupported, with the reason that python or bubblewrap gave.
  static base::Result<WarmParent> start(const SandboxOptions& options);
  WarmParent(WarmParent&&) noexcept = default;
  WarmParent& operator=(WarmParent&& other) noexcept;
  ~WarmParent();

  int control() const { return control_.get(); }

 private:
  WarmParent(pid_t pid, Descriptor control) : process_{pid}, control_(std::move(control)) {}
  struct Process {
    pid_t pid = -1;
    explicit Process(pid_t id) : pid(id) {}
    Process(Process&& other) noexcept : pid(std::exchange(other.pid, -1)) {}
  };
  void stop();

  Process process_;
  Descriptor control_;
};

}  // namespace setpoint::runbook
