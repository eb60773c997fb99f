// Wiring: the one place that names drivers. Opens the database, the models, the clouds, the content, and hands out an
// Engine that owns all of it.
//
// Errors: a configuration with mistakes (all of them, in one message); a home that cannot be made; a database that does
// not open; no AWS models; an account that is not told. Content with mistakes is left out and said on standard error.
#pragma once

#include "cli/options.h"

namespace setpoint::app {

base::Result<std::unique_ptr<engine::Engine>> open_engine(const cli::GlobalOptions& options);

// The controls that the configuration names, for what is judged without a database: `scan --no-store`, `check`.
base::Result<std::unique_ptr<engine::Controls>> open_controls(const cli::GlobalOptions& options);

// Content roots: --content, then setpoint.yaml's, then $SETPOINT_CONTENT, then what lies beside the program.
std::vector<std::string> content_roots(const cli::GlobalOptions& options, const std::vector<std::string>& configured);
std::string home_folder(const cli::GlobalOptions& options, const std::string& configured);

}  // namespace setpoint::app
