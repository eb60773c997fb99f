#include "runbook/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <charconv>

#include "runbook/limits.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

std::string error_text(int code) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(code, text, sizeof(text));
  return reinterpret_cast<const char*>(text);
}

constexpr std::size_t kUnicodeEscapeLength = 6;  // \uD7FF

std::optional<std::uint32_t> unicode_escape(std::string_view text, std::size_t at) {
  if (at + kUnicodeEscapeLength > text.size() || text[at] != '\\' || text[at + 1] != 'u') return {};
  std::uint32_t unit = 0;
  const char* end = text.data() + at + kUnicodeEscapeLength;
  auto [stopped, wrong] = std::from_chars(text.data() + at + 2, end, unit, 16);
  if (wrong != std::errc() || stopped != end) return {};
  return unit;
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // of its text
};

// Two escapes that are a surrogate pair are one character, as Java reads them.
std::optional<CodePoint> java_code_point(std::string_view text, std::size_t at) {
  std::optional<std::uint32_t> high = unicode_escape(text, at);
  if (!high) return {};
  std::optional<std::uint32_t> low = unicode_escape(text, at + kUnicodeEscapeLength);
  bool pair = *high >= 0xD800 && *high <= 0xDBFF && low && *low >= 0xDC00 && *low <= 0xDFFF;
  if (!pair) return CodePoint{*high, kUnicodeEscapeLength};
  return CodePoint{0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00), 2 * kUnicodeEscapeLength};
}

// Documents are written for Java's expressions, which spell a character by "u" and four digits; PCRE2 by x{...}.
std::string from_java(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (auto point = java_code_point(text, at)) {
      out += fmt::format("\\x{{{:X}}}", point->value);
      at += point->length;
      continue;
    }
    std::size_t length = text[at] == '\\' && at + 1 < text.size() ? 2 : 1;  // an escaped backslash escapes nothing
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

}  // namespace

struct Pattern::Compiled {
  std::unique_ptr<pcre2_code, Free> code;
  std::unique_ptr<pcre2_match_context, Free> limits;

  Result<bool> match(std::string_view text, std::uint32_t options) const {
    std::unique_ptr<pcre2_match_data, Free> data(pcre2_match_data_create_from_pattern(code.get(), nullptr));
    if (!data) return fail(ErrorCode::limit_exceeded, "no memory to match a pattern");
    int found = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, options, data.get(),
                            limits.get());
    if (found >= 0) return true;
    if (found == PCRE2_ERROR_NOMATCH) return false;
    return fail(ErrorCode::limit_exceeded, "the pattern cannot be matched within its bounds: {}", error_text(found));
  }
};

Pattern::Pattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::~Pattern() = default;

Result<std::shared_ptr<const Pattern>> Pattern::compile(std::string_view text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto compiled = std::make_unique<Compiled>();
  std::string pattern = from_java(text);
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                     PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &offset, nullptr));
  if (!compiled->code) return fail(ErrorCode::invalid_input, "{} at character {}", error_text(error), offset + 1);
  compiled->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(compiled->limits.get(), kPatternStepsMax);
  pcre2_set_depth_limit(compiled->limits.get(), kPatternDepthMax);
  pcre2_set_heap_limit(compiled->limits.get(), kPatternHeapKilobytesMax);
  return std::shared_ptr<const Pattern>(new Pattern(std::move(compiled)));
}

Result<bool> Pattern::matches(std::string_view text) const {
  return compiled_->match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

Result<bool> Pattern::finds(std::string_view text) const { return compiled_->match(text, 0); }

}  // namespace setpoint::runbook
