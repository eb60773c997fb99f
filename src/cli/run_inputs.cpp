#include "cli/run_inputs.h"

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "base/file.h"
#include "engine/engine.h"
#include "response/cases/runbook_about.h"
#include "response/program_host.h"
#include "runbook/limits.h"
#include "runbook/rate_control.h"

namespace setpoint::cli {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Json;

namespace {

// Of TargetLocations and Targets: members that are lists, one value or several.
constexpr std::string_view kLists[] = {"Values", "Accounts", "Regions", "ExcludeAccounts"};

bool is_json(const std::string& text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text[first] == '{' || text[first] == '[');
}

// "Key=tag:Env,Values=test,dev": a part without '=' goes on with the list before it.
base::Result<Json> parse_shorthand(const std::string& text, const std::string& argument) {
  Json out = Json::object();
  std::string name;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(',', at), text.size());
    std::string part = text.substr(at, end - at);
    at = end + 1;
    std::size_t equals = part.find('=');
    bool named = equals != std::string::npos;
    if (!named && name.empty())
      return base::fail(ErrorCode::invalid_input, "{} '{}' is neither JSON, a file, nor Name=value,...", argument,
                        text);
    if (named) name = part.substr(0, equals);
    bool list = std::find(std::begin(kLists), std::end(kLists), name) != std::end(kLists);
    std::string value = named ? part.substr(equals + 1) : part;
    if (list)
      out[name].push_back(std::move(value));
    else
      out[name] = std::move(value);
  }
  return out;
}

base::Status check_rate(const std::string& concurrency, const std::string& errors) {
  if (!concurrency.empty()) {
    if (auto parsed = runbook::parse_concurrency(concurrency, 1); !parsed) return base::fail(parsed.error());
  }
  if (errors.empty()) return {};
  auto parsed = runbook::parse_errors(errors, 1);
  if (!parsed) return base::fail(parsed.error());
  return {};
}

}  // namespace

base::Result<NamedDocument> read_document(engine::Engine& engine, const std::string& what) {
  if (!fs::is_regular_file(what)) {
    TRY(runbook::Document document, engine.parts().library.document(what));
    TRY(auto containment, engine.parts().library.containment(what));
    return NamedDocument{std::move(document), what, "", std::move(containment)};
  }
  TRY(runbook::Document document, response::compile_document(what, engine.parts().apis));
  std::string folder = fs::absolute(what).parent_path().string();
  TRY_VOID(response::check_attachments(document, folder));
  std::string name = document.name();
  NamedDocument out{std::move(document), std::move(name), std::move(folder)};
  // Only a runbook's folder has a word beside its document.
  if (fs::path(what).stem() == "document") {
    TRY(out.containment, response::containment_terms_of(out.folder));
  }
  return out;
}

base::Result<Json> read_value(const std::string& given, const std::string& argument) {
  if (given.empty()) return Json();
  bool inline_json = is_json(given);
  std::string text = given;
  if (!inline_json) {
    TRY(text, base::read_file(given, base::kYamlBytesMax));
  }
  base::Diagnostics diagnostics;
  auto root = base::parse_yaml({inline_json ? argument : given, text}, diagnostics);
  if (root) return root->json();
  return base::fail(ErrorCode::invalid_input, "{} has mistakes:\n{}", argument, diagnostics.render());
}

base::Result<Json> read_parameters(const std::string& given) {
  TRY(Json value, read_value(given, "--parameters"));
  if (value.is_null() && given.empty()) return Json::object();
  if (value.is_object()) return value;
  return base::fail(ErrorCode::invalid_input, "the parameters are no map of names to values");
}

base::Result<Json> read_maps(const std::vector<std::string>& given, const std::string& argument) {
  Json out = Json::array();
  for (const std::string& one : given) {
    bool shorthand = !is_json(one) && !fs::is_regular_file(one);
    TRY(Json value, shorthand ? parse_shorthand(one, argument) : read_value(one, argument));
    if (value.is_object()) value = Json::array({std::move(value)});
    bool maps =
        value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_object(); });
    if (!maps) return base::fail(ErrorCode::invalid_input, "{} is no list of maps", argument);
    for (Json& item : value) out.push_back(std::move(item));
  }
  return out;
}

base::Result<response::FleetRequest> read_fleet(const FleetArguments& arguments) {
  response::FleetRequest out;
  out.target_parameter_name = arguments.target_parameter_name;
  TRY(out.targets, read_maps(arguments.targets, "--targets"));
  TRY(out.target_maps, read_maps(arguments.target_maps, "--target-maps"));
  TRY(out.target_locations, read_maps(arguments.target_locations, "--target-locations"));
  out.max_concurrency = arguments.max_concurrency;
  out.max_errors = arguments.max_errors;
  TRY_VOID(check_rate(out.max_concurrency, out.max_errors));
  bool rated = !out.max_concurrency.empty() || !out.max_errors.empty() || !out.target_parameter_name.empty();
  if (!out.empty() || !rated) return out;
  return base::fail({ErrorCode::invalid_input,
                     "--max-concurrency, --max-errors and --target-parameter-name need targets",
                     {},
                     "give --targets, --target-maps or --target-locations",
                     {}});
}

}  // namespace setpoint::cli
