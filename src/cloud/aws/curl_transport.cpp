#include "cloud/aws/curl_transport.h"

#include <curl/curl.h>

#include <deque>
#include <thread>

#include "base/limits.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;

namespace {

constexpr std::size_t kHeadersExpected = 8;
constexpr std::size_t kExpectBytes = 1u << 10;  // libcurl asks "Expect: 100-continue" of much larger bodies only

// Header lines in the form that libcurl reads, over one buffer: both are kept from request to request, so that in a
// steady state none of it is allocated.
class HeaderLines {
 public:
  void clear() {
    text_.clear();
    starts_.clear();
  }
  void add(std::initializer_list<std::string_view> pieces) {
    starts_.push_back(text_.size());
    for (std::string_view piece : pieces) text_.append(piece);
    text_.push_back('\0');
  }
  curl_slist* list() {
    nodes_.resize(starts_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      nodes_[i] = {text_.data() + starts_[i], i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr};
    return nodes_.data();
  }

 private:
  std::string text_;
  std::vector<std::size_t> starts_;
  std::vector<curl_slist> nodes_;
};

// One request under way, and between requests a handle that stays configured for the next one like it.
struct Exchange {
  Exchange() : handle(curl_easy_init()) { SETPOINT_ASSERT(handle != nullptr); }
  ~Exchange() { curl_easy_cleanup(handle); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  CURL* const handle;
  const HttpRequest* request = nullptr;
  HttpResponse response;
  int attempts = 0;
  bool too_large = false;
  HeaderLines headers;
  // What the handle is set to.
  std::string method;
  std::string url;
  bool with_body = false;
  SendOptions times{base::Milliseconds(-1), base::Milliseconds(-1)};
  // Of start() only.
  HttpRequest owned;
  AsyncTransport::Done done;
};

// Asked before each attempt to send. libcurl makes a second one by itself where a kept-alive connection turns out dead;
// by then the first may have arrived, so there is none.
int first_attempt_only(void* user, char*, char*, int, int) {
  return ++static_cast<Exchange*>(user)->attempts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (exchange.response.body.size() + size * count > base::kHttpBodyBytesMax) {
    exchange.too_large = true;
    return 0;
  }
  exchange.response.body.append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    exchange.response.headers.clear();  // an interim 100 came before
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    exchange.response.headers.emplace_back(line.substr(0, colon), value);
  }
  return size * count;
}

void set_headers(Exchange& exchange) {
  const Headers& wanted = exchange.request->headers;
  exchange.headers.clear();
  for (const auto& [name, value] : wanted) {
    if (value.empty())
      exchange.headers.add({name, ";"});
    else
      exchange.headers.add({name, ": ", value});
  }
  // What libcurl would add of its own and nobody signed.
  for (std::string_view name : {"Accept", "Content-Type"}) {
    if (header(wanted, name).empty()) exchange.headers.add({name, ":"});
  }
  if (exchange.request->body.size() >= kExpectBytes && header(wanted, "Expect").empty())
    exchange.headers.add({"Expect:"});
  if (header(wanted, "Host").empty()) exchange.headers.add({"Host: ", exchange.request->host});
  curl_easy_setopt(exchange.handle, CURLOPT_HTTPHEADER, exchange.headers.list());
}

void set_url(Exchange& exchange) {
  const HttpRequest& request = *exchange.request;
  std::string url;
  url.reserve(request.scheme.size() + request.host.size() + request.path.size() + request.query.size() + 4);
  url.append(request.scheme).append("://").append(request.host).append(request.path);
  if (!request.query.empty()) url.append("?").append(request.query);
  if (url == exchange.url) return;
  exchange.url = std::move(url);
  curl_easy_setopt(exchange.handle, CURLOPT_URL, exchange.url.c_str());
}

void set_times(Exchange& exchange, const SendOptions& send) {
  exchange.times = send;
  curl_easy_setopt(exchange.handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(send.connect_timeout.count()));
  curl_easy_setopt(exchange.handle, CURLOPT_TIMEOUT_MS, static_cast<long>(send.total_timeout.count()));
}

// What stays as it is from one request to the next.
void set_up(Exchange& exchange, const CurlOptions& options) {
  CURL* h = exchange.handle;
  curl_easy_reset(h);
  exchange.url.clear();
  curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(h, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(h, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(h, CURLOPT_MAXAGE_CONN, static_cast<long>(options.idle_seconds_max));
  curl_easy_setopt(h, CURLOPT_PROXY, options.proxy.c_str());
  if (!options.no_proxy.empty()) curl_easy_setopt(h, CURLOPT_NOPROXY, options.no_proxy.c_str());
  if (!options.ca_bundle.empty()) curl_easy_setopt(h, CURLOPT_CAINFO, options.ca_bundle.c_str());
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(h, CURLOPT_PRIVATE, &exchange);
  curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, first_attempt_only);
  curl_easy_setopt(h, CURLOPT_PREREQDATA, &exchange);
}

// libcurl's switches for method and body undo each other in ways of their own: another method begins from a fresh
// handle.
void set_method(Exchange& exchange, const CurlOptions& options) {
  const std::string& method = exchange.request->method;
  const bool with_body = method != "HEAD" && (!exchange.request->body.empty() || method == "POST" || method == "PUT");
  if (exchange.method == method && exchange.with_body == with_body) return;
  set_up(exchange, options);
  exchange.times.total_timeout = base::Milliseconds(-1);
  exchange.method = method;
  exchange.with_body = with_body;
  if (method == "HEAD") {
    curl_easy_setopt(exchange.handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (with_body) curl_easy_setopt(exchange.handle, CURLOPT_POST, 1L);
  curl_easy_setopt(exchange.handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

// `request` stays where it is until the exchange is over.
void configure(Exchange& exchange, const HttpRequest& request, const CurlOptions& options, const SendOptions& send) {
  exchange.request = &request;
  exchange.response = {};
  exchange.response.headers.reserve(kHeadersExpected);
  exchange.attempts = 0;
  exchange.too_large = false;
  set_method(exchange, options);
  if (exchange.times.connect_timeout != send.connect_timeout || exchange.times.total_timeout != send.total_timeout)
    set_times(exchange, send);
  set_url(exchange);
  set_headers(exchange);
  if (!exchange.with_body) return;
  curl_easy_setopt(exchange.handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(exchange.handle, CURLOPT_POSTFIELDS, request.body.data());
}

bool nothing_was_sent(const Exchange& exchange, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      break;
  }
  long bytes = 0;
  curl_easy_getinfo(exchange.handle, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes == 0 && exchange.attempts <= 1;
}

base::Result<HttpResponse> outcome(Exchange& exchange, CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    return std::move(exchange.response);
  }
  if (exchange.too_large) {
    return base::fail(ErrorCode::limit_exceeded, "{} answered with more than {} bytes", exchange.request->host,
                      base::kHttpBodyBytesMax);
  }
  const bool unsent = nothing_was_sent(exchange, code);
  base::Error error{unsent ? ErrorCode::unreachable : ErrorCode::timed_out, {}, exchange.request->host, {}, {}};
  error.message =
      fmt::format("{}: {}", unsent ? "no connection" : "no answer, and it may have arrived", curl_easy_strerror(code));
  return base::fail(std::move(error));
}

}  // namespace

class CurlTransport::Loop {
 public:
  explicit Loop(CurlOptions options) : options_(std::move(options)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    SETPOINT_ASSERT(ready == CURLE_OK);
    multi_ = curl_multi_init();
    SETPOINT_ASSERT(multi_ != nullptr);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.connections_per_host_max));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_per_host_max));
    thread_ = std::thread([this] { run(); });
  }

  ~Loop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    spare_.clear();
    curl_multi_cleanup(multi_);
  }

