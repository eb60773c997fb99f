#include "response/direct_host.h"

#include <filesystem>

#include "base/file.h"
#include "cloud/aws/read_only.h"
#include "response/recorder.h"
#include "runbook/limits.h"

namespace setpoint::response {

using base::Json;
using model::ApiCall;

namespace {

// Names come from documents: they must not lead out of the document's folder.
bool plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos;
}

}  // namespace

runbook::Answer<Json> DirectHost::call_api(const runbook::CallSite& site, const ApiCall& call) {
  return cloud::aws::is_read_only(call.service, call.operation) ? send(call) : change(site, call);
}

base::Result<Json> DirectHost::send(const ApiCall& call) {
  TRY(cloud::CallResult result, ports_.client.call(call, {run_, cloud::aws::Lane::normal, {}}));
  return std::move(result.output);
}

base::Result<Json> DirectHost::change(const runbook::CallSite& site, const ApiCall& call) {
  std::size_t number = ++changes_;
  Json intent = {{"number", number},
                 {"step", site.step},
                 {"call", call.json()},
                 {"digest", call.digest().hex()},
                 {"direct", true}};
  if (auto announced = ports_.journal.append("call.intent", actor_, run_, std::move(intent)); !announced)
    return base::fail(std::move(announced).error());
  base::Result<Json> output = send(call);
  Json outcome = {{"number", number}, {"ok", output.has_value()}};
  if (!output) outcome["error"] = error_json(output.error());
  if (auto concluded = ports_.journal.append("call.outcome", actor_, run_, std::move(outcome)); !concluded)
    return base::fail(std::move(concluded).error());
  return output;
}

runbook::Answer<runbook::Done> DirectHost::sleep_until(const runbook::CallSite&, base::Timestamp until) {
  base::Timestamp now = ports_.clock.now();
  if (until > now) ports_.clock.sleep_for(until - now);
  return runbook::Done{};
}

base::Result<std::string> DirectHost::read_attachment(const std::string& name) {
  if (ports_.folder.empty() || !plain_name(name)) return ProgramHost::read_attachment(name);
  return base::read_file((std::filesystem::path(ports_.folder) / name).string());
}

// Documents of the same folder first: a set of documents that call one another is run as it lies there.
base::Result<runbook::Document> DirectHost::child_document(const std::string& name) const {
  for (const char* extension : {".yaml", ".yml", ".json"}) {
    if (ports_.folder.empty() || !plain_name(name)) break;
    std::filesystem::path path = std::filesystem::path(ports_.folder) / (name + extension);
    if (!std::filesystem::exists(path)) continue;
    TRY(std::string text, base::read_file(path.string(), runbook::kDocumentBytesMax));
    base::Diagnostics diagnostics;
    if (auto document = runbook::Document::compile({path.string(), text}, diagnostics)) return std::move(*document);
    return base::fail(
        {base::ErrorCode::invalid_input, "the document has mistakes:\n" + diagnostics.render(), path.string(), {}, {}});
  }
  return ProgramHost::child_document(name);
}

}  // namespace setpoint::response
