// Text compared without regard to case, as `equals-ignore-case` means it: each character of the *pattern* may stand in
// the value as itself, in its lower or in its upper form, by Unicode's full mappings and by code point. The relation
// has a direction: "straße" accepts "STRASSE", but "STRASSE" does not accept "straße".
//
//   AnyCase name("straße");
//   name.equals("STRASSE");       // true
//   name.begins("STRASSENBAHN");  // true: the pattern is a prefix of the value, in any case
//
// Immutable once made; safe from many threads. No locale, no normalisation: composed and decomposed forms differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace setpoint::pattern {

class AnyCase {
 public:
  explicit AnyCase(std::string text);

  bool equals(std::string_view value) const { return match_front(value) == value.size(); }
  bool begins(std::string_view value) const { return match_front(value) != std::string_view::npos; }
  bool ends(std::string_view value) const;

  const std::string& text() const { return text_; }  // as written
  bool ascii() const { return letters_.empty(); }
  bool operator==(const AnyCase& other) const { return text_ == other.text_; }

 private:
  // The spellings of one character; unused ones are empty.
  struct Letter {
    std::string spellings[3];
  };

  std::size_t match_front(std::string_view value) const;  // bytes of `value` used, or npos
  std::size_t match_letters(std::string_view value) const;

  std::string text_;
  std::vector<Letter> letters_;  // empty where the text is ASCII: then bytes are compared
};

// ASCII letters lowered; other bytes kept.
std::string ascii_lowered(std::string_view text);

// One code point at `at`, which must begin a character of valid UTF-8; `at` moves behind it.
char32_t next_code_point(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t point);

}  // namespace setpoint::pattern
