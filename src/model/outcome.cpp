#include "model/outcome.h"

#include <array>
#include <utility>

namespace setpoint::model {

namespace {

constexpr std::array<std::pair<RunStatus, std::string_view>, 11> kNames = {{
    {RunStatus::planned, "PLANNED"},
    {RunStatus::applying, "APPLYING"},
    {RunStatus::applied, "APPLIED"},
    {RunStatus::effective, "EFFECTIVE"},
    {RunStatus::ineffective, "INEFFECTIVE"},
    {RunStatus::stale, "STALE"},
    {RunStatus::deviated, "DEVIATION"},
    {RunStatus::failed, "FAILED"},
    {RunStatus::unknown, "UNKNOWN"},
    {RunStatus::undone, "UNDONE"},
    {RunStatus::refused, "REFUSED"},
}};

}  // namespace

std::string_view to_string(RunStatus status) {
  for (const auto& [value, name] : kNames) {
    if (value == status) return name;
  }
  return "?";
}

base::Result<RunStatus> parse_run_status(std::string_view text) {
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
  }
  return base::fail(base::ErrorCode::invalid_input, "'{}' is not a run status", text.substr(0, 64));
}

bool is_terminal(RunStatus status) {
  return status != RunStatus::planned && status != RunStatus::applying && status != RunStatus::applied;
}

}  // namespace setpoint::model
