// The planning half of Remediation: fresh reads, parameters, rehearsal, the plan on record.
#include <algorithm>

#include "engine/remediation.h"
#include "response/parameters.h"

namespace setpoint::engine {

using base::ErrorCode;
using model::Finding;
using model::Plan;
using model::Resource;

struct Remediation::Target {
  Resource resource;
  const model::Control* control = nullptr;
  model::Judgement judgement;
  const AccountAccess* access = nullptr;
};

namespace {

constexpr std::size_t kPage = 5'000;

// A finding may name first what cannot be read by itself: a key, whose user comes after it.
const model::ResourceKey& readable_one(const Finding& finding, const cloud::Observer& observer) {
  std::vector<std::string> types = observer.types();
  auto readable = [&](const model::ResourceKey& key) {
    return std::find(types.begin(), types.end(), key.type) != types.end();
  };
  if (readable(finding.resource)) return finding.resource;
  auto found = std::find_if(finding.more_resources.begin(), finding.more_resources.end(), readable);
  return found == finding.more_resources.end() ? finding.resource : *found;
}

}  // namespace

base::Result<Finding> Remediation::finding(const std::string& id) const {
  std::vector<std::string> ids{id};
  TRY(auto found, parts_.finding_store.get(ids));
  if (found.empty())
    return base::fail({ErrorCode::not_found, "no such finding", id, "`setpoint findings` lists them", {}});
  return std::move(found.front());
}

// What a plan stands on is read now, not taken from what an earlier scan saw.
base::Result<Remediation::Target> Remediation::fresh_target(const Finding& finding) {
  Target out;
  out.control = parts_.controls.find(finding.check);
  TRY(out.access, parts_.account(finding.resource.account));
  TRY(out.resource, out.access->observer->observe(readable_one(finding, *out.access->observer)));
  TRY_VOID(absorb(out.resource));
  if (out.control == nullptr) return out;
  auto judgement = parts_.controls.judge_by(finding.check, out.resource);
  if (!judgement || judgement->verdict != model::Verdict::non_compliant) {
    std::string verdict = judgement ? std::string(model::to_string(judgement->verdict)) : "not judged";
    return base::fail({ErrorCode::conflict,
                       fmt::format("on a fresh read {} is {}: nothing to remedy", finding.check, verdict),
                       finding.resource.text(),
                       {},
                       {}});
  }
  out.judgement = std::move(*judgement);
  return out;
}

base::Result<std::vector<Resource>> Remediation::world_around(const Resource& target) const {
  std::vector<Resource> out;
  for (const std::string& region : {target.key.region, std::string("global")}) {
    std::string after;
    do {
      inventory::ResourceFilter filter;
      filter.provider = target.key.provider;
      filter.account = target.key.account;
      filter.region = region;
      TRY(auto page, parts_.resources.list(filter, after, kPage));
      for (Resource& resource : page.resources) {
        bool usable = resource.knowledge == model::Knowledge::known && resource.key != target.key;
        if (usable) out.push_back(std::move(resource));
      }
      after = page.next;
    } while (!after.empty());
  }
  out.push_back(target);
  return out;
}

runbook::ExecutionContext Remediation::context_for(const model::ResourceKey& target, const std::string& actor) const {
  runbook::ExecutionContext context;
  context.account = target.account;
  context.region = target.region;
  context.partition = target.region.starts_with("cn-")       ? "aws-cn"
                      : target.region.starts_with("us-gov-") ? "aws-us-gov"
                                                             : "aws";
  context.executed_by = actor;
  return context;
}

base::Result<Plan> Remediation::plan(const std::string& finding_id, const std::string& requester,
                                     const std::string& automation) {
  TRY(Finding what, finding(finding_id));
  const model::Control* control = parts_.controls.find(what.check);
  if (control == nullptr) {
    return base::fail({ErrorCode::not_found,
                       fmt::format("no control '{}' is loaded, so there is no remedy for it", what.check),
                       what.id,
                       "name a runbook: setpoint plan FINDING --runbook NAME",
                       {}});
  }
  if (!control->remediation) {
    return base::fail({ErrorCode::refused,
                       fmt::format("{} is for a person to judge: {}", control->id, control->human),
                       what.id,
                       {},
                       {}});
  }
  return rehearse(what, {*control->remediation}, requester, automation);
}

base::Result<Plan> Remediation::plan_response(const std::string& finding_id, const Response& response,
                                              const std::string& requester, const std::string& automation) {
  TRY(Finding what, finding(finding_id));
  return rehearse(what, response, requester, automation);
}

base::Result<Plan> Remediation::rehearse(const Finding& what, const Response& response, const std::string& requester,
                                         const std::string& automation) {
  TRY(Target target, fresh_target(what));
  const std::string& name = response.runbook.runbook;
  TRY(runbook::Document document, parts_.library.document(name));
  base::Timestamp now = parts_.clock.now();
  base::Json defaults = target.control ? target.control->parameters : base::Json::object();
  const auto& evidence = target.judgement.evidence;
  TRY(base::Json given,
      response::bind_remediation(response.runbook.with, {target.resource, evidence, defaults, response.event, now}));
  cloud::Observer& observer = *target.access->observer;
  response::RehearsalInput input;
  TRY(input.program,
      response::bind_program(std::move(document), given, context_for(target.resource.key, ""), observer));
  input.program.runbook = name;
  TRY(auto terms, parts_.library.containment(name));
  if (terms) TRY_VOID(response::check_containment(*terms, input.program.parameters, now));
  input.trigger = {what.id, target.control ? what.check : "", evidence, ""};
  input.target = target.resource.key;
  TRY(input.world, world_around(target.resource));
  input.as_of = now;
  response::Rehearsal rehearsal(
      {parts_.worlds, parts_.controls, observer, parts_.permissions, &parts_.library, parts_.scripts});
  TRY(Plan made, rehearsal.run(input));
  return keep_plan(std::move(made), requester, automation);
}

base::Result<Plan> Remediation::keep_plan(Plan plan, const std::string& requester, const std::string& automation) {
  journal::Batch batch;
  batch.entries.push_back({"plan.made", requester, plan.id(), {{"hash", plan.hash().hex()}, {"plan", plan.json()}}});
  batch.state.documents.push_back(response::plan_document(plan));
  TRY(auto request, oversight_.request_write(plan, requester, automation));
  batch.state.documents.push_back(std::move(request));
  TRY(auto written, parts_.journal.append(std::move(batch)));
  return plan;
}

base::Result<Plan> Remediation::plan_undo(const std::string& run_id, const std::string& requester,
                                          const std::string& automation) {
  TRY(response::Run run, response::load_run(parts_.records, run_id));
  TRY(Plan done, response::load_plan(parts_.records, run.plan));
  if (!run.undone_by.empty())
    return base::fail({ErrorCode::conflict, "was undone already by " + run.undone_by, run_id, {}, {}});
  bool changed_something = run.calls_done > 0;
  if (!changed_something) return base::fail({ErrorCode::conflict, "the run changed nothing", run_id, {}, {}});
  if (!done.undo_exact)
    return base::fail({ErrorCode::refused,
                       "there is no rehearsed way back from this run",
                       run_id,
                       "see `setpoint plan " + run.plan + "`",
                       {}});
  TRY(const AccountAccess* access, parts_.account(run.context.account));
  std::vector<model::BasisEntry> after = response::states_after(done);
  TRY(auto stale, response::stale_entries(*access->observer, after));
  if (!stale.empty()) {
    return base::fail({ErrorCode::conflict,
                       "someone changed it since the run, so undoing would overwrite their change",
                       stale.front().resource.text(),
                       "look at `setpoint resource` and mend it by hand",
                       {}});
  }
  response::RehearsalInput input;
  input.program.calls = done.undo;
  input.program.context = context_for(after.front().resource, "");
  input.trigger.undo_of = run_id;
  input.target = after.front().resource;
  for (const model::BasisEntry& entry : after) {
    TRY(Resource fresh, access->observer->observe(entry.resource));
    input.world.push_back(std::move(fresh));
  }
  TRY(auto around, world_around(input.world.front()));
  for (Resource& other : around) {
    auto same = [&](const Resource& known) { return known.key == other.key; };
    if (std::none_of(input.world.begin(), input.world.end(), same)) input.world.push_back(std::move(other));
  }
  response::Rehearsal rehearsal({parts_.worlds, parts_.controls, *access->observer, parts_.permissions, nullptr});
  TRY(Plan made, rehearsal.run(input));
  return keep_plan(std::move(made), requester, automation);
}

// Its key is the inventory's business: a document knows an id or a name.
base::Result<Resource> Remediation::named_resource(const response::Containment& containment) const {
  inventory::ResourceFilter filter;
  filter.account = containment.account;
  filter.type = containment.resource_type;
  std::string after;
  do {
    TRY(auto page, parts_.resources.list(filter, after, kPage));
    for (Resource& resource : page.resources) {
      const std::string& name = containment.resource_name;
      if (resource.key.id == name || resource.name == name) return std::move(resource);
    }
    after = page.next;
  } while (!after.empty());
  return base::fail({ErrorCode::not_found,
                     fmt::format("the {} '{}' is not known, so its release cannot be rehearsed",
                                 containment.resource_type, containment.resource_name),
                     containment.execution,
                     "setpoint scan reads it",
                     {}});
}

base::Result<Plan> Remediation::plan_release(const response::Containment& containment) {
  TRY(const AccountAccess* access, parts_.account(containment.account));
  TRY(Resource known, named_resource(containment));
  TRY(Resource target, access->observer->observe(known.key));
  TRY_VOID(absorb(target));
  TRY(runbook::Document document, parts_.library.document(containment.release));
  runbook::ExecutionContext context = context_for(target.key, "");
  context.region = containment.region;  // of a global resource too
  response::RehearsalInput input;
  TRY(input.program, response::bind_program(std::move(document), containment.parameters, context, *access->observer));
  input.program.runbook = containment.release;
  input.target = target.key;
  TRY(input.world, world_around(target));
  input.as_of = parts_.clock.now();
  response::Rehearsal rehearsal(
      {parts_.worlds, parts_.controls, *access->observer, parts_.permissions, &parts_.library, parts_.scripts});
  TRY(Plan made, rehearsal.run(input));
  if (made.calls.empty()) return made;  // nothing to ask anybody for
  return keep_plan(std::move(made), containment.actor, "");
}

}  // namespace setpoint::engine
