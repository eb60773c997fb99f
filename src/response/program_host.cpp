#include "response/program_host.h"

#include <filesystem>

#include "base/file.h"
#include "response/scripts.h"
#include "runbook/limits.h"

namespace setpoint::response {

using base::ErrorCode;
using runbook::CallSite;

namespace {

constexpr std::size_t kChildDepthMax = 8;  // documents that run documents

tl::unexpected<base::Error> not_here(const char* what) {
  return base::fail(ErrorCode::unsupported, "{} is not carried out by this build", what);
}

// Names come from documents: they must not lead out of the document's folder.
bool plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos;
}

base::Result<runbook::Document> compile_file(const std::string& path) {
  TRY(std::string text, base::read_file(path, runbook::kDocumentBytesMax));
  base::Diagnostics diagnostics;
  if (auto document = runbook::Document::compile({path, text}, diagnostics)) return std::move(*document);
  return base::fail({ErrorCode::invalid_input, "the document has mistakes:\n" + diagnostics.render(), path, {}, {}});
}

}  // namespace

std::string site_text(const CallSite& site) { return fmt::format("{}@{}#{}", site.path, site.attempt, site.sequence); }

std::string stable_uuid(const std::string& text) {
  std::string hex = base::sha256(text).hex();
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20, 12);
}

runbook::Answer<runbook::Done> ProgramHost::before_step(const CallSite&, const runbook::StepRecord&) {
  return runbook::Done{};
}

void ProgramHost::note_step(const CallSite&, const runbook::StepRecord&) {}

runbook::Answer<runbook::ScriptResult> ProgramHost::run_script(const CallSite& site,
                                                               const runbook::ScriptRequest& request) {
  if (program_.scripts == nullptr) return not_here("aws:executeScript");
  CallSite inner = site;
  inner.path += "/script";
  inner.sequence = 0;
  return program_.scripts->run(request, [&](const model::ApiCall& call) {
    ++inner.sequence;
    return call_api(inner, call);
  });
}

runbook::Answer<std::optional<runbook::Signal>> ProgramHost::wait_for_signal(const CallSite&,
                                                                             const runbook::SignalRequest& request) {
  bool approval = request.kind == runbook::SignalRequest::Kind::approval;
  return base::fail({ErrorCode::unsupported,
                     fmt::format("{} waits for a signal, and nobody can send one to this execution",
                                 approval ? "aws:approve" : "aws:pause"),
                     {},
                     "plans are approved before they run: leave the step out",
                     {}});
}

base::Result<std::string> ProgramHost::resolve_ssm_parameter(const std::string& name) {
  std::string step = fmt::format("ssm-parameter-{}", ++ssm_parameters_);
  model::ApiCall call{program_.context.account, program_.context.region, "ssm", "GetParameter", {{"Name", name}}};
  runbook::Answer<base::Json> answer = call_api({step, step, 1, 0, {}}, call);
  if (answer.interrupted()) return base::fail(ErrorCode::cancelled, "the execution was stopped");
  if (!answer.result()) return base::fail(std::move(answer.result()).error());
  return base::string_member(base::member(*answer.result(), "Parameter"), "Value");
}

// Documents of the same folder first: a set of documents that call one another is run as it lies there.
base::Result<runbook::Document> ProgramHost::child_document(const std::string& name) const {
  // arn:aws:ssm:eu-west-1:111122223333:automation-definition/Name:1
  std::string plain = name.substr(name.starts_with("arn:") ? name.find_last_of('/') + 1 : 0);
  plain = plain.substr(0, plain.find(':'));
  for (const char* extension : {".yaml", ".yml", ".json"}) {
    if (program_.folder.empty() || !plain_name(plain)) break;
    std::filesystem::path path = std::filesystem::path(program_.folder) / (plain + extension);
    if (std::filesystem::exists(path)) return compile_file(path.string());
  }
  if (program_.library == nullptr) return not_here("aws:executeAutomation");
  return program_.library->document(plain);
}

runbook::Answer<runbook::ChildResult> ProgramHost::start_child(const CallSite& site,
                                                               const runbook::ExecuteAutomationRequest& request) {
  bool many = !request.targets.empty() || !request.target_maps.empty() || !request.target_locations.empty();
  if (many) return not_here("aws:executeAutomation with Targets, TargetMaps or TargetLocations");
  if (child_depth_ >= kChildDepthMax)
    return base::fail(ErrorCode::limit_exceeded, "documents run documents {} deep at most", kChildDepthMax);
  TRY(runbook::Document document, child_document(request.document_name));
  TRY(base::Json parameters, runbook::bind_parameters(document, request.parameters, *this));
  runbook::ExecutionContext child = program_.context;
  child.parent_execution_id = program_.context.execution_id;
  child.execution_id = stable_uuid(fmt::format("{}/{}/{}", child.execution_id, site_text(site), ++children_));
  std::swap(program_.context, child);
  ++child_depth_;
  runbook::ExecutionReport report = runbook::run(document, parameters, program_.context, *this);
  --child_depth_;
  std::swap(program_.context, child);
  if (report.suspended) return runbook::Interrupt::suspend;
  return runbook::ChildResult{child.execution_id, report.status, report.outputs, report.failure_message};
}

runbook::Answer<runbook::WebhookResponse> ProgramHost::invoke_webhook(const CallSite&, const runbook::WebhookRequest&) {
  return not_here("aws:invokeWebhook");
}

base::Result<std::string> ProgramHost::read_attachment(const std::string& name) {
  if (program_.folder.empty()) return not_here("an attachment of a runbook of the content");
  if (!plain_name(name)) return base::fail(ErrorCode::invalid_input, "'{}' is no plain name of an attachment", name);
  return base::read_file((std::filesystem::path(program_.folder) / name).string());
}

}  // namespace setpoint::response
