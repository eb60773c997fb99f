#include "runbook/sandbox/script_runner.h"

#include <mutex>

#include "runbook/sandbox/job.h"
#include "runbook/sandbox/launcher.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Status;

struct ScriptRunner::State {
  SandboxOptions options;
  std::mutex mutex;
  std::optional<WarmParent> parent;

  // A warm parent that died (out of memory, killed by hand) is replaced once.
  Status submit(const Job& job) {
    std::lock_guard lock(mutex);
    if (parent && job.submit(parent->control())) return {};
    TRY(WarmParent fresh, WarmParent::start(options));
    parent.emplace(std::move(fresh));
    if (job.submit(parent->control())) return {};
    return fail(ErrorCode::unavailable, "the script interpreter takes no script");
  }
};

ScriptRunner::ScriptRunner(std::unique_ptr<State> state) : state_(std::move(state)) {}
ScriptRunner::ScriptRunner(ScriptRunner&&) noexcept = default;
ScriptRunner& ScriptRunner::operator=(ScriptRunner&&) noexcept = default;
ScriptRunner::~ScriptRunner() = default;

bool ScriptRunner::sandboxed() const { return state_->options.sandbox; }

Result<ScriptRunner> ScriptRunner::start(const SandboxOptions& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  auto parent = WarmParent::start(options);
  if (!parent) {
    base::Error error = std::move(parent).error();
    error.message = "scripts cannot be run here: " + error.message;
    if (options.sandbox)
      error.hint =
          "allow user namespaces and install bubblewrap, or set runbook.sandbox: off to run scripts with limits only";
    return fail(std::move(error));
  }
  state->parent.emplace(std::move(*parent));
  return ScriptRunner(std::move(state));
}

Result<ScriptResult> ScriptRunner::run(const ScriptRequest& request, const GatewayAddress& gateway) {
  TRY(Job job, Job::create(request, gateway, state_->options));
  TRY_VOID(state_->submit(job));
  return job.wait();
}

}  // namespace setpoint::runbook
