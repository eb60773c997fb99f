// One transfer of libcurl, as Result: what webhook and mail share.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::notify {

struct TransferTimeouts {
  base::Milliseconds connect{5'000};
  base::Milliseconds total{30'000};
};

class CurlSession {
 public:
  // `protocols` as curl writes them: "http,https".
  CurlSession(const std::string& url, const char* protocols, const TransferTimeouts& timeouts);
  ~CurlSession();
  CurlSession(const CurlSession&) = delete;
  CurlSession& operator=(const CurlSession&) = delete;

  CURL* handle() { return handle_; }
  void add_header(const std::string& line);
  void add_recipient(const std::string& address);
  void send_body(std::string_view body);  // uploads it; it must outlive run()
  base::Status run();
  long response_code() const;
  const std::string& answer() const { return answer_; }        // the body, cut at kResponseBytesMax
  const std::string& last_line() const { return last_line_; }  // of the protocol's own answers
  const std::string& refusal() const { return refusal_; }      // SMTP: the first answer that says 4xx or 5xx

 private:
  bool scheme_allowed() const;
  static std::size_t take_answer(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_line(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t give_body(char* data, std::size_t size, std::size_t count, void* self);

  CURL* handle_;
  curl_slist* headers_ = nullptr;
  curl_slist* recipients_ = nullptr;
  std::string url_;
  std::string protocols_;
  std::string answer_;
  std::string last_line_;
  std::string refusal_;
  std::string_view body_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace setpoint::notify
