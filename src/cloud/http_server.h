// An HTTP/1.1 server on a loopback or given address: under `setpoint twin`, `setpoint serve` and the gateway of
// scripts.
//
//   TRY(std::unique_ptr<HttpServer> server, HttpServer::listen(handler, {.port = 0}));
//   std::thread thread([&] { server->run(); });
//   ... http://127.0.0.1:<server->port()> ...
//   server->stop();                                   // from any thread or a signal's; run() returns when what runs is
//   answered
//
// Plain HTTP with keep-alive. Limits: body, headers, connections, time for one request to arrive, idle time. A body too
// large gets 413, headers too large 431, malformed HTTP 400, in the words of `refusal` where one is given; too many
// connections are closed at once, a slow one when its time is up. Ownership: keeps the handler. Threads:
// run() uses the calling thread and `threads - 1` more, and so does the handler; stop() is safe from any. Refusals:
// listen fails with unreachable where the address cannot be bound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cloud/http.h"

namespace setpoint::cloud {

inline constexpr std::size_t kServerBodyBytesMax = 16u << 20;  // one request to the server
inline constexpr std::size_t kServerHeaderBytesMax = 64u << 10;
inline constexpr std::size_t kServerConnectionsMax = 1'024;
inline constexpr int kServerReadSecondsMax = 20;  // from the first byte of a request to its last
inline constexpr int kServerIdleSecondsMax = 60;  // between requests of one connection

struct HttpReply {
  HttpResponse http;
  bool drop = false;  // close the connection instead of answering: an injected fault
};

// Called from several threads; may block.
using HttpHandler = std::function<HttpReply(const HttpRequest& request)>;

// What to say to a request that was not read to its end: 400, 413 or 431. `head` has the method, the path and the
// headers as far as they were read. The status may be another: S3 has its own.
using HttpRefusal = std::function<HttpResponse(int status, const HttpRequest& head)>;

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0 = any free one
  int threads = 2;
  std::size_t body_bytes_max = kServerBodyBytesMax;
  int read_seconds_max = kServerReadSecondsMax;
  int idle_seconds_max = kServerIdleSecondsMax;
  HttpRefusal refusal = nullptr;  // nullptr: the status alone
};

class HttpServer {
 public:
  static base::Result<std::unique_ptr<HttpServer>> listen(HttpHandler handler, HttpServerOptions options);
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
  virtual void run() = 0;
  virtual void stop() = 0;
};

}  // namespace setpoint::cloud
