#include "runbook/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

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
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
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
