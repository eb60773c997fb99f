// `wildcard`: '*' stands for any run of characters, the empty one included; \* and \\ are the plain characters.
//
// Matching is greedy from the left, each piece found once and never gone back on, so time is linear in the value for
// each piece and no state is built at all: a set of hostile wildcards costs their length in memory and nothing more.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace setpoint::pattern {

struct WildcardFault {
  std::size_t at = 0;  // byte of the text
  const char* what = nullptr;
  const char* hint = nullptr;
};

class Wildcard {
 public:
  // False with `fault` filled where the text is not a wildcard: "**", an escape other than \* and \\.
  bool parse(std::string_view text, WildcardFault& fault);
  bool matches(std::string_view value) const;

  const std::string& text() const { return text_; }  // as written
  bool literal() const { return pieces_.size() == 1; }
  const std::string& head() const { return pieces_.front(); }  // what the value begins with; may be ""
  const std::string& tail() const { return pieces_.back(); }   // what it ends with; may be ""
  std::span<const std::string> pieces() const { return pieces_; }
  bool operator==(const Wildcard& other) const { return text_ == other.text_; }

 private:
  std::string text_;
  std::vector<std::string> pieces_;  // the text between the stars; one where there is no star
};

}  // namespace setpoint::pattern
