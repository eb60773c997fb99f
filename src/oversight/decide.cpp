#include "oversight/decide.h"

#include <set>

#include "base/limits.h"

namespace setpoint::oversight {

using model::Effect;
using model::Plan;
using model::Reason;

namespace {

// Collects what the rules say, then makes the decision of it.
class Judgement {
 public:
  Judgement(const Plan& plan, const OversightContext& context)
      : plan_(plan), context_(context), hash_(plan.hash()), undo_(!plan.undo_of.empty()) {}

  model::Decision decide() {
    judge_context();
    judge_kill_switch();
    judge_autonomy();
    judge_risks();
    judge_restraints();
    judge_approvals();
    return decision();
  }

 private:
  void refuse(std::string code, std::string text) { refusals_.push_back({std::move(code), std::move(text)}); }
  void needs_approval(std::string code, std::string text) { to_approve_.push_back({std::move(code), std::move(text)}); }
  void restrain(Reason reason, base::Timestamp confirmed_after = {});
  bool is_confirmed(const std::string& code, base::Timestamp after) const;

  void judge_context();
  void judge_kill_switch();
  void judge_autonomy();
  void judge_risks();
  void judge_verdicts();
  void judge_undo();
  void judge_restraints();
  void judge_breaker();
  void judge_window();
  void judge_approvals();
  model::Decision decision() const;
  base::Timestamp valid_until() const;
  std::vector<Reason> why_permitted() const;

