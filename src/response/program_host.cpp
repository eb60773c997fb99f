#include "response/program_host.h"

#include <filesystem>

#include "base/file.h"
#include "response/scripts.h"
#include "response/targets.h"
#include "runbook/limits.h"
#include "runbook/rate_control.h"

namespace setpoint::response {

using base::ErrorCode;
using runbook::CallSite;

namespace {

tl::unexpected<base::Error> not_here(const char* what) {
  return base::fail(ErrorCode::unsupported, "{} is not carried out by this build", what);
}

// Names come from documents: they must not lead out of the document's folder.
bool plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos;
}

}  // namespace

base::Result<runbook::Document> compile_document(const std::string& path, const runbook::ApiCatalog* apis) {
  TRY(std::string text, base::read_file(path, runbook::kDocumentBytesMax));
  base::Diagnostics diagnostics;
  if (auto document = runbook::Document::compile({path, text}, diagnostics, apis)) return std::move(*document);
  return base::fail({ErrorCode::invalid_input, "the document has mistakes:\n" + diagnostics.render(), path, {}, {}});
}

base::Status check_attachments(const runbook::Document& document, const std::string& folder) {
  for (const runbook::Attachment& attachment : document.attachments()) {
    if (attachment.sha256.empty() || !plain_name(attachment.name)) continue;
    TRY(std::string content, base::read_file((std::filesystem::path(folder) / attachment.name).string()));
    auto pinned = base::parse_digest(attachment.sha256);
    if (pinned && *pinned == base::sha256(content)) continue;
    return base::fail({ErrorCode::corrupted,
                       "the attachment does not have the SHA-256 that the document gives it",
                       attachment.name,
                       {},
                       {}});
  }
  return {};
}

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
    if (std::filesystem::exists(path)) return compile_document(path.string(), program_.apis);
  }
  if (program_.library == nullptr) return not_here("aws:executeAutomation");
  return program_.library->document(plain);
}

runbook::Answer<runbook::ChildResult> ProgramHost::start_child(const CallSite& site,
                                                               const runbook::ExecuteAutomationRequest& request) {
  if (child_depth_ >= kChildDepthMax)
    return base::fail(ErrorCode::limit_exceeded, "documents run documents {} deep at most", kChildDepthMax);
  TRY(runbook::Document document, child_document(request.document_name));
  bool many = !request.fleet.empty();
  return many ? run_fleet_here(site, document, request) : run_child_here(site, document, request.parameters);
}

runbook::Answer<runbook::ChildResult> ProgramHost::run_child_here(const CallSite& site,
                                                                  const runbook::Document& document,
                                                                  const base::Json& given) {
  TRY(base::Json parameters, runbook::bind_parameters(document, given, program_.context, *this));
  runbook::ExecutionContext child = program_.context;
  child.parent_execution_id = program_.context.execution_id;
  child.execution_id = stable_uuid(fmt::format("{}/{}/{}", child.execution_id, site_text(site), ++children_));
  std::swap(program_.context, child);
  ++child_depth_;
  runbook::ExecutionReport report = runbook::run(document, parameters, program_.context, *this);
  --child_depth_;
  std::swap(program_.context, child);
  if (report.suspended) return runbook::Interrupt::suspend;
  return runbook::ChildResult{child.execution_id, report.status, report.outputs, document.outputs(),
                              report.failure_message};
}

runbook::Answer<runbook::ChildResult> ProgramHost::run_fleet_here(const CallSite& site,
                                                                  const runbook::Document& document,
                                                                  const runbook::ExecuteAutomationRequest& request) {
  FleetRequest fleet = request.fleet;
  TRY_VOID(check_fleet(document, fleet));
  TRY(std::vector<FleetMember> members, named_members(document, fleet, context()));
  runbook::RateControlRequest rate{members.size(), "1", fleet.max_errors.empty() ? "100%" : fleet.max_errors, false};
  TRY(runbook::RateControl control, runbook::RateControl::create(rate));
  runbook::ChildResult out;
  out.execution_id = stable_uuid(fmt::format("{}/{}/fleet", context().execution_id, site_text(site)));
  while (std::optional<std::size_t> next = control.next()) {
    base::Json parameters = request.parameters;
    parameters.update(members[*next].parameters);
    runbook::Answer<runbook::ChildResult> child = run_child_here(site, document, parameters);
    if (child.interrupted()) return child.interrupt();
    bool good = child.result() && child.result()->status == runbook::ExecutionStatus::success;
    if (!good && out.failure_message.empty())
      out.failure_message = child.result() ? child.result()->failure_message : child.result().error().text();
    control.finished(*next, good);
  }
  out.status = members.empty() ? runbook::ExecutionStatus::failed : control.status();
  return out;
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
