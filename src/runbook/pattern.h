// A regular expression in the dialect of Java's users (look-around, inline flags), by PCRE2 with bounded matching.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace setpoint::runbook {

class Pattern {
 public:
  static base::Result<std::shared_ptr<const Pattern>> compile(std::string_view text);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // The whole of `text` must match. Error: limit_exceeded where that takes more than kPatternStepsMax steps.
  // Thread-safe.
  base::Result<bool> matches(std::string_view text) const;
  // Any part of `text` may match.
  base::Result<bool> finds(std::string_view text) const;

 private:
  struct Compiled;
  explicit Pattern(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace setpoint::runbook
