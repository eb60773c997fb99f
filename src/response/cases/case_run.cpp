#include "response/cases/case_run.h"

#include <set>

#include "cloud/aws/permissions.h"
#include "model/difference.h"
#include "response/plan_builder.h"
#include "response/rehearsal_host.h"
#include "response/twin_world.h"
#include "twin/resource_types.h"

namespace setpoint::response {

using base::Json;
using model::FieldChange;
using model::ResourceKey;

namespace {

constexpr char kRefused[] = "Refused";  // the parameters do not bind

class NoJudge final : public Judge {
 public:
  std::vector<ControlJudgement> judge(const model::Resource&) const override { return {}; }
};

// A case has no cloud beside its world.
class WorldObserver final : public cloud::Observer {
 public:
  explicit WorldObserver(SimulatedWorld& world) : world_(world) {}
  bool reads_only(const model::ApiCall& call) const override { return world_.reads_only(call.service, call.operation); }
  base::Result<cloud::CallResult> read(const model::ApiCall& call) override {
    TRY(Json output, world_.call(call));
    return cloud::CallResult{std::move(output), {}};
  }
  base::Result<model::Resource> observe(const ResourceKey&) override { return none(); }
  std::vector<std::string> types() const override { return {}; }
  bool account_wide(const std::string&) const override { return false; }
  base::Result<cloud::DiscoveryReport> discover(const cloud::DiscoveryScope&,
                                                const std::function<void(model::Resource)>&) override {
    return none();
  }

 private:
  static tl::unexpected<base::Error> none() {
    return base::fail(base::ErrorCode::unsupported, "a case observes through its runbook's calls only");
  }
  SimulatedWorld& world_;
};

base::Status put_seed(twin::State& state, const RunbookCase& one) {
  for (const auto& [type, list] : one.seed.items()) {
    if (!list.is_array()) return base::fail(base::ErrorCode::invalid_input, "seed: {} takes a list of resources", type);
    for (const Json& item : list) {
      TRY(auto document, twin::document_from_api(one.account, one.region, type, item));
      state.put(document.first, std::move(document.second));
    }
  }
  return {};
}

base::Result<twin::State> state_before(const RunbookCase& one, const CasePorts& ports) {
  twin::State state(1);
  TRY_VOID(put_seed(state, one));
  if (one.given.empty()) return state;
  TwinWorld world(std::move(state), ports.catalog);
  for (const model::ApiCall& call : one.given) {
    if (auto output = world.call(call); !output) {
      return base::fail(base::ErrorCode::invalid_input, "given: {}:{} failed: {}", call.service, call.operation,
                        output.error().text());
    }
  }
  return world.state();
}

// "TYPE/id"; with account and region where they are not the case's own.
std::string label(const ResourceKey& key, const RunbookCase& one) {
  std::string name = key.type + "/" + key.id;
  bool own = key.account == one.account && (key.region == one.region || key.region == "global");
  return own ? name : key.account + "/" + key.region + "/" + name;
}

Json field_json(const FieldChange& field) {
  Json out = Json::object();
  if (field.kind != FieldChange::Kind::added) out["from"] = field.before;
  if (field.kind != FieldChange::Kind::removed) out["to"] = field.after;
  return out;
}

Json calls_json(const model::Plan& plan, const RunbookCase& one) {
  Json out = Json::array();
  for (const model::PlannedCall& planned : plan.calls) {
    Json entry = {{"step", planned.step}, {"call", planned.call.service + ":" + planned.call.operation}};
    if (!planned.call.parameters.empty()) entry["with"] = planned.call.parameters;
    if (planned.call.region != one.region) entry["region"] = planned.call.region;
    out.push_back(std::move(entry));
  }
  return out;
}

Json changes_json(const model::Plan& plan, const RunbookCase& one) {
  Json out = Json::array();
  for (const model::ResourceChange& change : plan.changes) {
    Json fields = Json::object();
    for (const FieldChange& field : change.fields) fields[field.path] = field_json(field);
    out.push_back({{"resource", label(change.resource, one)}, {"fields", std::move(fields)}});
  }
  return out;
}

Json undo_json(const model::Plan& plan) {
  if (plan.changes.empty()) return "none";
  for (const model::PlannedCall& planned : plan.calls) {
    if (planned.irreversible) return {{"irreversible", planned.irreversible_because}};
  }
  return plan.undo_exact ? "exact" : "inexact";
}

Json failed_steps(const ProgramReport& report) {
  Json out = Json::array();
  if (!report.steps) return out;
  for (const runbook::StepRecord& step : report.steps->steps) {
    if (step.failure) out.push_back(step.name);
  }
  return out;
}

// Whether `part` is in `whole`: maps by their members, everything else by value.
bool holds(const Json& whole, const Json& part) {
  if (!part.is_object() || !whole.is_object()) return whole == part;
  for (const auto& [name, value] : part.items()) {
    if (!holds(base::member(whole, name), value)) return false;
  }
  return true;
}

void check_after(const RunbookCase& one, SimulatedWorld& world, std::vector<std::string>& unmet) {
  const Json& after = base::member(one.expect, "after");
  if (!after.is_object()) return;
  for (const auto& [name, part] : after.items()) {
    std::size_t slash = name.find('/');
    std::string id = slash == std::string::npos ? "" : name.substr(slash + 1);
    ResourceKey key{"aws", one.account, one.region, name.substr(0, slash), id};
    const Json item = world.render(world.version(), key).item;
    if (!holds(item, part)) unmet.push_back(fmt::format("after: {} is {}", name, item.dump()));
  }
}

void check_untouched(const RunbookCase& one, const Json& changes, std::vector<std::string>& unmet) {
  for (const std::string& name : one.untouched) {
    for (const Json& change : changes) {
      if (base::string_member(change, "resource") == name)
        unmet.push_back(name + " must stay as it was, and was changed");
    }
  }
}

runbook::ExecutionContext context_of(const RunbookCase& one) {
  runbook::ExecutionContext context;
  context.execution_id = "00000000-0000-4000-8000-000000000000";
  context.account = one.account;
  context.region = one.region;
  context.executed_by = "arn:aws:iam::" + one.account + ":role/setpoint-rehearsal";
  return context;
}

CaseObservation refused(const base::Error& error) {
  CaseObservation out;
  out.message = error.text();
  out.seen = {{"status", kRefused}};
  return out;
}

class CaseRun {
 public:
  CaseRun(const CasePorts& ports, const RunbookCase& one, TwinWorld& world)
      : one_(one),
        world_(world),
        worlds_(ports.catalog),
        observer_(world),
        permissions_(*ports.catalog),
        rehearsal_{worlds_, judge_, observer_, permissions_, ports.library, ports.scripts} {}

