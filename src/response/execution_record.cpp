#include "response/execution_record.h"

namespace setpoint::response {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

std::size_t count_member(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return value.is_number_integer() ? value.get<std::size_t>() : 0;
}

std::vector<std::string> texts_member(const Json& json, std::string_view name) {
  std::vector<std::string> out;
  for (const Json& text : member(json, name)) out.push_back(text.is_string() ? text.get<std::string>() : "");
  return out;
}

base::Timestamp milliseconds_member(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return {value.is_number_integer() ? value.get<std::int64_t>() : 0};
}

Json context_json(const runbook::ExecutionContext& context) {
  return {{"account", context.account},
          {"region", context.region},
          {"partition", context.partition},
          {"executed_by", context.executed_by},
          {"mode", context.mode}};
}

runbook::ExecutionContext context_from_json(const Json& json) {
  runbook::ExecutionContext out;
  out.account = string_member(json, "account");
  out.region = string_member(json, "region");
  out.partition = string_member(json, "partition");
  out.executed_by = string_member(json, "executed_by");
  out.mode = string_member(json, "mode");
  return out;
}

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
  return {{"name", one.name}, {"parameters", one.parameters}, {"account", one.account}, {"region", one.region},
          {"role", one.role}, {"fleet", one.fleet.json()}};
}

FleetMember member_from_json(const Json& json) {
  return {string_member(json, "name"),   member(json, "parameters"),  string_member(json, "account"),
          string_member(json, "region"), string_member(json, "role"), FleetRequest::from_json(member(json, "fleet"))};
}

Json list_member(const Json& json, std::string_view name) {
  const Json& value = member(json, name);
  return value.is_array() ? value : Json::array();
}

}  // namespace

Json FleetRequest::json() const {
  if (empty() && target_parameter_name.empty()) return nullptr;
  return {{"target_parameter_name", target_parameter_name},
          {"targets", targets},
          {"target_maps", target_maps},
          {"target_locations", target_locations},
          {"max_concurrency", max_concurrency},
          {"max_errors", max_errors}};
}

FleetRequest FleetRequest::from_json(const Json& json) {
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
              {"fleet", fleet.json()},
              {"resolved", resolved},
              {"actor", actor},
              {"status", runbook::to_string(status)},
              {"message", message},
              {"outputs", outputs},
              {"started", started.ms},
              {"ended", ended.ms},
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
  out.fleet = FleetRequest::from_json(member(json, "fleet"));
  for (const Json& one : member(json, "members")) out.members.push_back(member_from_json(one));
  out.resolved = member(json, "resolved") == Json(true);
  out.actor = string_member(json, "actor");
  TRY(out.status, runbook::parse_execution_status(string_member(json, "status")));
  out.message = string_member(json, "message");
  out.outputs = member(json, "outputs");
  out.started = milliseconds_member(json, "started");
  out.ended = milliseconds_member(json, "ended");
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
