#include "cloud/aws/curl_transport.h"

#include <curl/curl.h>

#include <deque>
#include <thread>

#include "base/limits.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;

namespace {

// One request under way.
struct Exchange {
  HttpRequest request;
  AsyncTransport::Done done;
  HttpResponse response;
  int attempts = 0;
  bool too_large = false;
  curl_slist* headers = nullptr;
  CURL* handle = nullptr;
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

void add_headers(Exchange& exchange) {
  auto add = [&](const std::string& line) { exchange.headers = curl_slist_append(exchange.headers, line.c_str()); };
  for (const auto& [name, value] : exchange.request.headers) add(value.empty() ? name + ";" : name + ": " + value);
  // What libcurl would add of its own and nobody signed.
  for (const char* name : {"Expect", "Accept", "Content-Type"}) {
    if (header(exchange.request.headers, name).empty()) add(std::string(name) + ":");
  }
  if (header(exchange.request.headers, "Host").empty()) add("Host: " + exchange.request.host);
}

std::string url_of(const HttpRequest& request) {
  return fmt::format("{}://{}{}{}{}", request.scheme, request.host, request.path, request.query.empty() ? "" : "?",
                     request.query);
}

void configure_body(Exchange& exchange) {
  CURL* h = exchange.handle;
  const std::string& method = exchange.request.method;
  const auto length = static_cast<curl_off_t>(exchange.request.body.size());
  if (method == "HEAD") {
    curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
  } else if (length > 0 || method == "POST" || method == "PUT") {
    curl_easy_setopt(h, CURLOPT_POST, 1L);
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, length);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, exchange.request.body.data());
  }
  if (method != "HEAD") curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void configure(Exchange& exchange, const CurlOptions& options, const SendOptions& send) {
  CURL* h = exchange.handle;
  curl_easy_reset(h);
  add_headers(exchange);
  curl_easy_setopt(h, CURLOPT_URL, url_of(exchange.request).c_str());
  curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(h, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(h, CURLOPT_HTTPHEADER, exchange.headers);
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(h, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(send.connect_timeout.count()));
  curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, static_cast<long>(send.total_timeout.count()));
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
  configure_body(exchange);
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
    return base::fail(ErrorCode::limit_exceeded, "{} answered with more than {} bytes", exchange.request.host,
                      base::kHttpBodyBytesMax);
  }
  const bool unsent = nothing_was_sent(exchange, code);
  base::Error error{unsent ? ErrorCode::unreachable : ErrorCode::timed_out, {}, exchange.request.host, {}, {}};
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
    for (CURL* handle : spare_) curl_easy_cleanup(handle);
    for (CURL* handle : blocking_) curl_easy_cleanup(handle);
    curl_multi_cleanup(multi_);
  }

  const CurlOptions& options() const { return options_; }

  // Handles for send(), each with connections of its own. The one used last is taken first: its connections are warm.
  CURL* take_handle() {
    std::lock_guard lock(mutex_);
    if (blocking_.empty()) return curl_easy_init();
    CURL* handle = blocking_.back();
    blocking_.pop_back();
    return handle;
  }
  void give_back(CURL* handle) {
    std::lock_guard lock(mutex_);
    blocking_.push_back(handle);
  }

  void add(std::unique_ptr<Exchange> exchange, const SendOptions& send) {
    {
      std::lock_guard lock(mutex_);
      arriving_.emplace_back(std::move(exchange), send);
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

  bool take_arrivals() {
    std::deque<std::pair<std::unique_ptr<Exchange>, SendOptions>> arrived;
    {
      std::lock_guard lock(mutex_);
      arrived.swap(arriving_);
      if (stopping_) {
        for (auto& [exchange, send] : arrived)
          exchange->done(base::fail(ErrorCode::cancelled, "the transport is shutting down"));
        return false;
      }
    }
    for (auto& [exchange, send] : arrived) begin(std::move(exchange), send);
    return true;
  }

  void begin(std::unique_ptr<Exchange> exchange, const SendOptions& send) {
    if (spare_.empty()) spare_.push_back(curl_easy_init());
    exchange->handle = spare_.back();
    spare_.pop_back();
    configure(*exchange, options_, send);
    curl_multi_add_handle(multi_, exchange->handle);
    under_way_.emplace(exchange->handle, std::move(exchange));
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
    release(*exchange);
    exchange->done(std::move(result));
  }

  void release(Exchange& exchange) {
    curl_multi_remove_handle(multi_, exchange.handle);
    curl_slist_free_all(exchange.headers);
    spare_.push_back(exchange.handle);
  }

  void abandon_all() {
    for (auto& [handle, exchange] : under_way_) {
      release(*exchange);
      exchange->done(base::fail(ErrorCode::timed_out, "the transport was shut down before an answer came"));
    }
    under_way_.clear();
  }

  const CurlOptions options_;
  CURLM* multi_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<CURL*> blocking_;
  std::deque<std::pair<std::unique_ptr<Exchange>, SendOptions>> arriving_;
  // Of the loop's thread only:
  std::unordered_map<CURL*, std::unique_ptr<Exchange>> under_way_;
  std::vector<CURL*> spare_;
};

CurlTransport::CurlTransport(CurlOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
CurlTransport::~CurlTransport() = default;

void CurlTransport::start(HttpRequest request, const SendOptions& options, Done done) {
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  exchange->done = std::move(done);
  loop_->add(std::move(exchange), options);
}

// On the caller's own thread: a hop to the loop and back costs several times what the exchange itself does.
base::Result<HttpResponse> CurlTransport::send(const HttpRequest& request, const SendOptions& options) {
  Exchange exchange;
  exchange.request = request;
  exchange.handle = loop_->take_handle();
  configure(exchange, loop_->options(), options);
  auto result = outcome(exchange, curl_easy_perform(exchange.handle));
  curl_slist_free_all(exchange.headers);
  loop_->give_back(exchange.handle);
  return result;
}

}  // namespace setpoint::cloud::aws
