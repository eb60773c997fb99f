// A gateway for tests: answers each HTTP request over a unix socket by a function. One thread a connection.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runbook/sandbox/descriptor.h"

namespace setpoint::runbook {

struct StubRequest {
  std::string head;  // request line and headers
  std::string body;
};

class HttpStub {
 public:
  using Answer = std::function<std::string(const StubRequest&)>;  // a whole HTTP response
  explicit HttpStub(Answer answer);
  ~HttpStub();

  const std::string& path() const { return path_; }
  std::vector<StubRequest> requests() const;

 private:
  void serve(Descriptor connection);

  Answer answer_;
  std::string folder_, path_;
  Descriptor listener_;
  mutable std::mutex mutex_;
  std::vector<StubRequest> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

std::string http_response(int status, const std::string& type, const std::string& body);

}  // namespace setpoint::runbook
