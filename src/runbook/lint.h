// What `setpoint lint` says of a document beyond what compile must refuse: all of it before anything runs, each with
// its place.
//
// codes: runbook-output-unwritten, runbook-step-unreachable, runbook-endless, runbook-type, runbook-api-service,
// runbook-api-operation, runbook-api-parameter, runbook-reference-order, runbook-input-unknown, runbook-runtime,
// runbook-unused
#pragma once

#include "base/diagnostic.h"
#include "runbook/document.h"

namespace setpoint::runbook {

// `file` is what the diagnostics call the document. Without `apis` the checks of services, operations and members are
// left out.
void lint(const Document& document, const std::string& file, base::Diagnostics& diagnostics,
          const ApiCatalog* apis = nullptr);

}  // namespace setpoint::runbook
