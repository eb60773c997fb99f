#include "response/plan_builder.h"

#include <algorithm>
#include <set>

#include "cloud/aws/evidence_parameters.h"
#include "cloud/aws/inverse.h"
#include "model/difference.h"
#include "response/rehearsal_host.h"

namespace setpoint::response {

using model::ApiCall;
using model::FieldChange;
using model::Resource;
using model::ResourceKey;

namespace {

bool under(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/' || root.ends_with('/'));
}

// A change is named by evidence that points into it, or at something that holds it.
bool named_by(const FieldChange& change, const std::vector<model::Evidence>& evidence) {
  return std::any_of(evidence.begin(), evidence.end(), [&](const model::Evidence& part) {
    return under(change.path, part.path) || under(part.path, change.path);
  });
}

bool only_named_parts_went(const std::vector<std::string>& before, const std::vector<std::string>& after,
                           const std::vector<std::string>& named) {
  std::vector<std::string> went;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(went));
  bool nothing_came = std::includes(before.begin(), before.end(), after.begin(), after.end());
  return nothing_came && std::includes(named.begin(), named.end(), went.begin(), went.end());
}

bool is_rule_list(const FieldChange& change) {
  return under(change.path, "/configuration/ipPermissions") || under(change.path, "/configuration/ipPermissionsEgress");
}

}  // namespace

bool goes_beyond(const Trigger& trigger, const ResourceKey& target, const Resource& before, const Resource& after,
                 const std::vector<FieldChange>& fields) {
  if (trigger.evidence.empty()) return false;
  if (before.key != target) return true;
  auto parts_before = cloud::aws::parts_of(before);
  auto parts_after = cloud::aws::parts_of(after);
  if (!parts_before || !parts_after) {
    return !std::all_of(fields.begin(), fields.end(),
                        [&](const FieldChange& f) { return named_by(f, trigger.evidence); });
  }
  bool elsewhere = !std::all_of(fields.begin(), fields.end(), is_rule_list);
  return elsewhere ||
         !only_named_parts_went(*parts_before, *parts_after, cloud::aws::parts_named_by(before, trigger.evidence));
}

model::Plan PlanBuilder::build(RehearsalHost& host) {
  end_ = world_.version();
  changed_ = world_.changed(start_, end_);
  plan_.finding = input_.trigger.finding;
  plan_.control = input_.trigger.control;
  plan_.undo_of = input_.trigger.undo_of;
  for (const model::Evidence& part : input_.trigger.evidence) plan_.evidence.push_back(part.json());
  plan_.runbook = input_.program.name();
  plan_.runbook_digest = input_.program.digest();
  plan_.parameters = input_.program.parameters;
  plan_.calls = std::move(host.calls());
  plan_.unmodelled = host.unmodelled();
  plan_.reads = host.real_reads();
  add_changes();
  add_verdicts();
  add_undo();
  add_basis();
  add_permissions(host);
  return std::move(plan_);
}

void PlanBuilder::add_changes() {
  for (const ResourceKey& key : changed_) {
    Resource before = world_.render(start_, key);
    Resource after = world_.render(end_, key);
    std::vector<FieldChange> fields = model::difference(before, after);
    bool collateral = goes_beyond(input_.trigger, input_.target, before, after, fields);
    plan_.changes.push_back({key, collateral, std::move(fields)});
  }
}

void PlanBuilder::add_verdicts() {
  for (const ResourceKey& key : changed_) {
    std::vector<ControlJudgement> before = ports_.judge.judge(world_.render(start_, key));
    for (const ControlJudgement& now : ports_.judge.judge(world_.render(end_, key))) {
      auto same = [&](const ControlJudgement& was) { return was.control == now.control; };
      auto was = std::find_if(before.begin(), before.end(), same);
      model::Verdict verdict = was == before.end() ? model::Verdict::not_applicable : was->judgement.verdict;
      if (verdict != now.judgement.verdict)
        plan_.verdicts.push_back({now.control, key, verdict, now.judgement.verdict});
    }
  }
}

void PlanBuilder::mark_irreversible(const ResourceKey& key, const std::string& because) {
  for (model::PlannedCall& planned : plan_.calls) {
    auto touches = [&](const model::StateStep& step) { return step.resource == key; };
    if (!std::any_of(planned.changes.begin(), planned.changes.end(), touches)) continue;
    planned.irreversible = true;
    planned.irreversible_because = because;
  }
}

// What uses a new resource is put back before the resource goes.
std::vector<ResourceKey> PlanBuilder::last_changed_first() const {
  auto last_call = [&](const ResourceKey& key) {
    std::size_t last = 0;
    for (std::size_t i = 0; i < plan_.calls.size(); ++i) {
      for (const model::StateStep& step : plan_.calls[i].changes) last = step.resource == key ? i : last;
    }
    return last;
  };
  std::vector<ResourceKey> out(changed_.rbegin(), changed_.rend());
  std::stable_sort(out.begin(), out.end(),
                   [&](const ResourceKey& a, const ResourceKey& b) { return last_call(a) > last_call(b); });
  return out;
}

// What the simulation did not model has no known way back.
void PlanBuilder::add_undo() {
  for (const ResourceKey& key : last_changed_first()) {
    auto calls = cloud::aws::restoring_calls(world_.render(end_, key), world_.render(start_, key));
    if (!calls) {
      mark_irreversible(key, calls.error().message);
      continue;
    }
    plan_.undo.insert(plan_.undo.end(), calls->begin(), calls->end());
  }
  for (model::PlannedCall& planned : plan_.calls) {
    if (world_.models(planned.call.service, planned.call.operation)) continue;
    planned.irreversible = true;
    planned.irreversible_because = "the simulation does not model it";
  }
  bool all_went = std::all_of(plan_.undo.begin(), plan_.undo.end(),
                              [&](const ApiCall& call) { return world_.call(call).has_value(); });
  plan_.undo_exact = all_went && !plan_.irreversible() && world_.changed(start_, world_.version()).empty();
}

// A simulation that does not give back the very state it was loaded from must not be believed in silence.
void PlanBuilder::check_reproduced(const ResourceKey& key, const Resource& simulated) {
  auto observed =
      std::find_if(input_.world.begin(), input_.world.end(), [&](const Resource& r) { return r.key == key; });
  if (observed == input_.world.end() || observed->state_digest() == simulated.state_digest()) return;
  plan_.unmodelled.push_back("state of " + key.text());
}

void PlanBuilder::add_basis() {
  std::set<ResourceKey> keys(changed_.begin(), changed_.end());
  keys.insert(input_.target);
  for (const ResourceKey& key : keys) {
    Resource before = world_.render(start_, key);
    check_reproduced(key, before);
    plan_.basis.push_back({key, before.state_digest()});
  }
}

void PlanBuilder::add_permissions(const RehearsalHost& host) {
  std::set<model::Permission> all;
  auto add = [&](const ApiCall& call) {
    for (model::Permission& permission : ports_.permissions.required(call)) all.insert(std::move(permission));
  };
  for (const model::PlannedCall& planned : plan_.calls) add(planned.call);
  for (const ApiCall& call : host.simulated_reads()) add(call);
  for (const ApiCall& call : host.real_reads()) add(call);
  plan_.permissions.assign(all.begin(), all.end());
}

}  // namespace setpoint::response
