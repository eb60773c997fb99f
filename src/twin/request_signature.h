// Checks a request's SigV4 signature against what the cloud knows of its key. In the twin's own words; the arithmetic
// is that of cloud/aws, which the client signs with.
#pragma once

#include "cloud/aws/service_model.h"
#include "cloud/http.h"
#include "twin/cloud.h"

namespace setpoint::twin {

// nullopt where the signature is right; else the error in the service's own words.
Check check_signature(const cloud::HttpRequest& request, const cloud::aws::ServiceMetadata& service,
                      const Identity& identity, base::Timestamp now);

}  // namespace setpoint::twin
