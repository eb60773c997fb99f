// Checks a request's SigV4 signature against what the cloud knows of its key; the arithmetic is cloud/aws/sigv4.h, with
// which the client signs.
#pragma once

#include "cloud/aws/codec.h"
#include "cloud/http.h"
#include "twin/cloud.h"

namespace setpoint::twin {

// nullopt where the signature is right; else the error in the service's own words. A key without a known secret (an
// account's digits, a stranger's) never verifies.
Check check_signature(const cloud::HttpRequest& request, const cloud::aws::RequestRoute& route, const Cloud& cloud);

}  // namespace setpoint::twin
