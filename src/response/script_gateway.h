// The way of a script's AWS calls out of its sandbox: an HTTP server on loopback that reads each call off the wire,
// puts it to the script's own execution, and writes the answer in the service's protocol.
//
// Place in the flow: boto3 in the sandbox -> sandbox/script_runner.h (connected sockets) -> here -> the Host's
// call_api, on the Host's own thread -> here -> boto3. The gateway's threads read and write; they never touch the Host.
//
//   TRY(std::unique_ptr<ScriptGateway> gateway, ScriptGateway::open(catalog, random));
//   Answer<ScriptResult> result = gateway->serve(
//       request, [&](const GatewayAddress& address) { return runner.run(request, address); },
//       [&](const ApiCall& call) { return host.call_api(site, call); });
//
// A program that the script starts has the gateway at a loopback port (AWS_ENDPOINT_URL, and an `aws` first in PATH
// that tells older AWS CLIs): its calls take the same way.
//
// Identity: a call goes out as the execution's own identity. A script that signs with credentials of its own (those of
// a role that it assumed) is refused with AccessDenied: the call would reach another account than the script means.
// Interrupts: an interrupted call, and every later one, fails in the script; the whole answer is the interrupt.
// Threads: any number of serve() at once, one for each script, told apart by a token. Ownership: keeps the catalog.
// Refusals: open fails where no loopback port can be bound.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/random.h"
#include "cloud/aws/model_catalog.h"
#include "cloud/http_server.h"
#include "model/plan.h"
#include "runbook/host.h"
#include "runbook/sandbox/script_runner.h"

namespace setpoint::response {

class ScriptSession;

class ScriptGateway {
 public:
  using Script = std::function<base::Result<runbook::ScriptResult>(const runbook::GatewayAddress& address)>;
  using CallPath = std::function<runbook::Answer<base::Json>(const model::ApiCall& call)>;

  static base::Result<std::unique_ptr<ScriptGateway>> open(std::shared_ptr<const cloud::aws::ModelCatalog> catalog,
                                                           base::Random& random);
  ~ScriptGateway();

  // `script` runs on a thread of its own; `path` is called on the calling thread, until the script has ended.
  runbook::Answer<runbook::ScriptResult> serve(const runbook::ScriptRequest& request, const Script& script,
                                               const CallPath& path);

 private:
  ScriptGateway(std::shared_ptr<const cloud::aws::ModelCatalog> catalog, base::Random& random);
  cloud::HttpReply handle(const cloud::HttpRequest& request);
  std::shared_ptr<ScriptSession> session(const std::string& token);

  std::shared_ptr<const cloud::aws::ModelCatalog> catalog_;
  base::Random& random_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ScriptSession>> sessions_;  // guarded by mutex_
  std::unique_ptr<cloud::HttpServer> server_;
  std::thread thread_;
};

}  // namespace setpoint::response
