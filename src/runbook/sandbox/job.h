// One script on its way through the sandbox: its request, its channel, its log. Private to script_runner.cpp; the
// messages are described in runner.py.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "runbook/sandbox/descriptor.h"
#include "runbook/sandbox/script_runner.h"

namespace setpoint::runbook {

class Job {
 public:
  static base::Result<Job> create(const ScriptRequest& request, const GatewayAddress& gateway,
                                  const SandboxOptions& options);

  // Hands the job to the warm parent; false where that is gone.
  bool submit(int control) const;
  // Serves the script until it has ended or is over its time. Leaving closes the channel, upon which it is killed.
  base::Result<ScriptResult> wait();

 private:
  Job() = default;
  void read_log();
  // False once the keeper has reported the end, or is gone.
  bool read_message();
  void take_result(std::string_view json);
  void take_end(std::string_view json);
  void serve_connection();
  base::Result<ScriptResult> conclusion(bool in_time);

  GatewayAddress gateway_;
  std::size_t log_bytes_max_ = 0;
  base::Milliseconds timeout_{0};
  Descriptor channel_, their_channel_, log_, their_log_, request_;
  std::string log_text_;
  std::optional<ScriptResult> result_;
  base::Json end_;
};

}  // namespace setpoint::runbook
