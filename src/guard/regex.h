// A regular expression as cfn-guard (Rust's fancy-regex) reads it: search, not match; lookaround and back references.
//
// RE2 runs every pattern that it can, in linear time; PCRE2 runs the rest, and any subject with characters beyond
// ASCII, where \d, \w, \s and \b follow Unicode in Rust but not in RE2. PCRE2 works under limits (limits.h): past them
// the match has no answer, which is an ERROR verdict, as cfn-guard aborts there. Immutable; matched from many threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace setpoint::guard {

enum class RegexMatch { yes, no, no_answer };

class Regex {
 public:
  // nullptr where the pattern does not compile; `why` then says so.
  static std::unique_ptr<const Regex> compile(std::string_view pattern, std::string& why);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  const std::string& pattern() const { return pattern_; }
  bool linear() const;  // RE2 runs it
  RegexMatch search(std::string_view subject) const;
  // Every match's expansion of `replacement` ($1, ${name}, $$), one after the other and nothing else, as cfn-guard's
  // regex_replace has it. Nothing where there is no answer.
  std::optional<std::string> expand_matches(std::string_view subject, std::string_view replacement) const;

 private:
  struct Engines;
  Regex(std::string pattern, std::unique_ptr<Engines> engines);
  std::string pattern_;
  std::unique_ptr<Engines> engines_;
};

}  // namespace setpoint::guard
