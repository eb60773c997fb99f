// The Host of `setpoint run`: a document runs against the cloud itself, without a plan. A person said yes to the run as
// a whole, and the journal has that; each changing call is announced in it before it leaves and concluded after.
//
//   DirectHost host({journal, client, clock}, {&library, &scripts, context, folder}, actor);
//   TRY(Json parameters, bind_parameters(document, given, host));
//   ExecutionReport report = runbook::run(document, parameters, context, host);
//
// Identity: all calls are made with the caller's own credentials; a document's assumeRole is not assumed.
// Refusals: where an intent cannot be recorded, its call is not sent and the step fails. Nothing is replayed: a direct
// run that is killed is over, and its open intent in the journal tells which call nobody knows the end of.
#pragma once

#include "base/clock.h"
#include "cloud/aws/client.h"
#include "journal/journal.h"
#include "response/program_host.h"

namespace setpoint::response {

struct DirectPorts {
  journal::Journal& journal;
  cloud::aws::Client& client;
  base::Clock& clock;
};

class DirectHost final : public ProgramHost {
 public:
  DirectHost(const DirectPorts& ports, ProgramPorts program, std::string actor)
      : ProgramHost(std::move(program)), ports_(ports), run_(context().execution_id), actor_(std::move(actor)) {}

  base::Timestamp now() override { return ports_.clock.now(); }
  runbook::Answer<base::Json> call_api(const runbook::CallSite& site, const model::ApiCall& call) override;
  runbook::Answer<runbook::Done> sleep_until(const runbook::CallSite& site, base::Timestamp until) override;

  std::size_t changing_calls() const { return changes_; }

 private:
  base::Result<base::Json> change(const runbook::CallSite& site, const model::ApiCall& call);
  base::Result<base::Json> send(const model::ApiCall& call);

  const DirectPorts ports_;
  const std::string run_;
  const std::string actor_;
  std::size_t changes_ = 0;
};

}  // namespace setpoint::response
