// The one translation unit with Boost.Beast: it takes half a minute to compile.
#include "cloud/http_server.h"

#include <array>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <thread>

namespace setpoint::cloud {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

// "http://host" of a target in absolute form: what a client sends that takes this server for its proxy. Its Host header
// says the same.
std::size_t absolute_part(std::string_view target) {
  if (!target.starts_with("http://")) return 0;
  return std::min(target.find('/', 7), target.size());
}

HttpRequest head_of(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.scheme = "http";
  request.host = std::string(message[http::field::host]);
  std::string_view target(message.target().data(), message.target().size());
  target.remove_prefix(absolute_part(target));
  std::size_t question = target.find('?');
  request.path = std::string(target.substr(0, question));
  if (question != std::string_view::npos) request.query = std::string(target.substr(question + 1));
  for (const auto& field : message)
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  return request;
}

HttpRequest from_beast(http::request<http::string_body>&& message) {
  HttpRequest request = head_of(message);
  request.body = std::move(message.body());
  return request;
}

http::response<http::string_body> to_beast(HttpResponse&& reply, bool keep_alive, bool head) {
  http::response<http::string_body> message{static_cast<http::status>(reply.status), 11};
  for (const auto& [name, value] : reply.headers) {
    if (!beast::iequals(name, "content-length") || head) message.insert(name, value);
  }
  message.keep_alive(keep_alive);
  message.body() = std::move(reply.body);
  bool may_have_body = !head && reply.status != 204 && reply.status != 304 && reply.status >= 200;
  if (may_have_body) message.content_length(message.body().size());
  return message;
}

constexpr int kLingerSeconds = 2;

struct Shared {
  HttpHandler handler;
  HttpServerOptions options;
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> stopping{false};
};

// One connection; lives by the shared pointers that its pending operations hold.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) {
    ++shared_.connections;
  }
  ~Connection() { --shared_.connections; }
  void start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_header(); });
  }

 private:
  void read_header();
  void on_header(beast::error_code failed);
  void read_body();
  void on_request(beast::error_code failed);
  void refuse(http::status status);
  void write(http::response<http::string_body> message);
  void linger();
  void discard(std::size_t left);
  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  beast::tcp_stream stream_;
  Shared& shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  http::response<http::empty_body> continue_;
  std::array<char, 16u << 10> discarded_;
};

void Connection::read_header() {
  if (shared_.stopping) return close();
  parser_.emplace();
  parser_->body_limit(shared_.options.body_bytes_max);
  parser_->header_limit(kServerHeaderBytesMax);
  stream_.expires_after(std::chrono::seconds(shared_.options.idle_seconds_max));
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code failed, std::size_t) { self->on_header(failed); });
}

void Connection::on_header(beast::error_code failed) {
  if (failed == http::error::end_of_stream || failed == beast::error::timeout) return close();
  if (failed == http::error::body_limit) return refuse(http::status::payload_too_large);
  if (failed == http::error::header_limit) return refuse(http::status::request_header_fields_too_large);
  if (failed)
    return failed.category() == http::make_error_code(http::error::bad_method).category()
               ? refuse(http::status::bad_request)
               : close();
  stream_.expires_after(std::chrono::seconds(shared_.options.read_seconds_max));
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  // botocore waits for this before it sends a body to S3.
  continue_ = {http::status::continue_, 11};
  http::async_write(stream_, continue_, [self = shared_from_this()](beast::error_code wrong, std::size_t) {
    if (wrong)
      self->close();
    else
      self->read_body();
  });
}

void Connection::read_body() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](beast::error_code failed, std::size_t) { self->on_request(failed); });
}

void Connection::on_request(beast::error_code failed) {
  if (failed == http::error::body_limit) return refuse(http::status::payload_too_large);
  if (failed == beast::error::timeout) return close();
  if (failed)
    return failed.category() == http::make_error_code(http::error::bad_method).category()
               ? refuse(http::status::bad_request)
               : close();
  bool keep_alive = parser_->keep_alive();
  bool head = parser_->get().method() == http::verb::head;
  stream_.expires_never();  // an injected delay is not the client's fault
  HttpReply reply = shared_.handler(from_beast(parser_->release()));
  if (reply.drop) return close();
  write(to_beast(std::move(reply.http), keep_alive && !shared_.stopping, head));
}

