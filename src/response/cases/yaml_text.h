// JSON as YAML that a person reads: short values in one line, longer ones as blocks. What base/document.h reads back is
// the same value. `value` is a map.
#pragma once

#include <string>

#include "base/json.h"

namespace setpoint::response {

std::string yaml_text(const base::Json& value);

}  // namespace setpoint::response
