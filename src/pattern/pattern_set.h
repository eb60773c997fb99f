// Many patterns, matched against an event all at once: what routing, detection and exceptions are made of. The time for
// an event hardly grows with the number of patterns (bench/README.md has the figures).
//
//   PatternSet set;
//   PatternId id = set.add(*Pattern::compile({"rule.json", text}, diagnostics));
//   ...
//   Matcher matcher(set);                                     // one per thread, kept
//   base::Result<std::span<const PatternId>> ids = matcher.match(event_bytes);
//   if (!ids) return base::fail(std::move(ids).error());      // not JSON, too deep, too large: never "no match"
//
// Threads: a set may be changed from any thread while any number of Matchers read; changes wait for each other, readers
// wait for nobody: a match works on one immutable snapshot from its beginning to its end, and each change swaps in the
// next. A Matcher is one thread's. What a snapshot no longer needs is freed once no match that began before the swap is
// under way.
//
// Ownership: a set copies what it needs; Patterns may go. Matchers must not outlive their set. An id is free for reuse
// once removed. Units: about 0.7 KB a pattern; a change among 100,000 takes microseconds. For loading many, add_all
// swaps once. Refusals: those of Pattern::matches. Nothing that compiled is refused here.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "pattern/json_reader.h"
#include "pattern/pattern.h"

namespace setpoint::pattern {

using PatternId = std::uint32_t;

class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;

  PatternId add(const Pattern& pattern);
  std::vector<PatternId> add_all(std::span<const Pattern> patterns);  // ids in the same order; visible all at once
  bool remove(PatternId id);                                          // false where there is none
  void remove_all(std::span<const PatternId> ids);                    // gone all at once
  std::size_t size() const;
  std::size_t index_bytes() const;  // memory of its own; the patterns' tests, shared with them, are beside that

 private:
  friend class Matcher;
  struct State;
  std::unique_ptr<State> state_;
};

class Matcher {
 public:
  explicit Matcher(const PatternSet& set, ReadLimits limits = {});
  ~Matcher();
  Matcher(Matcher&&) noexcept;

  // The ids of all patterns that match, ascending. Valid until the next call.
  base::Result<std::span<const PatternId>> match(std::string_view event_json);
  base::Result<std::span<const PatternId>> match_document(const base::Json& event);
  base::Result<std::span<const PatternId>> match(const model::Event& event);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace setpoint::pattern
