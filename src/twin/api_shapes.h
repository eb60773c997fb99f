// Types of which the twin's document differs from the API's describe answer, both ways; see resource_types.h. IAM's
// principals are in the shape of GetAccountAuthorizationDetails (UserDetail, ...), with policies as percent-encoded
// JSON text.
#pragma once

#include "base/result.h"
#include "twin/state.h"

namespace setpoint::twin {

// Before defaults are filled in. Errors name the member that cannot be taken.
base::Status to_document_shape(const std::string& account, const std::string& region, std::string_view type,
                               base::Json& api);
base::Json to_api_shape(const StateKey& key, const base::Json& document);

}  // namespace setpoint::twin
