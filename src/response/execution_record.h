// ExecutionRecord: one direct execution of a document, as it is kept on disk: `setpoint run`, each of its targets, each
// document that it calls. The record, the answers that its program got (answer_log.h), the journal's entries and, at
// the end, the rendered report are committed in the same transactions, so none of them says what another does not.
//
// A fleet is an execution over many targets: its members are executions of their own, and it has no steps but them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/plan.h"
#include "response/answer_log.h"
#include "response/ports.h"
#include "runbook/execution.h"
#include "runbook/host.h"

namespace setpoint::response {

// Spaces of journal::DocumentWrite.
inline constexpr char kExecutionSpace[] = "executions";                   // by id; indices "parent", "open"
inline constexpr char kExecutionDocumentSpace[] = "execution-documents";  // by the document's digest
inline constexpr char kExecutionReportSpace[] = "execution-reports";      // by id: rendered; index "parent"

using runbook::FleetRequest;
base::Json fleet_json(const FleetRequest& fleet);
FleetRequest fleet_from_json(const base::Json& json);

// With whose hands. The roles are assumed one after the other, from the credentials of the account `home`.
struct Acting {
  std::string home;
  std::vector<std::string> roles;  // of the location
  std::string inherited_role;      // the calling document's, where a called document names none
  base::Json session_policy;       // null: none
  bool assume_document_role = true;
};

struct FleetMember {
  std::string name;                              // what it works on, for people: "i-0abc", "222233334444/eu-west-1"
  base::Json parameters = base::Json::object();  // beside those of the fleet
  std::string account;
  std::string region;
  std::string role;    // assumed beside those of the fleet; "" for none
  FleetRequest fleet;  // of a location with targets
};

// A call that was announced and has no outcome yet.
struct OpenIntent {
  std::string site;
  base::Digest call;
};

struct ExecutionRecord {
  std::string id;
  std::string name;                    // of a member: what it works on
  std::vector<std::string> ancestors;  // the outermost first
  std::string lock_holder;             // its own id, or that of the execution whose document called it
  std::string document_name;           // as it was called for
  base::Digest document;
  std::string folder;                            // of a document that is a file; "" for none
  base::Json parameters = base::Json::object();  // as given
  runbook::ExecutionContext context;
  Acting acting;
  FleetRequest fleet;
  std::optional<ContainmentTerms> containment;  // of a document whose effect must end
  std::vector<FleetMember> members;             // once resolved
  bool resolved = false;
  std::string actor;
  runbook::ExecutionStatus status = runbook::ExecutionStatus::pending;
  std::string message;
  base::Json outputs = base::Json::object();
  base::Timestamp started;
  base::Timestamp ended;
  std::size_t answers = 0;
  std::size_t changes = 0;  // changing calls that were announced
  std::size_t signals = 0;  // taken so far
  std::optional<OpenIntent> open_intent;

  bool over() const { return runbook::is_terminal(status); }
  std::string parent() const { return ancestors.empty() ? "" : ancestors.back(); }
  base::Json json() const;
  journal::DocumentWrite write() const;
};
base::Result<ExecutionRecord> execution_from_json(const base::Json& json);
base::Result<ExecutionRecord> load_execution(const Records& records, const std::string& id);  // not_found with the id

// The document that an execution began with, whatever has become of its file since.
journal::DocumentWrite document_write(const runbook::Document& document);
base::Result<runbook::Document> load_document(const Records& records, const base::Digest& digest);

// Record, answers and entries of one execution, committed together. One owner; see recorder.h for that of a plan's run.
class ExecutionRecorder {
 public:
  ExecutionRecorder(journal::Journal& journal, ExecutionRecord record)
      : journal_(journal), record_(std::move(record)), log_(record_.id) {}

  base::Status load(const Records& records) { return log_.load(records, record_.answers); }
  ExecutionRecord& record() { return record_; }
  const ExecutionRecord& record() const { return record_; }
  AnswerLog& log() { return log_; }

  // Goes with the next commit.
  void announce(std::string kind, base::Json body);
  void add_state(journal::DocumentWrite document) { documents_.push_back(std::move(document)); }
  base::Status commit();

 private:
  journal::Journal& journal_;
  ExecutionRecord record_;
  AnswerLog log_;
  std::vector<journal::EntryDraft> entries_;
  std::vector<journal::DocumentWrite> documents_;
};

}  // namespace setpoint::response
