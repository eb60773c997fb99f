// Starts the warm parent (runner.py) under bubblewrap, or without it.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
  // "Die with the parent" is the kernel's word for the thread that forked, so that thread waits here until the end:
  // with a caller's thread, every script would die when that thread is done.
  struct Process {
    pid_t pid = -1;
    std::jthread forked_by;
    static Process started(std::vector<std::string> arguments, std::array<int, 4> descriptors);
    Process(pid_t id, std::jthread thread) : pid(id), forked_by(std::move(thread)) {}
    Process(Process&& other) noexcept : pid(std::exchange(other.pid, -1)), forked_by(std::move(other.forked_by)) {}
  };
  WarmParent(Process process, Descriptor control) : process_(std::move(process)), control_(std::move(control)) {}
  void stop();

  Process process_;
  Descriptor control_;
};

}  // namespace setpoint::runbook
