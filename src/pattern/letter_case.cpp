#include "pattern/letter_case.h"

#include <algorithm>
#include <span>

#include "pattern/case_table.h"

namespace setpoint::pattern {

namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_ascii(std::string_view pattern, std::string_view value) {
  return std::equal(pattern.begin(), pattern.end(), value.begin(), value.end(),
                    [](char a, char b) { return lowered(a) == lowered(b); });
}

char32_t map_by_runs(char32_t point, std::span<const CaseRun> runs) {
  auto after =
      std::upper_bound(runs.begin(), runs.end(), point, [](char32_t p, const CaseRun& run) { return p < run.first; });
  if (after == runs.begin()) return point;
  const CaseRun& run = *--after;
  bool inside = point <= run.last && (point - run.first) % run.step == 0;
  return inside ? point + static_cast<char32_t>(run.delta) : point;
}

std::string spelled(char32_t point, bool lower) {
  std::string out;
  if (point < 0x80) {
    char c = static_cast<char>(point);
    if (lower) c = lowered(c);
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return {c};
  }
  for (const CaseExpansion& grown : kCaseExpansions) {
    if (grown.point == point && grown.lower == lower) return grown.text;
  }
  append_utf8(out, lower ? map_by_runs(point, kLowerRuns) : map_by_runs(point, kUpperRuns));
  return out;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  char32_t first = byte(at);
  std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i) point = (point << 6) | (byte(at + i) & 0x3F);
  at += length;
  return point;
}

void append_utf8(std::string& out, char32_t point) {
  auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

std::string ascii_lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lowered(c);
  return out;
}

AnyCase::AnyCase(std::string text) : text_(std::move(text)) {
  if (is_ascii(text_)) return;
  for (std::size_t at = 0; at < text_.size();) {
    std::size_t from = at;
    char32_t point = next_code_point(text_, at);
    Letter letter{{text_.substr(from, at - from), spelled(point, true), spelled(point, false)}};
    if (letter.spellings[2] == letter.spellings[0] || letter.spellings[2] == letter.spellings[1])
      letter.spellings[2].clear();
    if (letter.spellings[1] == letter.spellings[0]) letter.spellings[1].clear();
    letters_.push_back(std::move(letter));
  }
}

std::size_t AnyCase::match_front(std::string_view value) const {
  if (!ascii()) return match_letters(value);
  bool fits = value.size() >= text_.size() && same_ascii(text_, value.substr(0, text_.size()));
  return fits ? text_.size() : std::string_view::npos;
}

// No two spellings of a letter begin alike (make_case_table.py asserts it), so there is never a choice to go back to.
std::size_t AnyCase::match_letters(std::string_view value) const {
  std::size_t at = 0;
  for (const Letter& letter : letters_) {
    auto fits = [&](const std::string& s) { return !s.empty() && value.substr(at).starts_with(s); };
    auto found = std::find_if(std::begin(letter.spellings), std::end(letter.spellings), fits);
    if (found == std::end(letter.spellings)) return std::string_view::npos;
    at += found->size();
  }
  return at;
}

bool AnyCase::ends(std::string_view value) const {
  if (ascii()) return value.size() >= text_.size() && same_ascii(text_, value.substr(value.size() - text_.size()));
  for (auto letter = letters_.rbegin(); letter != letters_.rend(); ++letter) {
    auto fits = [&](const std::string& s) { return !s.empty() && value.ends_with(s); };
    auto found = std::find_if(std::begin(letter->spellings), std::end(letter->spellings), fits);
    if (found == std::end(letter->spellings)) return false;
    value.remove_suffix(found->size());
  }
  return true;
}

}  // namespace setpoint::pattern
