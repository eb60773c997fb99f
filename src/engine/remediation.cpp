// The acting half of Remediation: decision, locks, apply, verification, what is said about it.
#include "engine/remediation.h"

#include <algorithm>

#include "engine/events.h"
#include "response/containment.h"
#include "response/iam_policy.h"
#include "response/target_locks.h"

namespace setpoint::engine {

using base::ErrorCode;
using base::Json;
using model::Plan;
using model::RunStatus;
using response::Run;

namespace {

constexpr base::Milliseconds kLockLease{15 * 60'000};

std::vector<std::string> lock_names(const Plan& plan) {
  std::vector<std::string> out;
  for (const model::BasisEntry& entry : plan.basis) {
    out.push_back(entry.resource.text());
    out.push_back(response::resource_lock(entry.resource.account, entry.resource.id));  // as direct runs lock it
  }
  return out;
}

// Holds the locks of a plan's resources for as long as it lives.
class HeldLocks {
 public:
  HeldLocks(store::ResourceLocks& locks, store::LockGrant grant) : locks_(locks), grant_(std::move(grant)) {}
  HeldLocks(const HeldLocks&) = delete;
  HeldLocks& operator=(const HeldLocks&) = delete;
  // A lock that could not be given back ends with its lease.
  ~HeldLocks() { (void)locks_.release(grant_); }

 private:
  store::ResourceLocks& locks_;
  store::LockGrant grant_;
};

const model::ResourceKey& target_of(const Plan& plan) { return plan.basis.front().resource; }

// A role's session that may do what the plan says and nothing else; where there is no role, the account's own hands.
std::shared_ptr<cloud::Actuator> hands_for(const Plan& plan, const AccountAccess& access) {
  if (!access.bounded) return {std::shared_ptr<void>(), access.actuator};
  return access.bounded(response::policy_document({plan.permissions.begin(), plan.permissions.end()}));
}

std::string what_happened(const Run& run) {
  return fmt::format("{}: {}{}{}", run.id, model::to_string(run.status), run.message.empty() ? "" : ": ", run.message);
}

}  // namespace

base::Result<model::Decision> Remediation::decide(const Plan& plan) const {
  TRY(PlanRequest request, oversight_.request(plan.id()));
  const routing::Automation* automation = request.automation.empty() ? nullptr : routes_.find(request.automation);
  oversight::OversightContext context = oversight_.context(plan, request, automation);
  for (const model::BasisEntry& entry : plan.basis) {
    inventory::ResourceFilter filter;
    filter.provider = entry.resource.provider;
    filter.account = entry.resource.account;
    filter.type = entry.resource.type;
    auto counted = parts_.resources.count(filter);
    if (counted) context.fleets[oversight::fleet_of(entry.resource)] = static_cast<std::int64_t>(*counted);
  }
  return oversight::decide(plan, context);
}

base::Result<response::Program> Remediation::program_of(const Plan& plan,
                                                        const runbook::ExecutionContext& context) const {
  response::Program program;
  program.context = context;
  if (plan.undo_of.empty()) {
    TRY(program.document, parts_.library.document(plan.runbook));
    program.runbook = plan.runbook;
    program.parameters = plan.parameters;
    return program;
  }
  for (const model::PlannedCall& planned : plan.calls) program.calls.push_back(planned.call);
  return program;
}

response::Applier Remediation::applier(const AccountAccess& access, cloud::Actuator& hands) {
  return response::Applier({parts_.journal, parts_.records, *access.observer, hands, parts_.clock, parts_.random,
                            oversight_, &parts_.library, parts_.scripts});
}

verification::Verifier Remediation::verifier(const AccountAccess& access) {
  auto rejudge = [this](const std::string& control, const model::Resource& resource) {
    return parts_.controls.judge_by(control, resource);
  };
  return verification::Verifier(*access.observer, rejudge, parts_.journal, parts_.clock);
}

// What was read on the way is news for the inventory and for the findings too.
base::Status Remediation::absorb(const model::Resource& fresh) {
  std::vector<model::Resource> one{fresh};
  TRY(auto recorded, inventory::Inventory(parts_.resources).record(one));
  ScanSummary ignored;
  return Scanning(parts_).judge_again(fresh, ignored);
}

base::Result<Applied> Remediation::apply(const std::string& plan_id, const std::string& actor) {
  TRY(Plan plan, response::load_plan(parts_.records, plan_id));
  TRY(std::vector<Run> runs, response::runs_of_plan(parts_.records, plan_id));
  for (Run& run : runs) {
    if (!run.concluded) return resume(std::move(run));
  }
  TRY(PlanRequest request, oversight_.request(plan_id));
  if (!request.used_by.empty()) {
    return base::fail(
        {ErrorCode::conflict, "the plan was applied already by " + request.used_by, plan_id, "make a new plan", {}});
  }
  return start(plan, request, actor);
}

base::Result<Applied> Remediation::start(const Plan& plan, const PlanRequest& request, const std::string& actor) {
  Applied out;
  TRY(out.decision, decide(plan));
  TRY_VOID(parts_.journal.append("decision.made", actor, plan.id(), out.decision.json()));
  if (out.decision.effect != model::Effect::permit) return out;
  TRY_VOID(check_time_is_to_come(plan));
  TRY(const AccountAccess* access, parts_.account(target_of(plan).account));
  TRY(store::LockGrant grant, locks_.acquire(lock_names(plan), plan.id(), kLockLease));
  HeldLocks held(locks_, std::move(grant));
  TRY(response::Program program, program_of(plan, context_for(target_of(plan), actor)));
  TRY_VOID(oversight_.note_start(request.automation, plan));
  std::shared_ptr<cloud::Actuator> hands = hands_for(plan, *access);
  TRY(Run run, applier(*access, *hands).start({plan, program, out.decision, actor, [&](const std::string& run) {
                                                 return std::vector{OversightState::used_write(request, run)};
                                               }}));
  out.run = std::move(run);
  return conclude(std::move(out), plan, request.automation);
}

base::Result<Applied> Remediation::resume(Run run) {
  TRY(Plan plan, response::load_plan(parts_.records, run.plan));
  TRY(const AccountAccess* access, parts_.account(run.context.account));
  TRY(store::LockGrant grant, locks_.acquire(lock_names(plan), plan.id(), kLockLease));
  HeldLocks held(locks_, std::move(grant));
  Applied out;
  out.decision = run.decision;
  if (run.status == RunStatus::applying) {
    TRY(response::Program program, program_of(plan, run.context));
    std::shared_ptr<cloud::Actuator> hands = hands_for(plan, *access);
    TRY(run, applier(*access, *hands).resume(std::move(run), plan, program));
  }
  out.run = std::move(run);
  auto request = oversight_.request(plan.id());
  return conclude(std::move(out), plan, request ? request->automation : "");
}

base::Result<std::vector<Applied>> Remediation::recover() {
  TRY(std::vector<Run> open, response::unfinished_runs(parts_.records));
  std::vector<Applied> out;
  for (Run& run : open) {
    TRY(Applied applied, resume(std::move(run)));
    out.push_back(std::move(applied));
  }
  return out;
}

// Each step may be repeated after a crash; the last one says that there is nothing left to do.
base::Result<Applied> Remediation::conclude(Applied applied, const Plan& plan, const std::string& automation) {
  Run& run = *applied.run;
  if (run.status == RunStatus::applied) {
    TRY_VOID(plan.undo_of.empty() ? verify_run(applied, plan) : verify_undo(applied, plan));
  }
  if (run.status == RunStatus::applying) return applied;
  std::string about = finding_behind(plan);
  if (!about.empty()) TRY_VOID(note_on_finding(about, run.actor, what_happened(run)));
  TRY(auto outcome, oversight_.outcome_writes(automation, run.status));
  run.concluded = true;
  journal::Batch batch;
  add_event(batch, run_event(run, plan, automation));
  TRY_VOID(note_containment(batch, run, plan));
  for (journal::DocumentWrite& write : outcome) batch.state.documents.push_back(std::move(write));
  batch.state.documents.push_back(run.document());
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return applied;
}

// A containment that waited for its approval until its own end is not begun.
base::Status Remediation::check_time_is_to_come(const Plan& plan) const {
  if (!plan.undo_of.empty()) return {};
  TRY(auto terms, parts_.library.containment(plan.runbook));
  return terms ? response::check_containment(*terms, plan.parameters, parts_.clock.now()) : base::Status();
}

// What a plan contained must not outlast its time either.
base::Status Remediation::note_containment(journal::Batch& batch, const Run& run, const Plan& plan) const {
  bool holds = run.calls_done > 0 && plan.undo_of.empty() && !plan.runbook.empty();
  if (!holds) return {};
  auto terms = parts_.library.containment(plan.runbook);
  if (!terms || !*terms) return {};
  TRY(auto kept, response::containment_of_run(**terms, run, plan, parts_.clock.now()));
  batch.entries.push_back({"containment.begun", run.actor, run.id, {{"until", base::to_iso8601(kept.until)}}});
  batch.state.documents.push_back(kept.write());
  return {};
}

base::Status Remediation::verify_run(Applied& applied, const Plan& plan) {
  TRY(const AccountAccess* access, parts_.account(target_of(plan).account));
  TRY(auto answer, answer_of(*access, plan, *applied.run));
  using verification::Effect;
  applied.run->status = answer.effect == Effect::effective     ? RunStatus::effective
                        : answer.effect == Effect::ineffective ? RunStatus::ineffective
                                                               : RunStatus::unknown;
  applied.run->message = answer.text;
  if (answer.resource.knowledge == model::Knowledge::known) TRY_VOID(absorb(answer.resource));
  applied.verification = std::move(answer);
  return store_run(*applied.run, "run.verified", {{"status", model::to_string(applied.run->status)}});
}

// By the rule that raised the finding; where none did, by what the plan foresaw of the resources that there were.
base::Result<verification::Verification> Remediation::answer_of(const AccountAccess& access, const Plan& plan,
                                                                const Run& run) {
  if (!plan.control.empty()) {
    TRY(model::Finding what, finding(plan.finding));
    return verifier(access).verify({plan.control, what.resource, run.id, run.actor});
  }
  verification::ChangesRequest request{{}, run.id, run.actor};
  const base::Digest nothing =
      model::Resource().state_digest();  // what is created has another id than in the rehearsal
  for (const model::ResourceChange& change : plan.changes) {
    auto was_there = [&](const model::BasisEntry& entry) {
      return entry.resource == change.resource && entry.state != nothing;
    };
    if (std::any_of(plan.basis.begin(), plan.basis.end(), was_there)) request.changes.push_back(change);
  }
  return verifier(access).verify_changes(request);
}

// An undo is right where every resource has the very state that it had before the run.
base::Status Remediation::verify_undo(Applied& applied, const Plan& plan) {
  TRY(const AccountAccess* access, parts_.account(target_of(plan).account));
  std::vector<model::BasisEntry> wanted = response::states_after(plan);
  TRY(auto different, response::stale_entries(*access->observer, wanted));
  applied.run->status = different.empty() ? RunStatus::undone : RunStatus::ineffective;
  applied.run->message = different.empty() ? "every resource is in the state that it had before"
                                           : "not in the state before: " + different.front().resource.text();
  TRY_VOID(store_run(*applied.run, "run.verified", {{"status", model::to_string(applied.run->status)}}));
  for (const model::BasisEntry& entry : wanted) {
    TRY(model::Resource fresh, access->observer->observe(entry.resource));
    TRY_VOID(absorb(fresh));
  }
  if (applied.run->status != RunStatus::undone) return {};
  TRY(Run undone, response::load_run(parts_.records, plan.undo_of));
  undone.undone_by = applied.run->id;
  return store_run(undone, "run.undone", {{"by", applied.run->id}});
}

base::Result<verification::Verification> Remediation::verify(const std::string& finding_id, const std::string& actor) {
  TRY(model::Finding what, finding(finding_id));
  TRY(const AccountAccess* access, parts_.account(what.resource.account));
  TRY(auto answer, verifier(*access).verify({what.check, what.resource, what.id, actor}));
  if (answer.resource.knowledge == model::Knowledge::unknown) return answer;
  TRY_VOID(absorb(answer.resource));
  return answer;
}

base::Status Remediation::store_run(Run& run, const std::string& kind, Json body) {
  journal::Batch batch;
  batch.entries.push_back({kind, run.actor, run.id, std::move(body)});
  batch.state.documents.push_back(run.document());
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return {};
}

base::Status Remediation::note_on_finding(const std::string& id, const std::string& by, const std::string& text) {
  TRY(model::Finding what, finding(id));
  auto said = [&](const model::FindingNote& note) { return note.text == text; };
  if (std::any_of(what.notes.begin(), what.notes.end(), said)) return {};
  what.notes.push_back({parts_.clock.now(), by, text});
  std::vector<model::Finding> one{std::move(what)};
  return parts_.finding_store.put(one);
}

// An undo is about the finding of the run that it takes back; a run that cannot be read is about none.
std::string Remediation::finding_behind(const Plan& plan) const {
  if (plan.undo_of.empty()) return plan.finding;
  auto undone = response::load_run(parts_.records, plan.undo_of);
  return undone ? undone->finding : std::string();
}

model::Event Remediation::run_event(const Run& run, const Plan& plan, const std::string& automation) const {
  model::Event event;
  event.source = "setpoint";
  event.detail_type = "Run Ended";
  event.account = target_of(plan).account;
  event.region = target_of(plan).region;
  event.time = parts_.clock.now();
  event.resources = {target_of(plan).text()};
  event.detail = {{"run", run.id},
                  {"plan", plan.id()},
                  {"finding", finding_behind(plan)},
                  {"control", plan.control.empty() ? Json::array() : Json::array({plan.control})},
                  {"status", model::to_string(run.status)},
                  {"message", run.message},
                  {"automation", automation},
                  {"actor", run.actor},
                  {"undo_of", plan.undo_of}};
  event.id = "e-" + base::sha256(run.id + "/" + std::string(model::to_string(run.status))).hex().substr(0, 32);
  return event;
}

}  // namespace setpoint::engine
