// Small servers on 127.0.0.1, port 0, that take webhooks and mail: the mailbox of `setpoint demo`, and of tests, where
// they misbehave on request.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace setpoint::notify::loopback {

// Reads lines and bytes from one connection.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  bool line(std::string& out) {
    out.clear();
    for (char c = 0; bytes(&c, 1);) {
      if (c == '\n') {
        if (out.ends_with('\r')) out.pop_back();
        return true;
      }
      out.push_back(c);
    }
    return false;
  }
  bool bytes(char* to, std::size_t count) {
    while (count > 0) {
      ssize_t got = ::recv(fd_, to, count, 0);
      if (got <= 0) return false;
      to += got;
      count -= static_cast<std::size_t>(got);
    }
    return true;
  }
  void say(const std::string& text) { (void)!::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }

 private:
  int fd_;
};

class Server {
 public:
  explicit Server(std::function<void(Peer&)> serve) : serve_(std::move(serve)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool listening = ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::listen(fd_, 16) == 0;
    SETPOINT_ASSERT(listening);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Server() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  int port() const { return port_; }

 private:
  void run() {
    while (true) {
      int client = ::accept(fd_, nullptr, nullptr);
      if (client < 0) return;
      timeval patience{2, 0};
      ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      Peer peer(client);
      serve_(peer);
      ::close(client);
    }
  }
  std::function<void(Peer&)> serve_;
  int fd_ = -1;
  int port_ = 0;
  std::thread thread_;
};

struct HttpSeen {
  std::string request_line;
  std::vector<std::string> headers;
  std::string body;
};

// Answers each request with what `answer` says; an empty answer means silence.
class HttpServer {
 public:
  explicit HttpServer(std::function<std::string(int count)> answer)
      : answer_(std::move(answer)), server_([this](Peer& p) { serve(p); }) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }
  std::vector<HttpSeen> seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void serve(Peer& peer) {
    HttpSeen request;
    if (!peer.line(request.request_line)) return;
    std::size_t length = 0;
    for (std::string header; peer.line(header) && !header.empty();) {
      if (header.starts_with("Content-Length: ")) length = std::stoul(header.substr(16));
      request.headers.push_back(header);
    }
    request.body.resize(length);
    peer.bytes(request.body.data(), length);
    int count = 0;
    {
      std::lock_guard lock(mutex_);
      seen_.push_back(request);
      count = static_cast<int>(seen_.size());
    }
    std::string answer = answer_(count);
    if (answer.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(600));
    peer.say(answer);
  }
  std::mutex mutex_;
  std::vector<HttpSeen> seen_;
  std::function<std::string(int)> answer_;
  Server server_;
};

struct MailSeen {
  std::string from, to, data;
};

// Speaks enough SMTP. `answer(command, count)` may replace the usual answer to a command ("RCPT", "DATA", "." for the
// message itself); "" leaves it as it is, "drop" hangs up.
class SmtpServer {
 public:
  using Answer = std::function<std::string(const std::string& command, int count)>;
  explicit SmtpServer(Answer answer = {}) : answer_(std::move(answer)), server_([this](Peer& p) { serve(p); }) {}
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(server_.port()); }
  std::vector<MailSeen> seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  // False where the connection is to end.
  bool reply(Peer& peer, const std::string& command, const std::string& usual) {
    std::string other = answer_ ? answer_(command, ++counts_) : "";
    if (other == "drop") return false;
    peer.say((other.empty() ? usual : other) + "\r\n");
    return other.empty() || other[0] < '4';
  }
  void serve(Peer& peer) {
    peer.say("220 test ESMTP\r\n");
    MailSeen mail;
    for (std::string line; peer.line(line);) {
      std::string command = line.substr(0, 4);
      if (command == "MAIL") mail.from = line.substr(10);
      if (command == "RCPT") mail.to = line.substr(8);
      if (command == "QUIT") return peer.say("221 bye\r\n");
      bool data = command == "DATA";
      if (!reply(peer, command, data ? "354 go on" : "250 ok") && !data) continue;
      if (data && !take_message(peer, mail)) return;
    }
  }
  bool take_message(Peer& peer, MailSeen& mail) {
    mail.data.clear();
    for (std::string line; peer.line(line);) {
      if (line == ".") {
        if (!reply(peer, ".", "250 2.0.0 queued as 4F2")) return false;
        std::lock_guard lock(mutex_);
        seen_.push_back(mail);
        return true;
      }
      mail.data += (line.starts_with("..") ? line.substr(1) : line) + "\n";
    }
    return false;
  }
  std::mutex mutex_;
  std::vector<MailSeen> seen_;
  std::atomic<int> counts_ = 0;
  Answer answer_;
  Server server_;
};

}  // namespace setpoint::notify::loopback
