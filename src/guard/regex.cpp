#define PCRE2_CODE_UNIT_WIDTH 8
#include "guard/regex.h"

#include <pcre2.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "guard/limits.h"

namespace setpoint::guard {

namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;
using MatchData = std::unique_ptr<pcre2_match_data, FreeData>;
using Context = std::unique_ptr<pcre2_match_context, FreeContext>;

PCRE2_SPTR bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

Code compile_pcre2(std::string_view pattern, std::string& why) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
  Code code(pcre2_compile(bytes(pattern), pattern.size(), options, &error, &offset, nullptr));
  if (!code) {
    PCRE2_UCHAR message[256];
    pcre2_get_error_message(error, message, sizeof message);
    why = fmt::format("{} at character {} of the pattern", reinterpret_cast<const char*>(message), offset + 1);
  }
  return code;
}

std::unique_ptr<RE2> compile_re2(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  auto regex = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  return regex->ok() ? std::move(regex) : nullptr;
}

Context limits() {
  Context context(pcre2_match_context_create(nullptr));
  if (context) {
    pcre2_set_match_limit(context.get(), kRegexMatchStepsMax);
    pcre2_set_heap_limit(context.get(), kRegexHeapKibMax);
  }
  return context;
}

bool ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The text of one group, by number or by name; nothing where it took no part.
std::string_view group(const pcre2_code* code, pcre2_match_data* data, std::string_view subject, std::string_view id) {
  std::uint32_t number = 0;
  auto [end, bad] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (bad != std::errc() || end != id.data() + id.size()) {
    int found = pcre2_substring_number_from_name(code, bytes(std::string(id)));
    if (found < 0) return {};
    number = static_cast<std::uint32_t>(found);
  }
  if (number >= pcre2_get_ovector_count(data)) return {};
  const PCRE2_SIZE* spans = pcre2_get_ovector_pointer(data);
  if (spans[2 * number] == PCRE2_UNSET) return {};
  return subject.substr(spans[2 * number], spans[2 * number + 1] - spans[2 * number]);
}

// The id behind a '$' and how many characters it takes; 0 where there is none.
std::size_t group_id(std::string_view tail, std::string_view& id) {
  bool braces = tail.starts_with('{');
  std::size_t from = braces ? 1 : 0;
  std::size_t to = from;
  while (to < tail.size() && word(tail[to])) ++to;
  if (to == from || (braces && (to >= tail.size() || tail[to] != '}'))) return 0;
  id = tail.substr(from, to - from);
  return braces ? to + 1 : to;
}

void expand(const pcre2_code* code, pcre2_match_data* data, std::string_view subject, std::string_view replacement,
            std::string& out) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      out += replacement[i];
      continue;
    }
    std::string_view tail = replacement.substr(i + 1);
    std::string_view id;
    if (tail.starts_with('$')) {
      out += '$';
      ++i;
    } else if (std::size_t taken = group_id(tail, id); taken > 0) {
      out += group(code, data, subject, id);
      i += taken;
    } else {
      out += '$';
    }
  }
}

}  // namespace

struct Regex::Engines {
  std::unique_ptr<RE2> linear;
  Code backtracking;  // null where only RE2 reads the pattern
  Context limits;
};

Regex::Regex(std::string pattern, std::unique_ptr<Engines> engines)
    : pattern_(std::move(pattern)), engines_(std::move(engines)) {}
Regex::~Regex() = default;

std::unique_ptr<const Regex> Regex::compile(std::string_view pattern, std::string& why) {
  if (pattern.size() > kRegexBytesMax) {
    why = fmt::format("the pattern is longer than {} bytes", kRegexBytesMax);
    return nullptr;
  }
  auto engines = std::make_unique<Engines>();
  engines->linear = compile_re2(pattern);
  engines->backtracking = compile_pcre2(pattern, why);
  if (!engines->linear && !engines->backtracking) return nullptr;
  engines->limits = limits();
  return std::unique_ptr<const Regex>(new Regex(std::string(pattern), std::move(engines)));
}

bool Regex::linear() const { return engines_->linear != nullptr; }

RegexMatch Regex::search(std::string_view subject) const {
  if (subject.size() > kRegexSubjectBytesMax) return RegexMatch::no_answer;
  if (engines_->linear && (!engines_->backtracking || ascii(subject))) {
    bool found = RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *engines_->linear);
    return found ? RegexMatch::yes : RegexMatch::no;
  }
  const pcre2_code* code = engines_->backtracking.get();
  MatchData data(pcre2_match_data_create(1, nullptr));
  if (!data || !engines_->limits) return RegexMatch::no_answer;
  int found = pcre2_match(code, bytes(subject), subject.size(), 0, 0, data.get(), engines_->limits.get());
  if (found >= 0) return RegexMatch::yes;
  return found == PCRE2_ERROR_NOMATCH ? RegexMatch::no : RegexMatch::no_answer;
}

std::optional<std::string> Regex::expand_matches(std::string_view subject, std::string_view replacement) const {
  const pcre2_code* code = engines_->backtracking.get();
  if (code == nullptr || subject.size() > kRegexSubjectBytesMax) return std::nullopt;
  MatchData data(pcre2_match_data_create_from_pattern(code, nullptr));
  if (!data || !engines_->limits) return std::nullopt;
  std::string out;
  PCRE2_SIZE from = 0;
  std::uint32_t options = 0;
  while (from <= subject.size()) {
    int found = pcre2_match(code, bytes(subject), subject.size(), from, options, data.get(), engines_->limits.get());
    if (found == PCRE2_ERROR_NOMATCH && options == 0) break;
    if (found == PCRE2_ERROR_NOMATCH) {  // nothing but the empty match here: step over one character
      do ++from;
      while (from < subject.size() && (static_cast<unsigned char>(subject[from]) & 0xC0) == 0x80);
      options = 0;
      continue;
    }
    if (found < 0) return std::nullopt;
    expand(code, data.get(), subject, replacement, out);
    const PCRE2_SIZE* spans = pcre2_get_ovector_pointer(data.get());
    options = spans[0] == spans[1] ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
    from = std::max(spans[1], from);
  }
  return out;
}

}  // namespace setpoint::guard
