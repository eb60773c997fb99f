// Reads one control.yaml (design section 6), strictly: an unknown field, a missing one, a word that is no severity is a
// Diagnostic with its place. The JSON Schema content/schemas/control.schema.json says the same to editors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "model/control.h"

namespace setpoint::standards {

struct ControlFile {
  model::Control control;
  std::string path;       // of the control.yaml
  std::string rule_path;  // of the rule, beside it
  // JSON pointers into the configuration item without which the control cannot be judged: their absence is UNKNOWN;
  // null counts as there.
  std::vector<std::string> needs;
};

std::optional<ControlFile> read_control(const std::string& path, base::Diagnostics& diagnostics);

// Is the member that the pointer names there? Null is an answer: AWS Config writes it for what is not set.
bool has_member(const base::Json& value, std::string_view pointer);

}  // namespace setpoint::standards
