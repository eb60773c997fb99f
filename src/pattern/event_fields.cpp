#include "pattern/event_fields.h"

namespace setpoint::pattern {

void EventFields::clear(std::size_t path_count) {
  ++event_;
  if (heads_.size() < path_count) heads_.resize(path_count);
  values_.resize(1);
  places_.resize(1);
  touched_.clear();
  arrays_ = 0;
  texts_used_ = 0;
  placed_ = false;
}

Value& EventFields::add(std::uint32_t path, ValueKind kind, std::uint32_t place) {
  std::uint32_t index = static_cast<std::uint32_t>(values_.size());
  Head& head = heads_[path];
  if (head.event == event_) {
    values_[head.last].next = index;
  } else {
    head.event = event_;
    head.first = index;
    touched_.push_back(path);
  }
  head.last = index;
  placed_ = placed_ || place != 0;
  Value& value = values_.emplace_back();
  value.kind = kind;
  value.place = place;
  return value;
}

std::uint32_t EventFields::enter(std::uint32_t outer, std::uint32_t array, std::uint32_t index) {
  places_.push_back({outer, array, index, places_[outer].depth + 1});
  return static_cast<std::uint32_t>(places_.size() - 1);
}

std::string& EventFields::new_text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

// An array stands in one place only, so two chains that meet share everything outside the meeting point.
bool EventFields::consistent(std::uint32_t a, std::uint32_t b) const {
  while (places_[a].depth > places_[b].depth) a = places_[a].outer;
  while (places_[b].depth > places_[a].depth) b = places_[b].outer;
  while (a != b) {
    if (places_[a].array == places_[b].array) return false;
    a = places_[a].outer;
    b = places_[b].outer;
  }
  return true;
}

}  // namespace setpoint::pattern
