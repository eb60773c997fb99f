// What one event says in the fields that anyone asks for: flat values by path, each with the array elements it stands
// in.
//
// Array consistency (Event Ruler's): values taken together must not stand in different elements of the same array. A
// value's `place` is a chain of (array, index), outermost last; arrays are numbered within the event.
//
// Scratch, filled by EventReader and reused from event to event: one thread, no ownership of the event's bytes, which
// must outlive the use.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "pattern/operators.h"

namespace setpoint::pattern {

struct Place {
  std::uint32_t outer = 0;  // the place around this one; 0 for none
  std::uint32_t array = 0;
  std::uint32_t index = 0;
  std::uint32_t depth = 0;  // links up to here
};

class EventFields {
 public:
  // Before each event. `path_count`: ids run below it.
  void clear(std::size_t path_count);

  // A value to be filled in; valid until the next one.
  Value& add(std::uint32_t path, ValueKind kind, std::uint32_t place);
  std::uint32_t enter(std::uint32_t outer, std::uint32_t array, std::uint32_t index);
  std::uint32_t new_array() { return arrays_++; }
  std::string& new_text();  // stays put until clear()

  // The field's first value, 0 for none; then by Value::next.
  std::uint32_t first(std::uint32_t path) const {
    return path < heads_.size() && heads_[path].event == event_ ? heads_[path].first : 0;
  }
  const Value& value(std::uint32_t index) const { return values_[index]; }
  std::size_t value_count() const { return values_.size(); }
  const std::vector<std::uint32_t>& touched() const { return touched_; }  // paths with a value, each once
  // Some value stands in an element of an array of objects or arrays: consistency must be looked at.
  bool has_places() const { return placed_; }
  // Could both be taken together?
  bool consistent(std::uint32_t place_a, std::uint32_t place_b) const;
  const Place& place(std::uint32_t index) const { return places_[index]; }

 private:
  struct Head {
    std::uint64_t event = 0;  // the event that wrote it; older ones count as empty
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  std::uint64_t event_ = 0;
  std::uint32_t arrays_ = 0;
  bool placed_ = false;
  std::vector<Head> heads_;
  std::vector<std::uint32_t> touched_;
  std::vector<Value> values_;
  std::vector<Place> places_;
  std::deque<std::string> texts_;
  std::size_t texts_used_ = 0;
};

}  // namespace setpoint::pattern
