#include "twin/request_signature.h"

namespace setpoint::twin {

Check check_signature(const cloud::HttpRequest&, const cloud::aws::ServiceMetadata&, const Identity&, base::Timestamp) {
  return AwsError{"NotImplemented", "pending sigv4.h", 501, {}};
}

}  // namespace setpoint::twin
