#include "response/containment.h"

#include <algorithm>

#include "base/json_time.h"
#include "response/execution_record.h"
#include "response/run.h"
#include "runbook/interpolation.h"
#include "runbook/values.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::Result;
using base::string_member;
using base::time_json;
using base::time_member;
using runbook::Reference;

namespace {

Result<Json> resolve(const Json& value, const Json& parameters, const Json& outputs) {
  return runbook::substitute(value, [&](const Reference& reference) -> Result<Json> {
    const Json& from = reference.kind == Reference::Kind::step_output ? outputs : parameters;
    std::string name = reference.text();
    if (auto found = from.find(name); found != from.end()) return *found;
    return base::fail(ErrorCode::invalid_input, "{{{{ {} }}}} has no value", name);
  });
}

Result<base::Timestamp> end_of(const ContainmentTerms& terms, const Json& parameters) {
  std::string text = string_member(parameters, terms.expires);
  auto time = base::parse_iso8601(text);
  if (time) return *time;
  return base::fail({ErrorCode::invalid_input,
                     fmt::format("'{}' is no time at which the containment ends", text),
                     terms.expires,
                     "such as 2026-02-01T12:00:00Z",
                     {}});
}

Result<Containment> begun(const ContainmentTerms& terms, const runbook::ExecutionContext& where, const Json& parameters,
                          const Json& outputs) {
  Containment out;
  out.account = where.account;
  out.region = where.region;
  out.resource_type = terms.resource_type;
  TRY(Json name, resolve(terms.resource_name, parameters, outputs));
  out.resource_name = runbook::text_form(name);
  TRY(out.until, end_of(terms, parameters));
  return out;
}

}  // namespace

Json Containment::json() const {
  return {{"execution", execution},
          {"runbook", runbook},
          {"account", account},
          {"region", region},
          {"actor", actor},
          {"resource_type", resource_type},
          {"resource_name", resource_name},
          {"release", release},
          {"parameters", parameters},
          {"since", time_json(since)},
          {"until", time_json(until)},
          {"plan", plan},
          {"problem", problem},
          {"raised", time_json(raised)},
          {"planned", time_json(planned)}};
}

bool Containment::is_released_by(const std::string& by, const std::string& in_account, const Json& given) const {
  if (by != release || in_account != account || !parameters.is_object()) return false;
  auto items = parameters.items();
  return std::all_of(items.begin(), items.end(),
                     [&](const auto& item) { return base::member(given, item.key()) == item.value(); });
}

journal::DocumentWrite Containment::write() const { return {kContainmentSpace, execution, json(), std::nullopt, {}}; }

journal::DocumentWrite Containment::forget() const {
  return {kContainmentSpace, execution, std::nullopt, std::nullopt, {}};
}

Result<Containment> containment_from_json(const Json& json) {
  Containment out;
  out.execution = string_member(json, "execution");
  out.runbook = string_member(json, "runbook");
  out.account = string_member(json, "account");
  out.region = string_member(json, "region");
  out.actor = string_member(json, "actor");
  out.resource_type = string_member(json, "resource_type");
  out.resource_name = string_member(json, "resource_name");
  out.release = string_member(json, "release");
  out.parameters = base::member(json, "parameters");
  TRY(out.since, time_member(json, "since"));
  TRY(out.until, time_member(json, "until"));
  out.plan = string_member(json, "plan");
  out.problem = string_member(json, "problem");
  TRY(out.raised, time_member(json, "raised"));
  TRY(out.planned, time_member(json, "planned"));
  return out;
}

Result<std::vector<Containment>> containments(const Records& records) {
  TRY(auto stored, records.list(kContainmentSpace, ""));
  std::vector<Containment> out;
  for (const auto& [key, document] : stored) {
    TRY(Containment one, containment_from_json(document.body));
    out.push_back(std::move(one));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.until < b.until; });
  return out;
}

Json terms_json(const std::optional<ContainmentTerms>& terms) {
  if (!terms) return nullptr;
  return {{"expires", terms->expires},
          {"resource_type", terms->resource_type},
          {"resource_name", terms->resource_name},
          {"release", terms->release},
          {"with", terms->with}};
}

std::optional<ContainmentTerms> terms_from_json(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return ContainmentTerms{string_member(json, "expires"), string_member(json, "resource_type"),
                          string_member(json, "resource_name"), string_member(json, "release"),
                          base::member(json, "with")};
}

base::Status check_containment(const ContainmentTerms& terms, const Json& parameters, base::Timestamp now) {
  TRY(base::Timestamp until, end_of(terms, parameters));
  if (until > now) return {};
  return base::fail({ErrorCode::invalid_input,
                     fmt::format("the containment would end at {}, which is past", base::to_iso8601(until)),
                     terms.expires,
                     "give a time that is to come",
                     {}});
}

Result<Containment> containment_of(const ContainmentTerms& terms, const ExecutionRecord& execution,
                                   const Json& parameters, const Json& outputs) {
  TRY(Containment out, begun(terms, execution.context, parameters, outputs));
  out.execution = execution.id;
  out.runbook = execution.document_name;
  out.actor = execution.actor;
  out.release = terms.release;
  auto with = resolve(terms.with, parameters, outputs);
  if (with)
    out.parameters = std::move(*with);
  else
    out.problem = "the way back is not known: " + with.error().text();
  out.since = execution.ended;
  return out;
}

Result<Containment> containment_of_run(const ContainmentTerms& terms, const Run& run, const model::Plan& plan,
                                       base::Timestamp now) {
  TRY(Containment out, begun(terms, run.context, plan.parameters, Json::object()));
  out.execution = run.id;
  out.runbook = plan.runbook;
  out.actor = run.actor;
  out.since = now;
  return out;
}

}  // namespace setpoint::response
