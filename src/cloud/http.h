// HTTP as values, and the port that carries them. Codecs and signing work on these; libcurl, the twin in the same
// process and fault injection are Transports.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::cloud {

using Headers = std::vector<std::pair<std::string, std::string>>;

// First value of a header, names compared without case; "" where absent.
std::string_view header(const Headers& headers, std::string_view name);
void set_header(Headers& headers, std::string_view name, std::string value);

struct HttpRequest {
  std::string method = "GET";
  std::string scheme = "https";
  std::string host;        // with ":port" where it is not the scheme's own
  std::string path = "/";  // percent-encoded, as it goes on the wire
  std::string query;       // encoded, without '?'
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

struct SendOptions {
  base::Milliseconds connect_timeout{5'000};
  base::Milliseconds total_timeout{60'000};
};

// Thread-safe. Errors: unreachable = nothing was sent; timed_out = it may have arrived. Any HTTP status is a response.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual base::Result<HttpResponse> send(const HttpRequest& request, const SendOptions& options) = 0;
};

}  // namespace setpoint::cloud
