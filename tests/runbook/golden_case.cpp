#include "golden_case.h"

#include <filesystem>

#include "base/document.h"
#include "base/file.h"

namespace setpoint::runbook {

using base::Json;
using base::member;
using base::string_member;

namespace {

GoldenCase read_case(const Json& json) {
  return {string_member(json, "case"), string_member(json, "rule"), string_member(json, "document"),
          member(json, "parameters"),  member(json, "answers"),     member(json, "expect")};
}

// "Name Status", or "Name Status Stage/Type" where it failed.
Json step_line(const StepRecord& record) {
  std::string line = fmt::format("{} {}", record.path, to_string(record.status));
  if (record.failure) line += fmt::format(" {}/{}", to_string(record.failure->stage), to_string(record.failure->type));
  return line;
}

Json inputs_of(const ExecutionReport& report) {
  Json out = Json::object();
  for (const StepRecord& record : report.steps) out[record.path] = record.inputs;
  return out;
}

}  // namespace

std::vector<std::string> golden_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(SETPOINT_SOURCE_DIR "/tests/golden/runbook")) {
    if (entry.path().extension() == ".yaml") out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

base::Result<std::vector<GoldenCase>> read_cases(const std::string& path) {
  TRY(std::string text, base::read_file(path));
  base::Diagnostics diagnostics;
  auto root = base::parse_yaml({path, text}, diagnostics);
  if (!root) return base::fail(base::ErrorCode::invalid_input, "{}", diagnostics.render());
  std::vector<GoldenCase> out;
  for (const base::Node& node : root->items) out.push_back(read_case(node.json()));
  return out;
}

Json observed(const ExecutionReport& report, const Json& expect) {
  Json out = Json::object();
  if (expect.contains("status")) out["status"] = to_string(report.status);
  if (expect.contains("outputs")) out["outputs"] = report.outputs;
  if (expect.contains("variables")) out["variables"] = report.variables;
  if (expect.contains("failure")) out["failure"] = report.failure_message;
  if (expect.contains("assume_role")) out["assume_role"] = report.assume_role;
  if (expect.contains("steps")) {
    out["steps"] = Json::array();
    for (const StepRecord& record : report.steps) out["steps"].push_back(step_line(record));
  }
  if (expect.contains("inputs")) {
    Json all = inputs_of(report);
    for (auto item = expect["inputs"].begin(); item != expect["inputs"].end(); ++item)
      out["inputs"][item.key()] = member(all, item.key());
  }
  if (expect.contains("step_outputs")) {
    for (const StepRecord& record : report.steps) {
      if (expect["step_outputs"].contains(record.path)) out["step_outputs"][record.path] = record.outputs;
    }
  }
  return out;
}

}  // namespace setpoint::runbook
