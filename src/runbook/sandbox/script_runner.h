// Python steps in a sandbox: a warm interpreter with boto3 loaded that forks for each step, inside bubblewrap.
//
// Place in the flow: the Host in response/ owns one ScriptRunner for all executions, opens a gateway (an HTTP server
// that decodes AWS calls, asks the Host, answers) and hands each script its address. The script's boto3 is Debian's,
// unchanged; the runner gives every client the gateway as its endpoint before the author's code runs.
//
//   TRY(ScriptRunner runner, ScriptRunner::start({}));
//   TRY(ScriptResult result, runner.run(request, gateway));
//
// What a script has: its own user, pid, network, mount, ipc and uts namespaces; the system's read-only files; an empty
// scratch folder in memory as /tmp and home; one loopback port that leads to the gateway; a scrubbed environment with
// made-up credentials. What it has not: any other network, our files, our environment, other scripts, more than the
// limits. It is killed with all its children when it returns or when it is over a limit. Refusal
// (ErrorCode::unsupported at start): a machine that cannot give this (no bwrap, no namespaces in a container), unless
// Options::sandbox is off, which gives limits only.
// Threads: run() may be called from many threads; each call is one forked child.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "runbook/script.h"

namespace setpoint::runbook {

// Where the script's AWS calls go: HTTP on a unix socket (preferred: needs no port) that the caller listens on.
struct GatewayAddress {
  std::string unix_socket = {};  // path on the host; or
  std::uint16_t port = 0;        // a loopback port on the host
  // Told to the gateway as the HTTP header X-Setpoint-Execution of each call, so one gateway may serve many scripts.
  std::string token = {};
};

struct SandboxOptions {
  bool sandbox = true;  // runbook.sandbox
  std::string python = "/usr/bin/python3";
  std::string bubblewrap = "/usr/bin/bwrap";
  std::string powershell = "pwsh";
  std::size_t memory_bytes_max = 512u << 20;  // of one script
  std::size_t processes_max = 64;             // of one script, its threads counted
  std::size_t file_bytes_max = 64u << 20;     // one file in the scratch folder
  std::size_t log_bytes_max = 256u << 10;     // stdout and stderr kept
};

class ScriptRunner {
 public:
  static base::Result<ScriptRunner> start(const SandboxOptions& options = {});
  ScriptRunner(ScriptRunner&&) noexcept;
  ScriptRunner& operator=(ScriptRunner&&) noexcept;
  ~ScriptRunner();  // ends every script

  base::Result<ScriptResult> run(const ScriptRequest& request, const GatewayAddress& gateway);
  bool sandboxed() const;

 private:
  struct State;
  explicit ScriptRunner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace setpoint::runbook