void Connection::refuse(http::status status) {
  HttpResponse reply{static_cast<int>(status), {}, {}};
  if (shared_.options.refusal) reply = shared_.options.refusal(reply.status, head_of(parser_->get()));
  bool head = parser_->get().method() == http::verb::head;
  write(to_beast(std::move(reply), false, head));
}

// A client that is still sending would lose the answer if its bytes met a closed socket: they are read for a moment,
// and thrown away.
void Connection::linger() {
  beast::error_code ignored;
  stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  stream_.expires_after(std::chrono::seconds(kLingerSeconds));
  discard(shared_.options.body_bytes_max + kServerHeaderBytesMax);
}

void Connection::discard(std::size_t left) {
  stream_.async_read_some(asio::buffer(discarded_),
                          [self = shared_from_this(), left](beast::error_code failed, std::size_t length) {
                            if (failed || length >= left) return self->close();
                            self->discard(left - length);
                          });
}

void Connection::write(http::response<http::string_body> message) {
  response_ = std::move(message);
  stream_.expires_after(std::chrono::seconds(shared_.options.read_seconds_max));
  http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
    if (failed) return self->close();
    if (self->response_.keep_alive()) return self->read_header();
    self->linger();
  });
}

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpHandler handler, HttpServerOptions options)
      : shared_{std::move(handler), std::move(options)}, io_(shared_.options.threads), acceptor_(io_), timer_(io_) {}

  base::Status bind();
  std::uint16_t port() const override { return port_; }
  void run() override;
  void stop() override;

 private:
  static constexpr int kStopTicks = 20;  // of 50 ms
  void accept();
  void await_connections(int ticks);

  Shared shared_;
  asio::io_context io_;
  Tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  std::uint16_t port_ = 0;
};

base::Status BeastServer::bind() {
  beast::error_code failed;
  asio::ip::address address =
      asio::ip::make_address(shared_.options.host == "localhost" ? "127.0.0.1" : shared_.options.host, failed);
  if (failed)
    return base::fail(base::ErrorCode::invalid_input, "'{}' is not an IP address to listen on", shared_.options.host);
  Tcp::endpoint endpoint(address, shared_.options.port);
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return base::fail(base::Error{base::ErrorCode::unreachable,
                                  "cannot listen: " + failed.message(),
                                  fmt::format("{}:{}", shared_.options.host, shared_.options.port),
                                  "is the port in use? --port 0 takes a free one",
                                  {}});
  }
  port_ = acceptor_.local_endpoint().port();
  accept();
  return {};
}

void BeastServer::accept() {
  acceptor_.async_accept(asio::make_strand(io_), [this](beast::error_code failed, Tcp::socket socket) {
    if (shared_.stopping || failed == asio::error::operation_aborted) return;
    if (!failed && shared_.connections < kServerConnectionsMax) {
      beast::error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      std::make_shared<Connection>(std::move(socket), shared_)->start();
    }
    accept();
  });
}

void BeastServer::run() {
  std::vector<std::jthread> more;
  for (int i = 1; i < shared_.options.threads; ++i) more.emplace_back([this] { io_.run(); });
  io_.run();
}

void BeastServer::stop() {
  if (shared_.stopping.exchange(true)) return;
  asio::post(io_, [this] {
    beast::error_code ignored;
    acceptor_.close(ignored);
    await_connections(kStopTicks);
  });
}

// What is being answered is finished; idle connections, which nothing would end, are cut after a moment.
void BeastServer::await_connections(int ticks) {
  if (ticks == 0 || shared_.connections == 0) return io_.stop();
  timer_.expires_after(std::chrono::milliseconds(50));
  timer_.async_wait([this, ticks](beast::error_code) { await_connections(ticks - 1); });
}

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::listen(HttpHandler handler, HttpServerOptions options) {
  auto server = std::make_unique<BeastServer>(std::move(handler), std::move(options));
  TRY_VOID(server->bind());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace setpoint::cloud
