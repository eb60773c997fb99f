// The HTTP API of `setpoint serve`: bytes in, findings out. What is posted is persisted before it is acknowledged.
//
//   Api api(engine, token);
//   HttpServer::listen([&](const HttpRequest& r) { return api.handle(r); }, {.port = 8470});
//
// Threads: handle() from any; taking in is one at a time (findings::Findings wants it). Refusals as HTTP: 401 without
// the token, 404, 405, 413 by the server, 400 with {"error"} for what cannot be read.
#pragma once

#include <mutex>
#include <string>

#include "cloud/http_server.h"
#include "engine/engine.h"

namespace setpoint::server {

class Api {
 public:
  Api(engine::Engine& engine, std::string token) : engine_(engine), token_(std::move(token)) {}
  cloud::HttpReply handle(const cloud::HttpRequest& request);

 private:
  bool authorised(const cloud::HttpRequest& request) const;
  cloud::HttpReply ingest(const cloud::HttpRequest& request);
  cloud::HttpReply findings(const cloud::HttpRequest& request);
  cloud::HttpReply runs();
  cloud::HttpReply health();

  engine::Engine& engine_;
  std::string token_;
  std::mutex taking_in_;
};

}  // namespace setpoint::server
