// An HTTP request or response out of fuzzer bytes: "METHOD path?query\nheader: value\n...\n\nbody".
#pragma once

#include <string>
#include <string_view>

#include "cloud/http.h"

namespace setpoint::fuzz {

inline std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

inline void take_headers(std::string_view& text, cloud::Headers& headers) {
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

inline cloud::HttpRequest request_of(std::string_view text) {
  cloud::HttpRequest request;
  std::string_view line = take_line(text);
  request.method = line.substr(0, line.find(' '));
  std::string_view target = line.substr(std::min(line.size(), request.method.size() + 1));
  request.path = target.substr(0, target.find('?'));
  request.query = target.substr(std::min(target.size(), request.path.size() + 1));
  take_headers(text, request.headers);
  request.host = cloud::header(request.headers, "Host");
  request.body = text;
  return request;
}

}  // namespace setpoint::fuzz
