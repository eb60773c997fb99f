#include "app/lint.h"

#include <algorithm>
#include <filesystem>

#include "app/adapters.h"
#include "app/config.h"
#include "app/profiled_controls.h"
#include "app/runbook_use.h"
#include "app/wiring.h"
#include "base/file.h"
#include "guard/rule_set.h"
#include "routing/routes.h"
#include "runbook/lint.h"

namespace setpoint::app {

namespace fs = std::filesystem;

namespace {

class Linter {
 public:
  Linter(const runbook::ApiCatalog& apis, base::Diagnostics& diagnostics) : apis_(apis), diagnostics_(diagnostics) {}

  base::Status path(const std::string& given) {
    std::error_code failed;
    if (!fs::exists(given, failed))
      return base::fail({base::ErrorCode::not_found, "no such file or folder", given, {}, {}});
    if (!fs::is_directory(given, failed)) {
      file(given);
      return {};
    }
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(given, failed)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    for (const std::string& one : files) file(one);
    return {};
  }

  std::size_t checked() const { return checked_; }

 private:
  void file(const std::string& path) {
    fs::path p(path);
    std::string name = p.filename().string();
    std::string folder = p.parent_path().filename().string();
    if (name == "control.yaml") {
      control(p.parent_path().string());
    } else if (p.extension() == ".guard" && !fs::exists(p.parent_path() / "control.yaml")) {
      with_text(path, [&](const base::SourceText& source) { (void)guard::RuleSet::compile(source, diagnostics_); });
    } else if (folder == "automations" && (p.extension() == ".yaml" || p.extension() == ".yml")) {
      with_text(path, [&](const base::SourceText& source) { automation(source); });
    } else if (name == "setpoint.yaml") {
      with_text(path, [&](const base::SourceText& source) {
        auto config = parse_config(source, p.parent_path().string(), diagnostics_);
        if (config) check_profiles_and_exceptions(*config, content_roots({}, config->content), diagnostics_);
      });
    } else if (name.starts_with("document.") || holds_runbook(path)) {
      with_text(path, [&](const base::SourceText& source) { document(source); });
    }
  }

  template <class Check>
  void with_text(const std::string& path, Check check) {
    ++checked_;
    auto text = base::read_file(path, base::kYamlBytesMax);
    if (text) return check(base::SourceText{path, *text});
    diagnostics_.error("unreadable", path, {}, text.error().message);
  }

  void control(const std::string& folder) {
    ++checked_;
    (void)standards::Standards::load(folder, diagnostics_);
  }

  // The runbooks that it may name lie beside automations/, or in the content that is used without another word.
  RunbookFolder runbooks_for(const std::string& automation) const {
    std::vector<std::string> roots = content_roots({}, {});
    roots.insert(roots.begin(), fs::path(automation).parent_path().parent_path().string());
    return {std::move(roots), apis_};
  }

  void automation(const base::SourceText& source) {
    routing::Routes routes;
    auto parsed = routing::parse_automation(source, diagnostics_);
    if (!parsed) return;
    if (parsed->run != routing::kControlsOwnRemedy)
      check_runbook_use({parsed->run, parsed->with}, source.name, runbooks_for(source.name), diagnostics_);
    routes.add(std::move(*parsed), diagnostics_);
  }

  void document(const base::SourceText& source) {
    auto compiled = runbook::Document::compile(source, diagnostics_, &apis_);
    if (compiled) runbook::lint(*compiled, source.name, diagnostics_, &apis_);
  }

  // A document of any name is known by its schemaVersion.
  static bool holds_runbook(const std::string& path) {
    fs::path p(path);
    if (p.extension() != ".yaml" && p.extension() != ".yml" && p.extension() != ".json") return false;
    auto text = base::read_file(path, base::kYamlBytesMax);
    return text && text->find("schemaVersion") != std::string::npos && text->find("mainSteps") != std::string::npos;
  }

  const runbook::ApiCatalog& apis_;
  base::Diagnostics& diagnostics_;
  std::size_t checked_ = 0;
};

}  // namespace

base::Result<std::size_t> lint(const std::vector<std::string>& paths, base::Diagnostics& diagnostics) {
  TRY(auto models, cloud::aws::ModelCatalog::open_default({}));
  ModelApiCatalog apis(models);
  Linter linter(apis, diagnostics);
  for (const std::string& path : paths) TRY_VOID(linter.path(path));
  return linter.checked();
}

}  // namespace setpoint::app
