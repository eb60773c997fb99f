// lint
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"

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

}  // namespace

void add_content_commands(CLI::App& app, Context& context) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* linting =
      app.add_subcommand("lint", "Check controls, rules, runbooks, automations and setpoint.yaml before they run");
  linting->add_option("content", *paths, "files or folders (default: the content roots)");
  linting->footer(
      "Examples\n  setpoint lint content\n  setpoint lint content/runbooks/Setpoint-RevokeOpenIngress/document.yaml");
  linting->callback([&context, paths] { lint(context, *paths); });
  add_standards_command(app, context);
}

}  // namespace setpoint::cli
