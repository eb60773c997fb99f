#include "response/direct_host.h"

#include "cloud/aws/read_only.h"
#include "response/recorder.h"

namespace setpoint::response {

using base::Json;
using model::ApiCall;

runbook::Answer<Json> DirectHost::call_api(const runbook::CallSite& site, const ApiCall& call) {
  return cloud::aws::is_read_only(call.service, call.operation) ? send(call) : change(site, call);
}

base::Result<Json> DirectHost::send(const ApiCall& call) {
  TRY(cloud::CallResult result, ports_.client.call(call, {run_, cloud::aws::Lane::normal, {}}));
  return std::move(result.output);
}

base::Result<Json> DirectHost::change(const runbook::CallSite& site, const ApiCall& call) {
  std::size_t number = ++changes_;
  Json intent = {{"number", number},
                 {"step", site.step},
                 {"call", call.json()},
                 {"digest", call.digest().hex()},
                 {"direct", true}};
  if (auto announced = ports_.journal.append("call.intent", actor_, run_, std::move(intent)); !announced)
    return base::fail(std::move(announced).error());
  base::Result<Json> output = send(call);
  Json outcome = {{"number", number}, {"ok", output.has_value()}};
  if (!output) outcome["error"] = error_json(output.error());
  if (auto concluded = ports_.journal.append("call.outcome", actor_, run_, std::move(outcome)); !concluded)
    return base::fail(std::move(concluded).error());
  return output;
}

runbook::Answer<runbook::Done> DirectHost::sleep_until(const runbook::CallSite&, base::Timestamp until) {
  base::Timestamp now = ports_.clock.now();
  if (until > now) ports_.clock.sleep_for(until - now);
  return runbook::Done{};
}

}  // namespace setpoint::response
