// Graceful stop of the commands that serve.
#pragma once

#include <pthread.h>

#include <csignal>
#include <thread>

#include "cloud/http_server.h"

namespace setpoint::cli {

// SIGINT and SIGTERM are taken by a thread that waits for them, so that stopping is ordinary code.
class StopOnSignal {
 public:
  explicit StopOnSignal(cloud::HttpServer& server)
      : waiter_([this, &server] {
          int taken = 0;
          sigwait(&signals_, &taken);
          server.stop();
        }) {}
  static sigset_t block() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
  }
  ~StopOnSignal() {
    pthread_kill(waiter_.native_handle(), SIGTERM);  // where the server ended by itself
    waiter_.join();
  }

 private:
  sigset_t signals_ = block();
  std::thread waiter_;
};

}  // namespace setpoint::cli
