#include "model/plan.h"

#include <algorithm>

namespace setpoint::model {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::member;
using base::string_member;

namespace {

template <class Items, class Convert>
Json array_of(const Items& items, Convert convert) {
  Json out = Json::array();
  for (const auto& item : items) out.push_back(convert(item));
  return out;
}

constexpr std::string_view kKindNames[] = {"added", "removed", "replaced"};

Json field_json(const FieldChange& change) {
  Json out = {{"path", change.path}, {"kind", kKindNames[static_cast<std::size_t>(change.kind)]}};
  if (change.kind != FieldChange::Kind::added) out["before"] = change.before;
  if (change.kind != FieldChange::Kind::removed) out["after"] = change.after;
  return out;
}

FieldChange field_from_json(const Json& json) {
  std::string kind = string_member(json, "kind");
  auto parsed = kind == "added"     ? FieldChange::Kind::added
                : kind == "removed" ? FieldChange::Kind::removed
                                    : FieldChange::Kind::replaced;
  return {string_member(json, "path"), member(json, "before"), member(json, "after"), parsed};
}

Json step_json(const StateStep& step) {
  return {{"resource", step.resource.text()}, {"before", step.before.hex()}, {"after", step.after.hex()}};
}

base::Result<StateStep> step_from_json(const Json& json) {
  StateStep step;
  TRY(step.resource, parse_resource_key(string_member(json, "resource")));
  TRY(step.before, base::parse_digest(string_member(json, "before")));
  TRY(step.after, base::parse_digest(string_member(json, "after")));
  return step;
}

Json call_json(const PlannedCall& planned) {
  Json out = {{"step", planned.step},
              {"call", planned.call.json()},
              {"irreversible", planned.irreversible},
              {"changes", array_of(planned.changes, step_json)}};
  if (planned.irreversible) out["irreversible_because"] = planned.irreversible_because;
  return out;
}

base::Result<PlannedCall> planned_from_json(const Json& json) {
  PlannedCall out;
  out.step = string_member(json, "step");
  TRY(out.call, api_call_from_json(member(json, "call")));
  out.irreversible = member(json, "irreversible") == Json(true);
  out.irreversible_because = string_member(json, "irreversible_because");
  for (const Json& item : member(json, "changes")) {
    TRY(auto step, step_from_json(item));
    out.changes.push_back(std::move(step));
  }
  return out;
}

Json change_json(const ResourceChange& change) {
  return {{"resource", change.resource.text()},
          {"collateral", change.collateral},
          {"fields", array_of(change.fields, field_json)}};
}

Json verdict_json(const VerdictChange& change) {
  return {{"control", change.control},
          {"resource", change.resource.text()},
          {"before", to_string(change.before)},
          {"after", to_string(change.after)}};
}

base::Status read_changes(const Json& json, Plan& plan) {
  for (const Json& item : member(json, "changes")) {
    ResourceChange change;
    TRY(change.resource, parse_resource_key(string_member(item, "resource")));
    change.collateral = member(item, "collateral") == Json(true);
    for (const Json& field : member(item, "fields")) change.fields.push_back(field_from_json(field));
    plan.changes.push_back(std::move(change));
  }
  for (const Json& item : member(json, "verdicts")) {
    VerdictChange change;
    change.control = string_member(item, "control");
    TRY(change.resource, parse_resource_key(string_member(item, "resource")));
    TRY(change.before, parse_verdict(string_member(item, "before")));
    TRY(change.after, parse_verdict(string_member(item, "after")));
    plan.verdicts.push_back(std::move(change));
  }
  return {};
}

base::Status read_calls(const Json& json, Plan& plan) {
  for (const Json& item : member(json, "calls")) {
    TRY(auto call, planned_from_json(item));
    plan.calls.push_back(std::move(call));
  }
  for (const Json& item : member(json, "undo")) {
    TRY(auto call, api_call_from_json(item));
    plan.undo.push_back(std::move(call));
  }
  for (const Json& item : member(json, "reads")) {
    TRY(auto call, api_call_from_json(item));
    plan.reads.push_back(std::move(call));
  }
  return {};
}

base::Status read_bounds(const Json& json, Plan& plan) {
  for (const Json& item : member(json, "permissions")) {
    plan.permissions.push_back({string_member(item, "action"), string_member(item, "resource")});
  }
  for (const Json& item : member(json, "basis")) {
    BasisEntry entry;
    TRY(entry.resource, parse_resource_key(string_member(item, "resource")));
    TRY(entry.state, base::parse_digest(string_member(item, "state")));
    plan.basis.push_back(std::move(entry));
  }
  for (const Json& item : member(json, "unmodelled"))
    plan.unmodelled.push_back(item.is_string() ? item.get<std::string>() : "");
  return {};
}

}  // namespace

Json ApiCall::json() const {
  return {{"account", account},
          {"region", region},
          {"service", service},
          {"operation", operation},
          {"parameters", parameters}};
}

base::Digest ApiCall::digest() const { return base::digest_of(json()); }

base::Result<ApiCall> api_call_from_json(const Json& json) {
  ApiCall call{string_member(json, "account"), string_member(json, "region"), string_member(json, "service"),
               string_member(json, "operation"), member(json, "parameters")};
  if (call.service.empty() || call.operation.empty())
    return fail(ErrorCode::corrupted, "a stored call names no service or operation");
  return call;
}

Json Plan::json() const {
  Json out = {{"format", "setpoint-plan-1"}, {"finding", finding},
              {"control", control},          {"undo_of", undo_of},
              {"evidence", evidence},        {"runbook", {{"name", runbook}, {"digest", runbook_digest.hex()}}},
              {"parameters", parameters},    {"undo_exact", undo_exact},
              {"unmodelled", unmodelled}};
  out["calls"] = array_of(calls, call_json);
  out["changes"] = array_of(changes, change_json);
  out["verdicts"] = array_of(verdicts, verdict_json);
  out["undo"] = array_of(undo, [](const ApiCall& call) { return call.json(); });
  out["reads"] = array_of(reads, [](const ApiCall& call) { return call.json(); });
  out["permissions"] = array_of(permissions, [](const Permission& p) {
    return Json{{"action", p.action}, {"resource", p.resource}};
  });
  out["basis"] = array_of(basis, [](const BasisEntry& b) {
    return Json{{"resource", b.resource.text()}, {"state", b.state.hex()}};
  });
  return out;
}

base::Digest Plan::hash() const { return base::digest_of(json()); }

std::string Plan::id() const { return "p-" + hash().hex().substr(0, 12); }

bool Plan::has_collateral() const {
  return std::any_of(changes.begin(), changes.end(), [](const ResourceChange& change) { return change.collateral; });
}

bool Plan::irreversible() const {
  return std::any_of(calls.begin(), calls.end(), [](const PlannedCall& planned) { return planned.irreversible; });
}

base::Result<Plan> plan_from_json(const Json& json) {
  if (string_member(json, "format") != "setpoint-plan-1")
    return fail(ErrorCode::corrupted, "not a plan of format setpoint-plan-1");
  Plan plan;
  plan.finding = string_member(json, "finding");
  plan.control = string_member(json, "control");
  plan.undo_of = string_member(json, "undo_of");
  plan.evidence = member(json, "evidence");
  plan.runbook = string_member(member(json, "runbook"), "name");
  TRY(plan.runbook_digest, base::parse_digest(string_member(member(json, "runbook"), "digest")));
  plan.parameters = member(json, "parameters");
  plan.undo_exact = member(json, "undo_exact") == Json(true);
  TRY_VOID(read_calls(json, plan));
  TRY_VOID(read_changes(json, plan));
  TRY_VOID(read_bounds(json, plan));
  return plan;
}

}  // namespace setpoint::model
