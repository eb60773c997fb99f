// Result<T>: what every call that can meet the world's failure returns. See docs/HACKING.md, "Three kinds of wrong".
//
//   base::Result<Json> load(const std::string& path) {
//     TRY(std::string text, read_file(path, kFileBytesMax));
//     return parse_json(text);
//   }
//
// An Error is a value: an enum code that callers branch on, a sentence for people, where it happened (a file, a
// resource, an endpoint) and what the reader can do about it. No exception crosses a folder.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace setpoint::base {

enum class ErrorCode {
  invalid_input,    // bytes or arguments from outside that are not what they claim to be
  not_found,        // a named thing does not exist
  access_denied,    // credentials are valid but may not do this
  unauthenticated,  // credentials are missing, wrong or expired
  throttled,        // the other side asks us to slow down; worth a retry later
  unreachable,      // no connection: DNS, TCP, TLS
  timed_out,        // it may or may not have happened
  conflict,         // the world is in another state than the caller said (stale, already exists)
  limit_exceeded,   // one of base/limits.h
  unsupported,      // well-formed, but not something that this build does
  corrupted,        // our own stored bytes do not check
  unavailable,      // the other side failed (5xx); worth a retry
  refused,          // oversight or a law of the house says no
  cancelled,        // a person or a shutdown stopped it
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::invalid_input;
  std::string message;  // one sentence, no trailing full stop
  std::string where;    // "file:line:column", a resource, an endpoint; may be empty
  std::string hint;     // what the reader can do; may be empty
  std::string detail;   // the other side's own code ("InvalidGroup.NotFound"); may be empty

  // "where: message (hint)"
  std::string text() const;
  bool worth_retrying() const {
    return code == ErrorCode::throttled || code == ErrorCode::unavailable || code == ErrorCode::unreachable ||
           code == ErrorCode::timed_out;
  }
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};
using Status = Result<void>;

// return fail(ErrorCode::not_found, "no finding {}", id);
template <class... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...), {}, {}, {}});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Our own bug: says where and aborts, in release builds too.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace setpoint::base

#define SETPOINT_CONCAT_INNER(a, b) a##b
#define SETPOINT_CONCAT(a, b) SETPOINT_CONCAT_INNER(a, b)
#define SETPOINT_TRY_INNER(holder, declaration, expression)                               \
  auto holder = (expression);                                                             \
  if (!holder) return tl::unexpected<::setpoint::base::Error>(std::move(holder).error()); \
  declaration = std::move(*holder)
// TRY(auto value, call()); binds the value or returns the error.
#define TRY(declaration, expression) \
  SETPOINT_TRY_INNER(SETPOINT_CONCAT(try_holder_, __COUNTER__), declaration, expression)
// TRY_VOID(call()); returns the error of a Status.
#define TRY_VOID(expression)                                                                        \
  do {                                                                                              \
    auto try_status = (expression);                                                                 \
    if (!try_status) return tl::unexpected<::setpoint::base::Error>(std::move(try_status).error()); \
  } while (false)
#define SETPOINT_ASSERT(expression) \
  (static_cast<bool>(expression) ? void(0) : ::setpoint::base::assertion_failed(#expression, __FILE__, __LINE__))