  const CurlOptions& options() const { return options_; }

  // For send(), each with connections of its own. The one used last is taken first: its connections are warm.
  std::unique_ptr<Exchange> take() {
    std::lock_guard lock(mutex_);
    if (blocking_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(blocking_.back());
    blocking_.pop_back();
    return exchange;
  }
  void give_back(std::unique_ptr<Exchange> exchange) {
    std::lock_guard lock(mutex_);
    blocking_.push_back(std::move(exchange));
  }

  void add(HttpRequest request, const SendOptions& send, Done done) {
    {
      std::lock_guard lock(mutex_);
      arriving_.push_back({std::move(request), send, std::move(done)});
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void run() {
    while (take_arrivals()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      finish_ready();
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    abandon_all();
  }

  struct Arrival {
    HttpRequest request;
    SendOptions send;
    Done done;
  };

  bool take_arrivals() {
    std::deque<Arrival> arrived;
    {
      std::lock_guard lock(mutex_);
      arrived.swap(arriving_);
      if (stopping_) {
        for (Arrival& a : arrived) a.done(base::fail(ErrorCode::cancelled, "the transport is shutting down"));
        return false;
      }
    }
    for (Arrival& a : arrived) begin(std::move(a));
    return true;
  }

  void begin(Arrival arrival) {
    if (spare_.empty()) spare_.push_back(std::make_unique<Exchange>());
    std::unique_ptr<Exchange> exchange = std::move(spare_.back());
    spare_.pop_back();
    exchange->owned = std::move(arrival.request);
    exchange->done = std::move(arrival.done);
    configure(*exchange, exchange->owned, options_, arrival.send);
    curl_multi_add_handle(multi_, exchange->handle);
    CURL* handle = exchange->handle;
    under_way_.emplace(handle, std::move(exchange));
  }

  void finish_ready() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      finish(message->easy_handle, code);
    }
  }

  void finish(CURL* handle, CURLcode code) {
    auto found = under_way_.find(handle);
    std::unique_ptr<Exchange> exchange = std::move(found->second);
    under_way_.erase(found);
    auto result = outcome(*exchange, code);
    curl_multi_remove_handle(multi_, handle);
    Done done = std::move(exchange->done);
    exchange->owned = {};
    spare_.push_back(std::move(exchange));
    done(std::move(result));
  }

  void abandon_all() {
    for (auto& [handle, exchange] : under_way_) {
      curl_multi_remove_handle(multi_, handle);
      exchange->done(base::fail(ErrorCode::timed_out, "the transport was shut down before an answer came"));
    }
    under_way_.clear();
  }

  const CurlOptions options_;
  CURLM* multi_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  bool stopping_ = false;                            // guarded by mutex_
  std::vector<std::unique_ptr<Exchange>> blocking_;  // guarded by mutex_
  std::deque<Arrival> arriving_;                     // guarded by mutex_
  // Of the loop's thread only:
  std::unordered_map<CURL*, std::unique_ptr<Exchange>> under_way_;
  std::vector<std::unique_ptr<Exchange>> spare_;
};

CurlTransport::CurlTransport(CurlOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
CurlTransport::~CurlTransport() = default;

void CurlTransport::start(HttpRequest request, const SendOptions& options, Done done) {
  loop_->add(std::move(request), options, std::move(done));
}

// On the caller's own thread: a hop to the loop and back costs several times what the exchange itself does.
base::Result<HttpResponse> CurlTransport::send(const HttpRequest& request, const SendOptions& options) {
  std::unique_ptr<Exchange> exchange = loop_->take();
  configure(*exchange, request, loop_->options(), options);
  auto result = outcome(*exchange, curl_easy_perform(exchange->handle));
  loop_->give_back(std::move(exchange));
  return result;
}

}  // namespace setpoint::cloud::aws