  CaseObservation run(const runbook::Document& document) {
    RehearsalInput input;
    auto program = bind_program(document, one_.parameters, context_of(one_), observer_);
    if (!program) return refused(program.error());
    input.program = std::move(*program);
    PlanBuilder builder(rehearsal_, input, world_);
    RehearsalHost host(world_, observer_, {rehearsal_.library, rehearsal_.scripts, input.program.context});
    ProgramReport report = run_program(input.program, host);
    CaseObservation out;
    check_after(one_, world_, out.unmet);
    world_.clear_faults();
    note(builder.build(host), report, out);
    return out;
  }

 private:
  void note(const model::Plan& plan, const ProgramReport& report, CaseObservation& out) const {
    out.message = report.message;
    out.permissions = plan.permissions;
    Json& seen = out.seen;
    seen = {{"status", report.steps ? Json(to_string(report.steps->status)) : Json(kRefused)},
            {"calls", calls_json(plan, one_)},
            {"changes", changes_json(plan, one_)},
            {"undo", undo_json(plan)}};
    if (Json failed = failed_steps(report); !failed.empty()) seen["failed"] = std::move(failed);
    if (report.steps && !report.steps->outputs.empty()) seen["outputs"] = report.steps->outputs;
    if (!plan.unmodelled.empty()) seen["unmodelled"] = plan.unmodelled;
    std::set<std::string> effects;
    for (const Json& call : seen["calls"]) effects.insert(base::string_member(call, "call"));
    out.effects.assign(effects.begin(), effects.end());
    check_untouched(one_, seen["changes"], out.unmet);
  }

  const RunbookCase& one_;
  TwinWorld& world_;
  TwinWorldFactory worlds_;
  NoJudge judge_;
  WorldObserver observer_;
  CatalogPermissions permissions_;
  RehearsalPorts rehearsal_;
};

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= 400 ? text : text.substr(0, 400) + "...";
}

std::string sentence(const FieldChange& field) {
  if (field.kind == FieldChange::Kind::added)
    return fmt::format("{}: not expected, got {}", field.path, shown(field.after));
  if (field.kind == FieldChange::Kind::removed)
    return fmt::format("{}: expected {}, got nothing", field.path, shown(field.before));
  return fmt::format("{}: expected {}, got {}", field.path, shown(field.before), shown(field.after));
}

void check_kind(const RunbookCase& one, const Json& seen, std::vector<std::string>& out) {
  const std::string status = base::string_member(seen, "status");
  bool changed = !base::member(seen, "changes").empty();
  auto unless = [&](bool holds_true, const char* rule) {
    if (!holds_true)
      out.push_back(fmt::format("a {} case {}, but the run ended {}{}", to_string(one.kind), rule, status,
                                changed ? " with changes" : " without a change"));
  };
  if (one.kind == CaseKind::compliant) unless(status == "Success" && !changed, "succeeds and changes nothing");
  if (one.kind == CaseKind::non_compliant) unless(status == "Success" && changed, "succeeds and changes something");
  if (one.kind == CaseKind::failing) unless(status != "Success", "does not succeed");
  if (one.kind == CaseKind::refused) unless(status == kRefused, "is refused");
}

}  // namespace

base::Result<CaseObservation> CaseRunner::run(const runbook::Document& document, const RunbookCase& one,
                                              const std::optional<Json>& policy) const {
  TRY(twin::State before, state_before(one, ports_));
  TwinWorldOptions options;
  options.account = one.account;
  options.policy = policy;
  options.faults = one.faults;
  TwinWorld world(std::move(before), ports_.catalog, std::move(options));
  return CaseRun(ports_, one, world).run(document);
}

std::vector<std::string> differences(const RunbookCase& one, const CaseObservation& observation) {
  std::vector<std::string> out = observation.unmet;
  check_kind(one, observation.seen, out);
  Json expected = one.expect;
  if (expected.is_null()) {
    out.push_back("nothing is expected yet: write it with `setpoint runbook test --update`, and read it");
    return out;
  }
  expected.erase("after");
  if (expected == observation.seen) return out;
  for (const FieldChange& field : model::difference(expected, observation.seen)) out.push_back(sentence(field));
  if (out.empty()) out.push_back("calls: the same in another order");
  if (!observation.message.empty()) out.push_back("the run said: " + observation.message);
  return out;
}

std::vector<model::Permission> CatalogPermissions::required(const model::ApiCall& call) const {
  auto permissions = cloud::aws::required_permissions(catalog_, call);
  if (permissions) return std::move(*permissions);
  return {{call.service + ":*", "*"}};
}

}  // namespace setpoint::response
