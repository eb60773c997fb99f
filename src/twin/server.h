// The simulated cloud on a loopback socket: unmodified aws and boto3 take it for AWS.
//
//   TRY(std::unique_ptr<Server> server, Server::listen(wire, {.port = 0}));
//   std::thread thread([&] { server->run(); });
//   ... http://127.0.0.1:<server->port()> ...
//   server->stop();                                   // from any thread or a signal's; run() returns when what runs is
//   answered
//
// Plain HTTP/1.1 with keep-alive, as the SDKs speak to --endpoint-url. Limits (limits.h): body, headers, connections,
// time for one request to arrive, idle time. A body too large gets 413, malformed HTTP 400, too many connections are
// closed at once. Ownership: borrows the Wire. Threads: run() uses the calling thread and `threads - 1` more; stop() is
// safe from any. Refusals: Server::listen fails with unreachable where the address cannot be bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "twin/limits.h"
#include "twin/wire.h"

namespace setpoint::twin {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0 = any free one
  int threads = 2;
  std::size_t body_bytes_max = kServerBodyBytesMax;
  int read_seconds_max = kServerReadSecondsMax;
  int idle_seconds_max = kServerIdleSecondsMax;
};

class Server {
 public:
  static base::Result<std::unique_ptr<Server>> listen(Wire& wire, ServerOptions options);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual void run() = 0;
  virtual void stop() = 0;
};

}  // namespace setpoint::twin
