// Which operations only look: by their names, as AWS names them, with the exceptions that change something all the
// same. Used by the Observer (which refuses everything else), by retries and by rehearsals. What is not known to be
// read-only is not.
#pragma once

#include <string_view>

namespace setpoint::cloud::aws {

bool is_read_only(std::string_view service, std::string_view operation);

}  // namespace setpoint::cloud::aws
