#include "response/scripts.h"

namespace setpoint::response {

base::Status Scripts::start() {
  std::lock_guard lock(mutex_);
  if (runner_) return {};
  // The interpreter forks: it is started before the gateway has threads.
  TRY(runbook::ScriptRunner runner, runbook::ScriptRunner::start(options_));
  TRY(gateway_, ScriptGateway::open(catalog_, random_));
  runner_.emplace(std::move(runner));
  return {};
}

runbook::Answer<runbook::ScriptResult> Scripts::run(const runbook::ScriptRequest& request,
                                                    const ScriptGateway::CallPath& path) {
  if (base::Status started = start(); !started) return base::fail(std::move(started).error());
  auto script = [&](const runbook::GatewayAddress& address) { return runner_->run(request, address); };
  return gateway_->serve(request, script, path);
}

}  // namespace setpoint::response
