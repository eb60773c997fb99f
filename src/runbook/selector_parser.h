// Text to Selector::Path; private to selector.cpp.
#pragma once

#include "runbook/selector_path.h"

namespace setpoint::runbook {

base::Result<std::shared_ptr<const Selector::Path>> parse_path(std::string_view text);

}  // namespace setpoint::runbook
