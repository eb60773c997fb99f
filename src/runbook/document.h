// A Systems Manager Automation document (schemaVersion 0.3, YAML or JSON), checked and immutable.
//
// Place in the flow: content/ and people hand in text; `compile` turns it into a Document once; `Execution`
// (execution.h) runs it any number of times, from many threads, against a Host (host.h). lint.h looks deeper than
// compile needs to.
//
//   Diagnostics diagnostics;
//   std::optional<Document> document = Document::compile({path, text}, diagnostics);
//   if (!document) return refuse(diagnostics.render());
//   TRY(Json parameters, bind_parameters(*document, given, context, host));
//   ExecutionReport report = run(*document, parameters, context, host);
//
// Ownership: a Document is a handle on shared immutable data; copying it is cheap, and it needs nothing of the source
// text. Refusals (Diagnostics, all of them in one go, each with its place): another schemaVersion, an unknown action or
// property, a reference to a parameter, step or variable that the document does not have, a jump to a step that is not
// there, values that cannot fit, more than limits.h allows. With an ApiCatalog also services, operations and members
// that do not exist. Source: AWS Systems Manager User Guide, "Systems Manager Automation actions reference";
// ../shared/facts/ssm-automation.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/digest.h"
#include "base/document.h"
#include "base/json.h"
#include "runbook/actions.h"
#include "runbook/parameters.h"
#include "runbook/selector.h"

namespace setpoint::runbook {

class ApiCatalog;

// Where control goes after a failure or a cancellation.
struct Handler {
  enum class Kind { abort, proceed, step };  // proceed: "Continue"
  Kind kind = Kind::abort;
  std::string step;          // of Kind::step
  std::string text() const;  // "Abort", "Continue", "step:Name"
};

struct StepOutput {
  std::string name;
  std::optional<Selector> selector;  // absent: the whole result of the action
  ValueType type = ValueType::string;
  base::Position at;
};

struct Step {
  std::string name;
  Action action{};
  std::string description;
  base::Json inputs = base::Json::object();  // with references unresolved
  base::Node inputs_node;                    // the same with places, for diagnostics
  std::vector<StepOutput> outputs;
  std::vector<Step> body;  // of aws:loop
  Handler on_failure;
  Handler on_cancel;
  std::string next_step;  // "" = the one written below
  bool is_end = false;
  bool is_critical = true;
  std::int64_t max_attempts = 1;
  // Seconds; a reference ("{{ Minutes }}") is resolved when the step starts. Null: the action's default.
  base::Json timeout_seconds;
  base::Position at;
  std::size_t index = 0;  // position in its list
};

// `files` and `attachments` of the document: name to SHA-256, where the document pins one.
struct Attachment {
  std::string name;
  std::string sha256;
};

class Document {
 public:
  // nullopt exactly where `diagnostics` gained an error.
  static std::optional<Document> compile(const base::SourceText& source, base::Diagnostics& diagnostics,
                                         const ApiCatalog* apis = nullptr);

  const std::string& name() const;     // the source's name without folders and extension
  const base::Digest& digest() const;  // of the content in canonical JSON: layout and comments do not count
  const base::Json& content() const;   // the whole document
  const std::string& description() const;
  const std::string& assume_role() const;  // as written: constant, "{{ Parameter }}" or ""
  const std::vector<Parameter>& parameters() const;
  const Parameter* parameter(std::string_view name) const;
  const std::vector<Variable>& variables() const;
  const std::vector<Step>& steps() const;
  const Step* step(std::string_view name) const;    // nested ones too
  const std::vector<std::string>& outputs() const;  // "Step.Output"
  const std::vector<Attachment>& attachments() const;

  struct Data;
  explicit Document(std::shared_ptr<const Data> data);

 private:
  std::shared_ptr<const Data> data_;
};

// Each step of the document and of its loops' bodies, in order of writing.
void for_each_step(const std::vector<Step>& steps, const std::function<void(const Step&)>& visit);

// A call that a step will make, read from the document alone: what `setpoint runbook policy` starts from. Actions that
// are made of calls (aws:runInstances) list each of them. A script's calls cannot be read: `service` is "" and
// `dynamic` is true.
struct StaticCall {
  std::string step;
  std::string service;
  std::string operation;
  base::Json parameters;  // with references unresolved
  bool dynamic = false;   // service or operation hold a reference, or the step is a script
};
std::vector<StaticCall> api_calls(const Document& document);

}  // namespace setpoint::runbook