  const Plan& plan_;
  const OversightContext& context_;
  const base::Digest hash_;
  const bool undo_;
  std::vector<Reason> refusals_;
  std::vector<Reason> restraints_;
  std::vector<Reason> confirmed_;
  std::vector<Reason> to_approve_;  // why a person's yes is needed
  std::vector<Reason> not_counted_;
  std::vector<model::Approval> counted_;
  bool approval_missing_ = false;
};

void Judgement::judge_context() {
  for (const std::string& error : context_.errors) refuse("context-error", error);
  if (!context_.now.known()) refuse("time-unknown", "what time it is is not known");
  if (auto identity = check_identity(context_.requester); !identity)
    refuse("requester-unknown", "who asks for this is not known");
  if (plan_.calls.empty()) refuse("plan-empty", "the plan has no call that changes anything");
  if (plan_.calls.size() > base::kPlanCallsMax) {
    refuse("plan-too-large",
           fmt::format("the plan has {} calls, {} are allowed", plan_.calls.size(), base::kPlanCallsMax));
  }
}

void Judgement::judge_kill_switch() {
  const KillSwitch& kill = context_.kill_switch;
  if (!kill.engaged || undo_) return;
  refuse("kill-switch", fmt::format("{} stopped every change at {}{}{}", kill.by, base::to_iso8601(kill.at),
                                    kill.reason.empty() ? "" : ": ", kill.reason));
}

void Judgement::judge_autonomy() {
  bool person = is_person(context_.requester);
  if (undo_ && !context_.undo_needs_approval && person) return;
  if (person) {
    needs_approval("requested-by-person", fmt::format("{} asks for it: someone else must agree", context_.requester));
  } else if (context_.autonomy == Autonomy::ask) {
    needs_approval("autonomy-ask", fmt::format("{} asks before it acts", context_.requester));
  } else if (context_.autonomy == Autonomy::shadow) {
    refuse("autonomy-shadow", fmt::format("{} is in shadow: it plans and does not act", context_.requester));
  }
}

void Judgement::judge_risks() {
  for (const std::string& what : plan_.unmodelled) {
    needs_approval("unmodelled", fmt::format("the rehearsal could not simulate {}", what));
  }
  for (const model::ResourceChange& change : plan_.changes) {
    if (!change.collateral) continue;
    needs_approval("collateral", fmt::format("it changes {} beyond what the finding names", change.resource.text()));
  }
  for (const model::PlannedCall& planned : plan_.calls) {
    if (!planned.irreversible) continue;
    needs_approval("irreversible", fmt::format("{} cannot be undone", planned.call.operation));
  }
  judge_undo();
  judge_verdicts();
}

void Judgement::judge_undo() {
  if (undo_ || plan_.undo_exact || plan_.irreversible()) return;
  needs_approval("undo-not-exact", "undoing it did not bring the state before back in the rehearsal");
}

void Judgement::judge_verdicts() {
  bool remedied = plan_.control.empty() || undo_;
  for (const model::VerdictChange& change : plan_.verdicts) {
    remedied = remedied || (change.control == plan_.control && change.after == model::Verdict::compliant);
    // Undoing what worked brings its finding back: a person who asks for that knows, an automation does not.
    bool expected = undo_ && change.control == plan_.control && is_person(context_.requester);
    if (!change.for_worse() || expected) continue;
    needs_approval("verdict-for-worse", fmt::format("{} of {} would become {}", change.control, change.resource.text(),
                                                    model::to_string(change.after)));
  }
  if (!remedied)
    needs_approval("remedy-not-predicted", fmt::format("the rehearsal did not make {} compliant", plan_.control));
}

bool Judgement::is_confirmed(const std::string& code, base::Timestamp after) const {
  return std::any_of(context_.confirmations.begin(), context_.confirmations.end(), [&](const Confirmation& each) {
    return each.plan == hash_ && each.code == code && is_person(each.by) && each.at > after &&
           each.at <= context_.now + kClockSkewMax && context_.now < each.expires;
  });
}

void Judgement::restrain(Reason reason, base::Timestamp confirmed_after) {
  (is_confirmed(reason.code, confirmed_after) ? confirmed_ : restraints_).push_back(std::move(reason));
}

void Judgement::judge_restraints() {
  if (undo_) return;
  judge_window();
  if (is_person(context_.requester)) return;
  judge_breaker();
  for (Reason& reason : overruns(context_.budget, plan_, context_.limits, context_.fleets, context_.now))
    restrain(std::move(reason));
}

void Judgement::judge_breaker() {
  const Breaker& breaker = context_.breaker;
  BreakerState state = state_at(breaker, context_.now, context_.breaker_settings);
  if (state == BreakerState::open) {
    restrain({"breaker-open", fmt::format("{} failed {} times; its breaker is open since {}", context_.requester,
                                          breaker.failures.size(), base::to_iso8601(breaker.opened_at))},
             breaker.opened_at);
  } else if (trial_running(breaker, context_.now, context_.breaker_settings)) {
    restrain({"breaker-trial", "one run is on trial after failures; its outcome is not known yet"}, breaker.opened_at);
  }
}

void Judgement::judge_window() {
  if (open_until(context_.windows, context_.now)) return;
  auto next = next_opening(context_.windows, context_.now);
  restrain({"outside-window", next ? fmt::format("the next change window opens at {}", base::to_iso8601(*next))
                                   : std::string("there is no change window in the next eight days")});
}

void Judgement::judge_approvals() {
  if (to_approve_.empty()) return;
  std::set<std::string> approvers;
  for (std::size_t i = 0; i < std::min(context_.approvals.size(), kApprovalsMax); ++i) {
    const model::Approval& approval = context_.approvals[i];
    if (auto reason = why_not(approval, hash_, context_.requester, context_.now)) {
      not_counted_.push_back(std::move(*reason));
    } else if (approvers.insert(approval.approver).second) {
      counted_.push_back(approval);
    }
  }
  auto required = static_cast<std::size_t>(std::max<std::int64_t>(1, context_.approvals_required));
  if (counted_.size() >= required) return;
  approval_missing_ = true;
  not_counted_.insert(not_counted_.begin(),
                      {"approvals-missing", fmt::format("needs {} approval{}, has {}", required,
                                                        required == 1 ? "" : "s", counted_.size())});
}

base::Timestamp Judgement::valid_until() const {
  base::Timestamp out = context_.now + context_.valid_for;
  for (const model::Approval& approval : counted_) out = std::min(out, approval.expires);
  for (const Confirmation& each : context_.confirmations) {
    bool used = std::any_of(confirmed_.begin(), confirmed_.end(),
                            [&](const Reason& reason) { return reason.code == each.code; });
    if (used && each.plan == hash_ && each.expires > context_.now) out = std::min(out, each.expires);
  }
  auto window_end = undo_ ? std::nullopt : open_until(context_.windows, context_.now);
  return window_end ? std::min(out, *window_end) : out;
}

std::vector<Reason> Judgement::why_permitted() const {
  std::vector<Reason> out;
  for (const model::Approval& approval : counted_) {
    out.push_back(
        {"approved", fmt::format("approved by {} until {}", approval.approver, base::to_iso8601(approval.expires))});
  }
  for (const Reason& reason : confirmed_)
    out.push_back({"confirmed", fmt::format("confirmed by a person: {}", reason.text)});
  if (to_approve_.empty()) {
    out.push_back(undo_ && is_person(context_.requester)
                      ? Reason{"undo", "an exact and harmless undo needs no approval"}
                      : Reason{"automatic", "within the limits of an automation that acts by itself"});
  }
  return out;
}

model::Decision Judgement::decision() const {
  model::Decision out;
  out.plan = hash_;
  out.decided_at = context_.now;
  out.approvals = counted_;
  bool held = approval_missing_ || !restraints_.empty();
  out.effect = !refusals_.empty() ? Effect::refuse : held ? Effect::hold : Effect::permit;
  out.valid_until = out.effect == Effect::permit ? valid_until() : context_.now;
  if (out.effect == Effect::permit) {
    out.reasons = why_permitted();
    for (const model::PlannedCall& planned : plan_.calls) out.covered.insert(planned.call.digest());
    return out;
  }
  for (const auto* reasons : {&refusals_, &restraints_})
    out.reasons.insert(out.reasons.end(), reasons->begin(), reasons->end());
  if (approval_missing_) {
    for (const auto* reasons : {&to_approve_, &not_counted_})
      out.reasons.insert(out.reasons.end(), reasons->begin(), reasons->end());
  }
  return out;
}

}  // namespace

model::Decision decide(const Plan& plan, const OversightContext& context) { return Judgement(plan, context).decide(); }

}  // namespace setpoint::oversight
