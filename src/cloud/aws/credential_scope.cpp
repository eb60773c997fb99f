#include "cloud/aws/credential_scope.h"

#include <array>

#include "cloud/aws/limits.h"
#include "cloud/aws/uri.h"

namespace setpoint::cloud::aws {

CredentialScope parse_credential(std::string_view text) {
  // From the right: an access key of another system may hold slashes.
  std::array<std::string_view, 4> tail;
  for (std::size_t i = tail.size(); i-- > 0;) {
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) return {};
    tail[i] = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  if (tail[3] != "aws4_request" || text.empty()) return {};
  return {.access_key = std::string(text),
          .date = std::string(tail[0]),
          .region = std::string(tail[1]),
          .service = std::string(tail[2])};
}

CredentialScope credential_scope_of(const HttpRequest& request) {
  const std::string_view authorization = header(request.headers, "Authorization");
  if (authorization.size() > kAuthorizationBytesMax) return {};
  if (const std::size_t at = authorization.find("Credential="); at != std::string_view::npos) {
    const std::string_view rest = authorization.substr(at + 11);
    return parse_credential(rest.substr(0, rest.find_first_of(", ")));
  }
  if (request.query.find("X-Amz-Credential=") == std::string::npos) return {};
  for (const auto& [name, value] : parse_query(request.query, false)) {
    if (name == "X-Amz-Credential") return parse_credential(value);
  }
  return {};
}

}  // namespace setpoint::cloud::aws
