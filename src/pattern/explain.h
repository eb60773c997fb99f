// Patterns for people: why an event matched or which field failed first, and what a pattern says, in words.
//
//   std::string text = explain_match(pattern, event_json);   // what `setpoint pattern test` prints
//   std::string text = explain(pattern);                     // what `setpoint pattern explain` prints
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "pattern/pattern.h"

namespace setpoint::pattern {

struct MatchReport {
  bool matched = false;
  std::string text;  // one line a field, newline-terminated
};

// An unusable event is an Error. Where no alternative matches, the report is about the one that came furthest.
base::Result<MatchReport> explain_match(const Pattern& pattern, std::string_view event_json, ReadLimits limits = {});

std::string explain(const Pattern& pattern);

}  // namespace setpoint::pattern
