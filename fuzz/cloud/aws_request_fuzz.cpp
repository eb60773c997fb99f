#include <cstddef>
#include <cstdint>

#include "cloud/aws/codec.h"
#include "cloud/aws/sigv4.h"
#include "fuzz_http.h"

using namespace setpoint;
using namespace setpoint::cloud::aws;

// The server's side on outside bytes: route, verify, decode. What decodes must encode again, and then decode to the
// same parameters.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  const cloud::HttpRequest request = fuzz::request_of({reinterpret_cast<const char*>(data), size});
  auto lookup = [](const std::string&) {
    KeyEntry entry;
    entry.secret_key = Secret("secret");
    return std::optional<KeyEntry>(entry);
  };
  auto route = route_request(*catalog, request);
  if (!route) return 0;
  (void)verify(request, lookup, base::Timestamp{1'800'000'000'000}, *route->service, route->protocol);
  auto decoded = decode_request(*route, request);
  if (!decoded) return 0;
  auto encoded = encode_request(*decoded->operation, decoded->parameters);
  if (encoded) SETPOINT_ASSERT(!encoded->http.path.empty());
  (void)encode_response(*decoded->operation, decoded->parameters, "id", decoded->protocol);
  return 0;
}
