// What oversight decides on, kept as documents: who asked for a plan, approvals, the kill switch, breakers, budgets.
// Every change is journalled in the transaction that makes it.
#pragma once

#include "engine/parts.h"
#include "oversight/decide.h"
#include "routing/automation.h"

namespace setpoint::engine {

// Who asked for a plan, first; until a run uses it up.
struct PlanRequest {
  std::string plan;
  std::string requested_by;  // "user:ada", "automation:close-open-ssh"
  std::string automation;    // "" for a person's
  base::Timestamp at;
  std::string used_by;  // run id
  base::Json json() const;
};

struct OversightRules {
  base::Milliseconds approval_valid = oversight::kApprovalValidDefault;
  std::int64_t approvals_required = 1;
};

class OversightState final : public response::StopSwitch {
 public:
  OversightState(journal::Journal& journal, const response::Records& records, base::Clock& clock, OversightRules rules)
      : journal_(journal), records_(records), clock_(clock), rules_(rules) {}

  // not_found where nobody asked for this plan.
  base::Result<PlanRequest> request(const std::string& plan) const;
  // The write that keeps an open request or makes a new one.
  base::Result<journal::DocumentWrite> request_write(const model::Plan& plan, const std::string& by,
                                                     const std::string& automation) const;
  static journal::DocumentWrite used_write(PlanRequest request, const std::string& run);

  // Refused for the one who asked. Durable when it returns.
  base::Result<model::Approval> approve(const model::Plan& plan, const std::string& approver);
  base::Result<std::vector<model::Approval>> approvals(const std::string& plan) const;
  // A person's yes to going on with this plan in spite of a restraint, by its code. Durable when it returns.
  base::Result<oversight::Confirmation> confirm(const model::Plan& plan, const std::string& code,
                                                const std::string& by);
  base::Result<std::vector<oversight::Confirmation>> confirmations(const std::string& plan) const;

  // What cannot be read becomes an error of the context: oversight then refuses.
  oversight::OversightContext context(const model::Plan& plan, const PlanRequest& request,
                                      const routing::Automation* automation) const;

  base::Result<oversight::KillSwitch> kill_switch() const;
  base::Status set_kill_switch(bool engaged, const std::string& by, const std::string& reason);
  std::optional<std::string> stopped() const override;

  // Breaker and budget of an automation, before and after a run.
  base::Status note_start(const std::string& automation, const model::Plan& plan);
  // How the automation's breaker takes the outcome. Committed with what ends the run, so it counts once.
  base::Result<std::vector<journal::DocumentWrite>> outcome_writes(const std::string& automation,
                                                                   model::RunStatus outcome) const;

 private:
  base::Result<oversight::Breaker> breaker(const std::string& automation) const;
  base::Result<oversight::Budget> budget(const std::string& automation) const;
  void add_automation(oversight::OversightContext& context, const routing::Automation& automation) const;

  journal::Journal& journal_;
  const response::Records& records_;
  base::Clock& clock_;
  OversightRules rules_;
};

}  // namespace setpoint::engine
