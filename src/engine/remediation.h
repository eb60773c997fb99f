// Remediation: finding -> plan -> approval -> apply -> verification -> undo (design section 5), for people and
// automations alike.
//
//   Remediation remediation(parts, oversight, locks, routes);
//   TRY(model::Plan plan, remediation.plan("f-1c2d", "user:ada", ""));
//   TRY(model::Approval yes, oversight.approve(plan, "user:bob"));
//   TRY(Applied applied, remediation.apply(plan.id(), "user:ada"));        // decision, run, verification
//
// A plan that was being applied when the process died is taken up again by apply() of the same plan, or by recover().
// Threads: any; one run a resource at a time, by locks. Errors: what prevented a decision or was refused before a call.
#pragma once

#include "engine/oversight_state.h"
#include "engine/parts.h"
#include "engine/scanning.h"
#include "response/containment.h"
#include "routing/routes.h"
#include "store/resource_locks.h"
#include "verification/verifier.h"

namespace setpoint::engine {

// What answers a finding where that is not its control's own remediation: a runbook that a person or an automation
// names.
struct Response {
  model::Remediation runbook;  // its name, and parameters with references (response/parameters.h)
  base::Json event = {};       // the envelope of the event that asked for it; null for a person's
};

struct Applied {
  model::Decision decision;
  std::optional<response::Run> run;  // absent where the decision did not permit
  std::optional<verification::Verification> verification;
};

class Remediation {
 public:
  Remediation(Parts& parts, OversightState& oversight, store::ResourceLocks& locks, const routing::Routes& routes)
      : parts_(parts), oversight_(oversight), locks_(locks), routes_(routes) {}

  // Refused where the control says that a person must judge; conflict where the resource is compliant by now.
  base::Result<model::Plan> plan(const std::string& finding, const std::string& requester,
                                 const std::string& automation);
  // With a runbook of the caller's choice. A finding of a control is verified by that control's rule all the same;
  // where no rule raised it (a detection), by whether the changes that the plan foresaw stand.
  base::Result<model::Plan> plan_response(const std::string& finding, const Response& response,
                                          const std::string& requester, const std::string& automation);
  // What oversight would say now.
  base::Result<model::Decision> decide(const model::Plan& plan) const;
  base::Result<Applied> apply(const std::string& plan, const std::string& actor);
  base::Result<verification::Verification> verify(const std::string& finding, const std::string& actor);
  // The plan that brings back what the run changed. Conflict where someone changed it since; refused where there is no
  // way back.
  base::Result<model::Plan> plan_undo(const std::string& run, const std::string& requester,
                                      const std::string& automation);
  // What a containment holds, as the inventory knows it. not_found where it does not.
  base::Result<model::Resource> named_resource(const response::Containment& containment) const;
  // The plan that ends a containment, asked for by who began it. not_found where its resource is not known.
  base::Result<model::Plan> plan_release(const response::Containment& containment);
  // Takes up every run that a crash interrupted.
  base::Result<std::vector<Applied>> recover();

 private:
  struct Target;
  base::Result<model::Finding> finding(const std::string& id) const;
  base::Result<Target> fresh_target(const model::Finding& finding);
  base::Result<model::Plan> rehearse(const model::Finding& what, const Response& response, const std::string& requester,
                                     const std::string& automation);
  base::Result<std::vector<model::Resource>> world_around(const model::Resource& target) const;
  base::Result<model::Plan> keep_plan(model::Plan plan, const std::string& requester, const std::string& automation);
  base::Result<response::Program> program_of(const model::Plan& plan, const runbook::ExecutionContext& context) const;
  runbook::ExecutionContext context_for(const model::ResourceKey& target, const std::string& actor) const;
  response::Applier applier(const AccountAccess& access, cloud::Actuator& hands);
  base::Result<Applied> start(const model::Plan& plan, const PlanRequest& request, const std::string& actor);
  base::Result<Applied> resume(response::Run run);
  base::Result<Applied> conclude(Applied applied, const model::Plan& plan, const std::string& automation);
  verification::Verifier verifier(const AccountAccess& access);
  base::Status absorb(const model::Resource& fresh);
  base::Status check_time_is_to_come(const model::Plan& plan) const;
  base::Status note_containment(journal::Batch& batch, const response::Run& run, const model::Plan& plan) const;
  base::Status verify_run(Applied& applied, const model::Plan& plan);
  base::Result<verification::Verification> answer_of(const AccountAccess& access, const model::Plan& plan,
                                                     const response::Run& run);
  base::Status verify_undo(Applied& applied, const model::Plan& plan);
  base::Status store_run(response::Run& run, const std::string& kind, base::Json body);
  std::string finding_behind(const model::Plan& plan) const;
  base::Status note_on_finding(const std::string& finding, const std::string& by, const std::string& text);
  model::Event run_event(const response::Run& run, const model::Plan& plan, const std::string& automation) const;

  Parts& parts_;
  OversightState& oversight_;
  store::ResourceLocks& locks_;
  const routing::Routes& routes_;
};

}  // namespace setpoint::engine
