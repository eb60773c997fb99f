#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace setpoint::base {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return "invalid-input";
    case ErrorCode::not_found:
      return "not-found";
    case ErrorCode::access_denied:
      return "access-denied";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::throttled:
      return "throttled";
    case ErrorCode::unreachable:
      return "unreachable";
    case ErrorCode::timed_out:
      return "timed-out";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::limit_exceeded:
      return "limit-exceeded";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::corrupted:
      return "corrupted";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string Error::text() const {
  std::string out = where.empty() ? message : where + ": " + message;
  if (!detail.empty() && message.find(detail) == std::string::npos) out += " [" + detail + "]";
  if (!hint.empty()) out += " (" + hint + ")";
  return out;
}

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "setpoint: bug: %s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace setpoint::base
