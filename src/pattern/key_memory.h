// Which key follows which in an object: events of one kind name their fields in the same order, so the key that came
// next the last time is looked at first, and where it is the one, nothing needs to be looked up. What it remembers are
// names and their places in the path tree, never values.
//
//   memory.begin(paths);                                    // each event
//   KeyMemory::Mark mark = memory.enter(KeyMemory::kRoot);  // each object: before its first key
//   if (!memory.expects(node, bytes, size, mark, below))    // each key in turn; below: null where nobody asks for it
//     below = memory.look_up(node, name, ends, mark);
//   ... memory.enter(mark) ...                              // an object that is this key's value
//
// Ownership: points into the path tree, and forgets everything when begin() is given another one: another root, or the
// same in another edit. Trees that are not edited (Pattern's) must therefore not take turns at one memory. It starts
// with the second event of a tree: a reader that is made for one event pays nothing. At most kMarksMax keys, of
// kNameMax bytes each. One thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/byte_lanes.h"
#include "pattern/path_tree.h"

namespace setpoint::pattern {

class KeyMemory {
 public:
  using Mark = std::uint32_t;  // a key that was seen, or the beginning of an object
  static constexpr Mark kRoot = 1;
  static constexpr Mark kNone = 0;
  static constexpr std::size_t kReach = 8;  // bytes that must be readable from a key's first byte on

  void begin(const PathNode& paths);
  // Marks that were given out are good as long as this stays the same; 0 while none are.
  std::uint64_t generation() const { return learning_ ? generation_ : 0; }

  Mark enter(Mark key) {
    const Seen& seen = seen_[key];
    return seen.first_key != kNone ? seen.first_key : new_beginning(key);
  }

  // Is the key at `bytes` the one that came next the last time? `size`: bytes to its colon, the closing quote among
  // them.
  bool expects(const PathNode& node, const char* bytes, std::size_t size, Mark& mark, const PathNode*& below) const {
    Mark expected = seen_[mark].next;
    if (seen_[expected].node != &node || !is(expected, bytes, size)) return false;
    mark = expected;
    below = seen_[expected].below;
    return true;
  }

  // Is it the name of that mark? Names hold neither quotes nor backslashes here, so bytes that are equal are the name.
  bool is(Mark mark, const char* bytes, std::size_t size) const {
    const Seen& seen = seen_[mark];
    if (seen.size + 1 != size) return false;
    std::uint64_t head = eight_bytes(bytes) & seen.mask, tail = eight_bytes(bytes + seen.tail_at) & seen.mask;
    if (head != seen.head || tail != seen.tail) return false;
    return size <= 17 || std::memcmp(bytes + 8, seen.name + 8, size - 17) == 0;
  }
  const PathNode* below(Mark mark) const { return seen_[mark].below; }
  const PathNode& node(Mark mark) const { return *seen_[mark].node; }

  const PathNode* look_up(const PathNode& node, std::string_view name, const PathNode::Ends& ends, Mark& mark);

 private:
  static constexpr std::size_t kMarksMax = 4096, kSlots = 2 * kMarksMax, kNameMax = 256;

  struct alignas(64) Seen {
    std::uint64_t head = 0, tail = 0;  // the first and the last eight bytes; twice the name where it is shorter
    std::uint64_t mask = 0;            // of the bytes in them that are the name's
    std::uint32_t size = UINT32_MAX - 1, tail_at = 0;
    const PathNode* node = nullptr;   // where the key stands
    const PathNode* below = nullptr;  // where it leads
    const char* name = nullptr;       // of names_
    Mark next = kNone;                // the key that followed it
    Mark first_key = kNone;           // the beginning of the object that is its value
  };

  Mark new_beginning(Mark key);
  static Seen seen(const PathNode& node, std::string_view name, const PathNode* below);
  Mark mark_of(const PathNode& node, std::string_view name, const PathNode::Ends& ends, const PathNode* below);
  bool full() const { return seen_.size() >= kMarksMax; }

  const PathNode* paths_ = nullptr;
  std::uint64_t edit_ = 0, generation_ = 0;
  bool learning_ = false;
  std::vector<Seen> seen_ = std::vector<Seen>(2);  // [0] stands for none, [1] for the event itself
  std::vector<Mark> slots_;                        // by node and name
  std::deque<std::string> names_;
};

}  // namespace setpoint::pattern
