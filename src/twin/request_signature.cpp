#include "twin/request_signature.h"

#include "cloud/aws/sigv4.h"

namespace setpoint::twin {

namespace aws = cloud::aws;

namespace {

std::optional<aws::KeyEntry> key_entry(const Cloud& cloud, const std::string& access_key) {
  std::optional<Identity> identity = cloud.identify(access_key, true);
  if (!identity || identity->secret_access_key.empty()) return {};
  return aws::KeyEntry{aws::Secret(identity->secret_access_key), aws::Secret(identity->session_token),
                       identity->expires};
}

}  // namespace

Check check_signature(const cloud::HttpRequest& request, const aws::RequestRoute& route, const Cloud& cloud) {
  auto lookup = [&cloud](const std::string& access_key) { return key_entry(cloud, access_key); };
  auto caller = aws::verify(request, lookup, cloud.clock().now(), *route.service, route.protocol);
  if (caller) return {};
  return AwsError{caller.error().code, caller.error().message, caller.error().status, caller.error().members};
}

}  // namespace setpoint::twin
