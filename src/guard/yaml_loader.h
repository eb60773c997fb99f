// YAML text -> Value, twice: as cfn-guard's `validate` reads a template (its own scalar rules over libyaml, short forms
// of intrinsic functions), and as serde_yaml reads it (YAML 1.2 core), which is what json_parse does.
#pragma once

#include <string_view>

#include "base/result.h"
#include "guard/arena.h"
#include "guard/value.h"

namespace setpoint::guard {

base::Status load_template(std::string_view text, Arena& arena, Value& into);
bool load_yaml12(std::string_view text, Arena& arena, Value& into);

}  // namespace setpoint::guard
