// The server against clients that are slow, cut off, or speak nonsense: each gets an answer or a closed connection in
// bounded time, and the next client is served.
#include "cloud/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace setpoint::cloud {
namespace {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval wait{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  void send(std::string_view text) const { (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void end() const { ::shutdown(socket_, SHUT_WR); }
  // What came within the socket's time; "" where the server closed.
  std::string receive() const {
    char buffer[8192];
    const ssize_t length = ::recv(socket_, buffer, sizeof buffer, 0);
    return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : std::string();
  }
  std::string receive_all() const {
    std::string all;
    for (std::string more = receive(); !more.empty(); more = receive()) all += more;
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::listen(
        [this](const HttpRequest& request) {
          std::lock_guard lock(mutex_);
          seen_.push_back(request);
          return HttpReply{.http = {200, {{"Content-Type", "text/plain"}}, request.body + "!"}, .drop = false};
        },
        {.threads = 2,
         .body_bytes_max = 1'000,
         .read_seconds_max = 1,
         .idle_seconds_max = 2,
         .refusal = [](int status, const HttpRequest& head) {
           return HttpResponse{status, {}, fmt::format("refused {} {}", head.path, header(head.headers, "X-First"))};
         }});
    ASSERT_TRUE(server) << server.error().text();
    server_ = std::move(*server);
    thread_ = std::thread([this] { server_->run(); });
  }
  void TearDown() override {
    expect_service();
    server_->stop();
    thread_.join();
  }
  void expect_service() const {
    RawClient client(server_->port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    EXPECT_TRUE(client.receive_all().ends_with("\r\n\r\nok!"));
  }
  std::string answer_to(std::string_view bytes) const {
    RawClient client(server_->port());
    client.send(bytes);
    client.end();
    return client.receive_all();
  }

  std::vector<HttpRequest> seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }

  std::mutex mutex_;
  std::vector<HttpRequest> seen_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(ServerTest, TakesATargetInAbsoluteForm) {
  answer_to("GET http://111122223333.127.0.0.1/v20180820/x?y=1 HTTP/1.1\r\nHost: 111122223333.127.0.0.1\r\n\r\n");
  ASSERT_EQ(seen().size(), 1u);
  EXPECT_EQ(seen()[0].path, "/v20180820/x");
  EXPECT_EQ(seen()[0].query, "y=1");
  EXPECT_EQ(seen()[0].host, "111122223333.127.0.0.1");
}

TEST_F(ServerTest, AnswersNonsenseWith400) {
  EXPECT_NE(answer_to("nonsense\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_NE(answer_to("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n").find(" 400 "),
            std::string::npos);
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, ABodyBeyondTheBoundGets413HoweverItIsSent) {
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").find(" 413 "), std::string::npos);
  const std::string chunk = "258\r\n" + std::string(600, 'x') + "\r\n";
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
                .find(" 413 "),
            std::string::npos);
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, HeadersBeyondTheBoundGet431) {
  const std::string answer = answer_to(
      "GET /p HTTP/1.1\r\nHost: h\r\nX-First: 1\r\nX-Long: " + std::string(kServerHeaderBytesMax, 'x') + "\r\n\r\n");
  EXPECT_NE(answer.find(" 431 "), std::string::npos) << answer.substr(0, 200);
  EXPECT_TRUE(answer.ends_with("refused /p 1")) << answer.substr(0, 200);
  EXPECT_TRUE(seen().empty());
}

// The answer is not lost to a client that is still sending when it comes.
TEST_F(ServerTest, ARefusalReachesAClientThatIsStillSending) {
  for (int i = 0; i < 20; ++i) {
    const std::string answer =
        answer_to("POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n" + std::string(400'000, 'x'));
    EXPECT_NE(answer.find(" 413 "), std::string::npos);
    EXPECT_TRUE(answer.ends_with("refused /big ")) << answer;
  }
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, ACutBodyIsNoRequest) {
  EXPECT_EQ(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf").find(" 200 "), std::string::npos);
  EXPECT_EQ(answer_to("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal").find(" 200 "),
            std::string::npos);
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, ASlowBodyIsCutOff) {
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(client.receive_all().find(" 200 "), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(8));
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, ManySlowClientsKeepNobodyOut) {
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(std::make_unique<RawClient>(server_->port()));
    slow.back()->send("POST / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  }
  expect_service();
  // None of them is waited for longer than its time, however it drips.
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(slow.front()->receive_all().find(" 200 "), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(8));
}

TEST_F(ServerTest, ManyRequestsOnOneConnection) {
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na");
    EXPECT_TRUE(client.receive().ends_with("a!"));
  }
}

}  // namespace
}  // namespace setpoint::cloud
