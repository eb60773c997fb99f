#include "http_stub.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace setpoint::runbook {

namespace {

std::size_t content_length(const std::string& head) {
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  std::size_t at = lower.find("content-length:");
  return at == lower.npos ? 0 : std::strtoul(lower.c_str() + at + 15, nullptr, 10);
}

bool read_more(int fd, std::string& buffer) {
  char bytes[8192];
  ssize_t size = recv(fd, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  buffer.append(bytes, static_cast<std::size_t>(size));
  return true;
}

}  // namespace

HttpStub::HttpStub(Answer answer) : answer_(std::move(answer)) {
  char folder[] = "/tmp/setpoint-stub-XXXXXX";
  folder_ = mkdtemp(folder);
  path_ = folder_ + "/gateway";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  listener_.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  listen(listener_.get(), 16);
  acceptor_ = std::thread([this] {
    while (true) {
      Descriptor connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      threads_.emplace_back(
          [this, held = std::make_shared<Descriptor>(std::move(connection))]() mutable { serve(std::move(*held)); });
    }
  });
}

HttpStub::~HttpStub() {
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  unlink(path_.c_str());
  rmdir(folder_.c_str());
}

std::vector<StubRequest> HttpStub::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void HttpStub::serve(Descriptor connection) {
  std::string buffer;
  while (true) {
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == buffer.npos) {
      if (!read_more(connection.get(), buffer)) return;
    }
    StubRequest request{buffer.substr(0, end + 2), {}};
    buffer.erase(0, end + 4);
    std::size_t length = content_length(request.head);
    while (buffer.size() < length) {
      if (!read_more(connection.get(), buffer)) return;
    }
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    std::string response = answer_(request);
    send(connection.get(), response.data(), response.size(), MSG_NOSIGNAL);
  }
}

std::string http_response(int status, const std::string& type, const std::string& body) {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", status, type, body.size(),
                     body);
}

}  // namespace setpoint::runbook
