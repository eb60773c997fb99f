// One EventBridge event pattern, compiled: the language of routing, triggers and filters (docs/event-patterns.md says
// what it means to the letter, and where we differ from Event Ruler).
//
//   base::Diagnostics diagnostics;
//   std::optional<Pattern> pattern = Pattern::compile({.name = "rule.json", .text = text}, diagnostics);
//   if (!pattern) return print(diagnostics.render());
//   base::Result<bool> matched = pattern->matches(event_bytes);
//
// For many patterns at once: pattern_set.h. Where the flow needs one answer about one pattern, this is enough.
//
// Ownership: a Pattern is a handle on an immutable compilation; copies are cheap and share it. Threads: all const, any
// number. Refusals: an author's mistake is a Diagnostic and no Pattern; an unusable event (not JSON, beyond
// base::kEventBytesMax or base::kEventDepthMax, lone surrogates, numbers beyond a double) is an Error, never "no
// match"; so is an event whose arrays are so entangled that matching would take more than kSelectionStepsMax steps.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"
#include "base/result.h"
#include "pattern/alternatives.h"
#include "pattern/json_reader.h"

namespace setpoint::model {
struct Event;
}

namespace setpoint::pattern {

class EventFields;
class PathNode;

class Pattern {
 public:
  static std::optional<Pattern> compile(const base::SourceText& source, base::Diagnostics& diagnostics);

  base::Result<bool> matches(std::string_view event_json, ReadLimits limits = {}) const;
  base::Result<bool> matches_document(const base::Json& event, ReadLimits limits = {}) const;
  base::Result<bool> matches(const model::Event& event) const;

  const std::vector<Alternative>& alternatives() const;

  // For explain.h: the fields by id, as an EventReader fills them in.
  const PathNode& paths() const;
  std::size_t path_count() const;
  std::uint32_t path_id(std::string_view path) const;
  // An error only where the event's arrays are too entangled.
  base::Result<bool> matches_fields(const EventFields& event) const;

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// The error for Selection::gave_up.
base::Error too_entangled();

}  // namespace setpoint::pattern
