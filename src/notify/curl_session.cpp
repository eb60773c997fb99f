#include "notify/curl_session.h"

#include <mutex>

#include "notify/limits.h"

namespace setpoint::notify {

using base::ErrorCode;

namespace {

CURL* new_handle() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  CURL* handle = curl_easy_init();
  SETPOINT_ASSERT(handle != nullptr);
  return handle;
}

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return ErrorCode::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::timed_out;
    case CURLE_LOGIN_DENIED:
      return ErrorCode::unauthenticated;
    case CURLE_URL_MALFORMAT:
      return ErrorCode::invalid_input;
    default:
      return ErrorCode::unavailable;
  }
}

}  // namespace

CurlSession::CurlSession(const std::string& url, const char* protocols, const TransferTimeouts& timeouts)
    : handle_(new_handle()), url_(url), protocols_(protocols) {
  curl_easy_setopt(handle_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeouts.connect.count()));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(timeouts.total.count()));
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &CurlSession::take_answer);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &CurlSession::take_line);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
}

CurlSession::~CurlSession() {
  curl_slist_free_all(headers_);
  curl_slist_free_all(recipients_);
  curl_easy_cleanup(handle_);
}

void CurlSession::add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

void CurlSession::add_recipient(const std::string& address) {
  recipients_ = curl_slist_append(recipients_, address.c_str());
}

void CurlSession::send_body(std::string_view body) {
  body_ = body;
  curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &CurlSession::give_body);
  curl_easy_setopt(handle_, CURLOPT_READDATA, this);
}

// curl says "unsupported protocol" of a wrong URL and of a server that answers nonsense: only the first is for good.
bool CurlSession::scheme_allowed() const {
  std::string scheme = url_.substr(0, url_.find("://"));
  return url_.find("://") != std::string::npos &&
         ("," + protocols_ + ",").find("," + scheme + ",") != std::string::npos;
}

base::Status CurlSession::run() {
  if (!scheme_allowed()) {
    return base::fail({ErrorCode::invalid_input, "the URL must begin with one of " + protocols_, url_, {}, {}});
  }
  if (headers_ != nullptr) curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  if (recipients_ != nullptr) curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, recipients_);
  CURLcode code = curl_easy_perform(handle_);
  if (code == CURLE_OK) return {};
  std::string what = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
  return base::fail({code_of(code), std::move(what), url_, {}, refusal_});
}

long CurlSession::response_code() const {
  long code = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

// What is past the limit is read and dropped: the transfer itself is fine.
std::size_t CurlSession::take_answer(char* data, std::size_t size, std::size_t count, void* self) {
  auto& answer = static_cast<CurlSession*>(self)->answer_;
  std::size_t room = kResponseBytesMax - std::min(answer.size(), kResponseBytesMax);
  answer.append(data, std::min(size * count, room));
  return size * count;
}

std::size_t CurlSession::take_line(char* data, std::size_t size, std::size_t count, void* self) {
  std::string_view line(data, size * count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  auto* session = static_cast<CurlSession*>(self);
  if (!line.empty()) session->last_line_ = line.substr(0, kResponseBytesMax);
  // After a refusal curl still says goodbye, and the answer to that would hide it.
  bool refuses = line.starts_with("4") || line.starts_with("5");
  if (refuses && session->refusal_.empty()) session->refusal_ = session->last_line_;
  return size * count;
}

std::size_t CurlSession::give_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& body = static_cast<CurlSession*>(self)->body_;
  std::size_t given = std::min(size * count, body.size());
  body.copy(data, given);
  body.remove_prefix(given);
  return given;
}

}  // namespace setpoint::notify
