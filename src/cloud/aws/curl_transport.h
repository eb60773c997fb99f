// HTTP by libcurl, connections kept alive. send() works on its caller's thread with a handle from a pool; start() hands
// a request to one thread of the transport's own, which drives all that are under way (multi interface).
//
//   CurlTransport transport({.proxy = env.get("HTTPS_PROXY"), .ca_bundle = env.get("AWS_CA_BUNDLE")});
//
// Errors as cloud/http.h wants them: unreachable = nothing was sent (name, connection, TLS), timed_out = it may have
// arrived. libcurl would send again by itself on a kept-alive connection that died; here it may not, so such a call
// comes back as timed_out and the Client decides (a change is never sent twice by accident).
//
// Redirects are not followed; only http and https; bodies beyond kHttpBodyBytesMax end the request (limit_exceeded).
// Ownership: the destructor ends all that start() began (timed_out) and joins the thread; no send() may be under way
// then. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "cloud/aws/client.h"

namespace setpoint::cloud::aws {

struct CurlOptions {
  std::string proxy;  // "" = none; the process's environment is not asked
  std::string no_proxy;
  std::string ca_bundle;  // "" = the system's
  int connections_per_host_max = 256;
  int idle_seconds_max = 20;  // a kept connection older than this is not used again
};

class CurlTransport final : public AsyncTransport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;
  base::Result<HttpResponse> send(const HttpRequest& request, const SendOptions& options) override;
  void start(HttpRequest request, const SendOptions& options, Done done) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace setpoint::cloud::aws
