#include "app/profiled_controls.h"

#include <filesystem>

namespace setpoint::app {

namespace {

struct Root {
  std::string directory;
  standards::Standards standards;
};

std::vector<Root> load_roots(const std::vector<std::string>& roots, base::Diagnostics& diagnostics) {
  std::vector<Root> out;
  for (const std::string& root : roots) {
    std::string directory = root + "/standards";
    if (std::filesystem::exists(directory))
      out.push_back({directory, standards::Standards::load(directory, diagnostics)});
  }
  return out;
}

std::optional<std::vector<standards::Profile>> profiles_of(const Config& config, const std::vector<Root>& roots,
                                                           base::Diagnostics& diagnostics) {
  if (!config.profiles) return std::vector<standards::Profile>();
  std::vector<model::Control> known;
  for (const Root& root : roots) {
    auto controls = root.standards.controls();
    known.insert(known.end(), controls.begin(), controls.end());
  }
  return standards::read_profiles(*config.profiles, config.file, known, diagnostics);
}

base::Error mistakes(const base::Diagnostics& diagnostics) {
  return {base::ErrorCode::invalid_input, "the configuration has mistakes:\n" + diagnostics.render(), {}, {}, {}};
}

}  // namespace

base::Result<std::unique_ptr<LoadedControls>> load_controls(const Config& config, const std::vector<std::string>& roots,
                                                            const guard::Surroundings& surroundings,
                                                            base::Diagnostics& diagnostics) {
  std::vector<Root> loaded = load_roots(roots, diagnostics);
  base::Diagnostics own;
  auto profiles = profiles_of(config, loaded, own);
  if (!profiles) return base::fail(mistakes(own));
  std::vector<standards::ProfiledStandards> out;
  for (Root& root : loaded)
    out.push_back(standards::ProfiledStandards::over(std::move(root.standards), root.directory, *profiles));
  return std::make_unique<LoadedControls>(std::move(out), config.units_of_account, surroundings);
}

base::Result<std::shared_ptr<const findings::Exceptions>> load_exceptions(const Config& config) {
  if (!config.exceptions) return std::shared_ptr<const findings::Exceptions>();
  base::Diagnostics diagnostics;
  auto exceptions = findings::Exceptions::compile(*config.exceptions, config.file, diagnostics);
  if (!exceptions) return base::fail(mistakes(diagnostics));
  return std::make_shared<const findings::Exceptions>(std::move(*exceptions));
}

void check_profiles_and_exceptions(const Config& config, const std::vector<std::string>& roots,
                                   base::Diagnostics& diagnostics) {
  base::Diagnostics of_controls;
  if (config.profiles) (void)profiles_of(config, load_roots(roots, of_controls), diagnostics);
  if (config.exceptions) (void)findings::Exceptions::compile(*config.exceptions, config.file, diagnostics);
}

}  // namespace setpoint::app
