#include "app/runbook_use.h"

#include <algorithm>

#include "runbook/document.h"

namespace setpoint::app {

using base::Json;
using runbook::Parameter;

namespace {

bool has_reference(const Json& value) { return value.dump().find("{{") != std::string::npos; }

class RunbookUse {
 public:
  RunbookUse(const model::Remediation& use, const std::string& file, base::Diagnostics& diagnostics)
      : use_(use), file_(file), diagnostics_(diagnostics) {}

  void check(const std::vector<Parameter>& parameters) {
    for (const auto& [name, value] : use_.with.items()) check_given(parameters, name, value);
    for (const Parameter& parameter : parameters) {
      if (!parameter.default_value && !use_.with.contains(parameter.name))
        error("missing-parameter", fmt::format("{} needs '{}'", use_.runbook, parameter.name), parameter.description);
    }
  }

  void error(const char* code, std::string what, std::string hint) {
    diagnostics_.error(code, file_, {}, std::move(what), std::move(hint));
  }

 private:
  void check_given(const std::vector<Parameter>& parameters, const std::string& name, const Json& value) {
    auto found = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; });
    if (found == parameters.end()) {
      std::vector<std::string_view> names;
      for (const Parameter& parameter : parameters) names.push_back(parameter.name);
      return error("unknown-parameter", fmt::format("{} has no parameter '{}'", use_.runbook, name),
                   base::did_you_mean(name, names));
    }
    if (has_reference(value)) return;
    auto converted = convert_value(*found, value);
    base::Status fits = converted ? check_value(*found, *converted) : base::Status(base::fail(converted.error()));
    if (!fits) error("bad-parameter", fmt::format("'{}' of {}: {}", name, use_.runbook, fits.error().text()), {});
  }

  const model::Remediation& use_;
  const std::string& file_;
  base::Diagnostics& diagnostics_;
};

}  // namespace

void check_runbook_use(const model::Remediation& use, const std::string& file, const response::Library& library,
                       base::Diagnostics& diagnostics) {
  RunbookUse run(use, file, diagnostics);
  auto document = library.document(use.runbook);
  if (!document) return run.error("unknown-runbook", document.error().message, document.error().hint);
  run.check(document->parameters());
}

}  // namespace setpoint::app
