#include "routing/routes.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"

namespace setpoint::routing {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> automation_files(const std::string& root) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(root) / "automations", ignored)) {
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Routes Routes::load(const std::vector<std::string>& folders, base::Diagnostics& diagnostics) {
  Routes out;
  for (const std::string& folder : folders) {
    for (const std::string& file : automation_files(folder)) {
      auto text = base::read_file(file, base::kYamlBytesMax);
      if (!text) {
        diagnostics.error("automation-unreadable", file, {}, text.error().message);
        continue;
      }
      if (auto automation = parse_automation({file, *text}, diagnostics)) out.add(std::move(*automation), diagnostics);
    }
  }
  return out;
}

void Routes::add(Automation automation, base::Diagnostics& diagnostics) {
  if (find(automation.name) != nullptr) {
    return diagnostics.error("duplicate-automation", automation.file, {},
                             fmt::format("a second automation is called '{}'", automation.name));
  }
  base::Diagnostics of_pattern;
  auto compiled = pattern::Pattern::compile({automation.file, automation.when}, of_pattern);
  // The pattern was rewritten from YAML: its own places would mislead.
  for (base::Diagnostic item : of_pattern.items()) {
    item.at = {};
    item.what = "in 'when': " + item.what;
    diagnostics.add(std::move(item));
  }
  if (compiled) routes_.push_back(std::make_unique<const Route>(Route{std::move(automation), std::move(*compiled)}));
}

base::Result<std::vector<const Automation*>> Routes::match(const model::Event& event) const {
  std::vector<const Automation*> out;
  if (routes_.empty()) return out;
  std::string bytes = event.envelope().dump();
  for (const auto& route : routes_) {
    TRY(bool matched, route->pattern.matches(bytes));
    if (matched) out.push_back(&route->automation);
  }
  return out;
}

const Automation* Routes::find(std::string_view name) const {
  auto found =
      std::find_if(routes_.begin(), routes_.end(), [&](const auto& route) { return route->automation.name == name; });
  return found == routes_.end() ? nullptr : &(*found)->automation;
}

std::vector<const Automation*> Routes::all() const {
  std::vector<const Automation*> out;
  for (const auto& route : routes_) out.push_back(&route->automation);
  return out;
}

}  // namespace setpoint::routing
