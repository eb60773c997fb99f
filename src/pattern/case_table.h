// Unicode's case mappings beyond ASCII, as case_table.cpp holds them. Only letter_case.cpp reads these.
#pragma once

#include <cstdint>

namespace setpoint::pattern {

// Every `step`-th code point of first..last maps to itself + delta.
struct CaseRun {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
  std::int32_t delta;
};

// A code point whose lower or upper form is several characters, in UTF-8.
struct CaseExpansion {
  std::uint32_t point;
  bool lower;
  const char* text;
};

extern const CaseRun kLowerRuns[180];
extern const CaseRun kUpperRuns[193];
extern const CaseExpansion kCaseExpansions[103];

}  // namespace setpoint::pattern
