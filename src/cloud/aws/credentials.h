// What a request is signed with. A Secret never shows its text by accident: formatting it prints ****, it has no
// conversion and no stream operator; the places that need it call reveal(). Credentials are not written to logs,
// journals or plans.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace setpoint::cloud::aws {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

struct Credentials {
  std::string access_key;
  Secret secret_key;
  Secret session_token;     // empty for long-lived keys
  base::Timestamp expires;  // not known() = does not expire
  std::string account;      // where the source tells
  std::string source;       // "environment", "profile prod", "role arn:..." for people
  bool operator==(const Credentials&) const = default;
};

// Thread-safe. Renews before expiry; a caller asks for every request and holds none. Errors: unauthenticated where
// there are none, with what was tried.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  virtual base::Result<Credentials> get() = 0;
};

class StaticCredentials final : public CredentialsProvider {
 public:
  explicit StaticCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  base::Result<Credentials> get() override { return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace setpoint::cloud::aws

template <>
struct fmt::formatter<setpoint::cloud::aws::Secret> : fmt::formatter<const char*> {
  template <class Context>
  auto format(const setpoint::cloud::aws::Secret&, Context& context) const {
    return fmt::formatter<const char*>::format("****", context);
  }
};
