// lint, standards
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "engine/engine.h"

namespace setpoint::cli {

namespace {

base::Json diagnostic_json(const base::Diagnostic& item) {
  std::string_view severity = item.severity == base::Severity::error     ? "error"
                              : item.severity == base::Severity::warning ? "warning"
                                                                         : "note";
  return {{"severity", severity},     {"code", item.code}, {"file", item.file}, {"line", item.at.line},
          {"column", item.at.column}, {"what", item.what}, {"hint", item.hint}};
}

void lint(Context& context, const std::vector<std::string>& paths) {
  base::Diagnostics diagnostics;
  base::Result<std::size_t> checked = context.lint(paths.empty() ? context.content_roots() : paths, diagnostics);
  if (!checked) return context.fail(checked.error());
  if (context.options.json) {
    base::Json out = base::Json::array();
    for (const base::Diagnostic& item : diagnostics.items()) out.push_back(diagnostic_json(item));
    std::cout << out.dump(2) << "\n";
  } else {
    std::cout << diagnostics.render();
    std::cerr << fmt::format("{} files checked, {} errors, {} other remarks\n", *checked, diagnostics.error_count(),
                             diagnostics.items().size() - diagnostics.error_count());
  }
  if (diagnostics.has_errors()) context.exit_code = kBadInput;
}

void standards(Context& context) {
  context.with_engine([&](engine::Engine& engine) -> base::Status {
    Table table({"CONTROL", "SEVERITY", "REMEDY", "TITLE"});
    base::Json all = base::Json::array();
    std::size_t with_remedy = 0;
    for (const std::string& id : engine.parts().controls.ids()) {
      const model::Control* control = engine.parts().controls.find(id);
      bool remedy = control->remediation && engine.parts().library.document(control->remediation->runbook);
      with_remedy += remedy ? 1 : 0;
      std::string word = remedy                 ? control->remediation->runbook
                         : control->remediation ? control->remediation->runbook + " (not there yet)"
                                                : "human: " + control->human;
      table.add(
          {id, std::string(model::to_string(control->severity)), printable(word, 60), printable(control->title, 80)},
          {Tone::accent, tone_of(control->severity)});
      all.push_back(
          {{"control", id},
           {"severity", model::to_string(control->severity)},
           {"title", control->title},
           {"mappings", control->mappings},
           {"remediation", control->remediation ? base::Json(control->remediation->runbook) : base::Json(nullptr)},
           {"remedy_available", remedy},
           {"human", control->human}});
    }
    std::cout << (context.options.json ? all.dump(2) + "\n" : table.render(context.paint));
    if (!context.options.json)
      std::cout << fmt::format("{} controls, {} with a remedy that can be rehearsed and applied here\n", all.size(),
                               with_remedy);
    return {};
  });
}

}  // namespace

void add_content_commands(CLI::App& app, Context& context) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* linting =
      app.add_subcommand("lint", "Check controls, rules, runbooks, automations and setpoint.yaml before they run");
  linting->add_option("content", *paths, "files or folders (default: the content roots)");
  linting->footer(
      "Examples\n  setpoint lint content\n  setpoint lint content/runbooks/Setpoint-RevokeOpenIngress/document.yaml");
  linting->callback([&context, paths] { lint(context, *paths); });
  app.add_subcommand("standards", "The controls, and which have a remedy")->callback([&context] {
    standards(context);
  });
}

}  // namespace setpoint::cli
