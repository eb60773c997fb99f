#include "response/execution_record.h"

#include "base/json_time.h"
#include "response/containment.h"
#include "response/stored_context.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

Json acting_json(const Acting& acting) {
  return {{"home", acting.home},
          {"roles", acting.roles},
          {"inherited_role", acting.inherited_role},
          {"session_policy", acting.session_policy},
          {"assume_document_role", acting.assume_document_role}};
}

Acting acting_from_json(const Json& json) {
  return {string_member(json, "home"), texts_member(json, "roles"), string_member(json, "inherited_role"),
          member(json, "session_policy"), member(json, "assume_document_role") != Json(false)};
}

Json member_json(const FleetMember& one) {
  return {{"name", one.name}, {"parameters", one.parameters},  {"account", one.account}, {"region", one.region},
          {"role", one.role}, {"fleet", fleet_json(one.fleet)}};
}

FleetMember member_from_json(const Json& json) {
  return {string_member(json, "name"),   member(json, "parameters"),  string_member(json, "account"),
          string_member(json, "region"), string_member(json, "role"), fleet_from_json(member(json, "fleet"))};
}

Json list_member(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return value.is_array() ? value : Json::array();
}

}  // namespace

Json fleet_json(const FleetRequest& fleet) {
  if (fleet.empty() && fleet.target_parameter_name.empty()) return nullptr;
  return {{"target_parameter_name", fleet.target_parameter_name},
          {"targets", fleet.targets},
          {"target_maps", fleet.target_maps},
          {"target_locations", fleet.target_locations},
          {"max_concurrency", fleet.max_concurrency},
          {"max_errors", fleet.max_errors}};
}

FleetRequest fleet_from_json(const Json& json) {
  return {string_member(json, "target_parameter_name"),
          list_member(json, "targets"),
          list_member(json, "target_maps"),
          list_member(json, "target_locations"),
          string_member(json, "max_concurrency"),
          string_member(json, "max_errors")};
}

Json ExecutionRecord::json() const {
  Json out = {{"id", id},
              {"name", name},
              {"ancestors", ancestors},
              {"lock_holder", lock_holder},
              {"document_name", document_name},
              {"document", document.hex()},
              {"folder", folder},
              {"parameters", parameters},
              {"context", context_json(context)},
              {"acting", acting_json(acting)},
              {"fleet", fleet_json(fleet)},
              {"containment", terms_json(containment)},
              {"resolved", resolved},
              {"actor", actor},
              {"status", runbook::to_string(status)},
              {"message", message},
              {"outputs", outputs},
              {"started", base::time_json(started)},
              {"ended", base::time_json(ended)},
              {"answers", answers},
              {"changes", changes},
              {"signals", signals},
              {"open_intent", nullptr}};
  if (open_intent) out["open_intent"] = {{"site", open_intent->site}, {"call", open_intent->call.hex()}};
  out["members"] = Json::array();
  for (const FleetMember& one : members) out["members"].push_back(member_json(one));
  return out;
}

journal::DocumentWrite ExecutionRecord::write() const {
  return {kExecutionSpace, id, json(), std::nullopt, {{"parent", parent()}, {"open", over() ? "no" : "yes"}}};
}

base::Result<ExecutionRecord> execution_from_json(const Json& json) {
  ExecutionRecord out;
  out.id = string_member(json, "id");
  out.name = string_member(json, "name");
  out.ancestors = texts_member(json, "ancestors");
  out.lock_holder = string_member(json, "lock_holder");
  out.document_name = string_member(json, "document_name");
  TRY(out.document, base::parse_digest(string_member(json, "document")));
  out.folder = string_member(json, "folder");
  out.parameters = member(json, "parameters");
  out.context = context_from_json(member(json, "context"));
  out.context.execution_id = out.id;
  out.context.parent_execution_id = out.parent();
  out.acting = acting_from_json(member(json, "acting"));
  out.fleet = fleet_from_json(member(json, "fleet"));
  out.containment = terms_from_json(member(json, "containment"));
  for (const Json& one : member(json, "members")) out.members.push_back(member_from_json(one));
  out.resolved = member(json, "resolved") == Json(true);
  out.actor = string_member(json, "actor");
  TRY(out.status, runbook::parse_execution_status(string_member(json, "status")));
  out.message = string_member(json, "message");
  out.outputs = member(json, "outputs");
  TRY(out.started, base::time_member(json, "started"));
  TRY(out.ended, base::time_member(json, "ended"));
  out.answers = count_member(json, "answers");
  out.changes = count_member(json, "changes");
  out.signals = count_member(json, "signals");
  const Json& open = member(json, "open_intent");
  if (open.is_null()) return out;
  TRY(base::Digest call, base::parse_digest(string_member(open, "call")));
  out.open_intent = OpenIntent{string_member(open, "site"), call};
  return out;
}

base::Result<ExecutionRecord> load_execution(const Records& records, const std::string& id) {
  TRY(auto stored, records.get(kExecutionSpace, id));
  if (stored) return execution_from_json(stored->body);
  return base::fail({ErrorCode::not_found, "no such execution", id, "`setpoint run list` names them", {}});
}

journal::DocumentWrite document_write(const runbook::Document& document) {
  Json body = {{"name", document.name()}, {"content", document.content()}};
  return {kExecutionDocumentSpace, document.digest().hex(), std::move(body), std::nullopt, {}};
}

base::Result<runbook::Document> load_document(const Records& records, const base::Digest& digest) {
  TRY(auto stored, records.get(kExecutionDocumentSpace, digest.hex()));
  if (!stored) return base::fail(ErrorCode::corrupted, "the document {} of the execution is gone", digest.hex());
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile(
      {string_member(stored->body, "name") + ".json", member(stored->body, "content").dump()}, diagnostics);
  if (document && document->digest() == digest) return std::move(*document);
  return base::fail(ErrorCode::corrupted, "the stored document {} does not read as itself: {}", digest.hex(),
                    diagnostics.render());
}

void ExecutionRecorder::announce(std::string kind, Json body) {
  entries_.push_back({std::move(kind), record_.actor, record_.id, std::move(body)});
}

base::Status ExecutionRecorder::commit() {
  journal::Batch batch;
  record_.answers = log_.count();
  batch.entries = entries_;
  batch.state.documents = log_.pending_documents();
  batch.state.documents.push_back(record_.write());
  batch.state.documents.insert(batch.state.documents.end(), documents_.begin(), documents_.end());
  TRY(auto written, journal_.append(std::move(batch)));
  log_.committed();
  entries_.clear();
  documents_.clear();
  return {};
}

}  // namespace setpoint::response
