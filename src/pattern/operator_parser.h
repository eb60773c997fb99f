// One array of a pattern, ["x", {"prefix": "y"}], to a FieldTest. Every mistake is reported, with its place and what to
// write instead; what Event Ruler refuses is refused (docs/event-patterns.md lists the few differences).
#pragma once

#include <memory>
#include <optional>

#include "base/diagnostic.h"
#include "pattern/json_reader.h"
#include "pattern/operators.h"

namespace setpoint::pattern {

// Where a compilation stands and where its complaints go.
class Complaints {
 public:
  Complaints(const base::SourceText& source, base::Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  void error(std::size_t at, const char* code, std::string what, std::string hint = {}) {
    diagnostics_.error(code, source_.name, base::position_at(source_.text, at), std::move(what), std::move(hint));
  }
  void warning(std::size_t at, const char* code, std::string what, std::string hint = {}) {
    diagnostics_.warning(code, source_.name, base::position_at(source_.text, at), std::move(what), std::move(hint));
  }
  std::size_t errors() const { return diagnostics_.error_count(); }

 private:
  const base::SourceText& source_;
  base::Diagnostics& diagnostics_;
};

// Null where an error was reported.
std::shared_ptr<const FieldTest> parse_field_test(const JsonNode& array, Complaints& complaints);

}  // namespace setpoint::pattern
