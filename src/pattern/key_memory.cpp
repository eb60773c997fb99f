#include "pattern/key_memory.h"

namespace setpoint::pattern {

KeyMemory::Seen KeyMemory::seen(const PathNode& node, std::string_view name, const PathNode* below) {
  Seen out;
  out.size = static_cast<std::uint32_t>(name.size());
  out.mask = name.size() >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * name.size())) - 1;
  out.tail_at = name.size() > 8 ? out.size - 8 : 0;
  std::string padded = std::string(name) + std::string(8, '\0');
  out.head = eight_bytes(padded.data());
  out.tail = eight_bytes(padded.data() + out.tail_at);
  out.node = &node;
  out.below = below;
  return out;
}

void KeyMemory::begin(const PathNode& paths) {
  bool same = paths_ == &paths && edit_ == paths.edit;
  if (same && learning_ && !full()) return;
  paths_ = &paths;
  edit_ = paths.edit;
  learning_ = same;
  seen_.assign(2, {});
  names_.clear();
  ++generation_;
  if (!learning_) return;
  seen_.reserve(kMarksMax);
  slots_.assign(kSlots, kNone);
}

const PathNode* KeyMemory::look_up(const PathNode& node, std::string_view name, const PathNode::Ends& ends,
                                   Mark& mark) {
  const PathNode* below = step(&node, name, ends);
  Mark here = learning_ && name.size() <= kNameMax ? mark_of(node, name, ends, below) : kNone;
  if (mark != kNone) seen_[mark].next = here;
  mark = here;
  return below;
}

KeyMemory::Mark KeyMemory::new_beginning(Mark key) {
  if (!learning_ || key == kNone || full()) return kNone;
  seen_.emplace_back();
  return seen_[key].first_key = static_cast<Mark>(seen_.size() - 1);
}

KeyMemory::Mark KeyMemory::mark_of(const PathNode& node, std::string_view name, const PathNode::Ends& ends,
                                   const PathNode* below) {
  std::size_t slot = (ends.hash(PathNode::kFactor) ^ reinterpret_cast<std::uintptr_t>(&node) >> 4) % kSlots;
  for (; slots_[slot] != kNone; slot = (slot + 1) % kSlots) {
    const Seen& seen = seen_[slots_[slot]];
    if (seen.node == &node && std::string_view(seen.name, seen.size) == name) return slots_[slot];
  }
  if (full() || name.find_first_of("\"\\") != name.npos) return kNone;
  seen_.push_back(seen(node, name, below));
  seen_.back().name = names_.emplace_back(name).data();
  return slots_[slot] = static_cast<Mark>(seen_.size() - 1);
}

}  // namespace setpoint::pattern
