#include "pattern/key_memory.h"

namespace setpoint::pattern {

KeyMemory::Seen::Seen(const PathNode& its_node, std::string_view its_name, const PathNode* its_below)
    : size(its_name.size()), node(&its_node), below(its_below), name(its_name) {
  head_mask = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
  tail_unused = size >= 8 ? 0 : ~std::uint64_t{0} >> (8 * size);
  std::string padded = std::string(8, '\0') + name + std::string(8, '\0');
  head = eight_bytes(padded.data() + 8) & head_mask;
  tail = eight_bytes(padded.data() + size) & ~tail_unused;
}

void KeyMemory::begin(const PathNode& paths) {
  bool same = paths_ == &paths && edit_ == paths.edit;
  if (same && learning_ && !full()) return;
  paths_ = &paths;
  edit_ = paths.edit;
  learning_ = same;
  seen_.assign(2, {});
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
    if (seen.node == &node && seen.name == name) return slots_[slot];
  }
  if (full()) return kNone;
  seen_.emplace_back(node, name, below);
  return slots_[slot] = static_cast<Mark>(seen_.size() - 1);
}

}  // namespace setpoint::pattern
