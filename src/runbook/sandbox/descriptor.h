// An owned file descriptor, and messages that carry descriptors (unix sockets, SCM_RIGHTS).
#pragma once

#include <unistd.h>

#include <span>
#include <string_view>
#include <utility>

namespace setpoint::runbook {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

// One message with descriptors; false where the other side is gone.
bool send_with_descriptors(int socket, std::string_view message, std::span<const int> descriptors);

}  // namespace setpoint::runbook
