// Scripts of runbooks, for every Host: the warm interpreter and the gateway, started when the first script comes.
//
//   Scripts scripts(catalog, random, {.sandbox = true});
//   Answer<ScriptResult> result = scripts.run(request, [&](const ApiCall& call) { return host.call_api(site, call); });
//
// Threads: run() from any thread; `path` is called on the thread that called run(). Ownership: keeps the catalog; the
// random source outlives it. Refusals: what script_runner.h says of a machine that cannot give a sandbox.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "response/script_gateway.h"

namespace setpoint::response {

class Scripts {
 public:
  Scripts(std::shared_ptr<const cloud::aws::ModelCatalog> catalog, base::Random& random,
          runbook::SandboxOptions options = {})
      : catalog_(std::move(catalog)), random_(random), options_(std::move(options)) {}

  runbook::Answer<runbook::ScriptResult> run(const runbook::ScriptRequest& request,
                                             const ScriptGateway::CallPath& path);

 private:
  base::Status start();

  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  base::Random& random_;
  runbook::SandboxOptions options_;
  std::mutex mutex_;
  std::unique_ptr<ScriptGateway> gateway_;       // set once, under mutex_
  std::optional<runbook::ScriptRunner> runner_;  // set once, under mutex_
};

}  // namespace setpoint::response
