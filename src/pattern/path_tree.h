// Which fields of an event anyone asks for: a tree of names, walked together with the event, so that what nobody asks
// for is checked but never looked at. A path is cut at its dots; an event's key that holds dots walks several steps at
// once.
//
// A node is immutable once published (path copying: PatternSet edits copies of the nodes on the way). Nodes do not own
// their children.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace setpoint::pattern {

inline constexpr std::uint32_t kNoPath = UINT32_MAX;

class PathNode {
 public:
  static constexpr std::uint64_t kFactor = 0xD6E8FEB86659FD93u;  // of Ends::hash: any odd number of mixed bits

  explicit PathNode(std::uint64_t made_by = 0) : edit(made_by) {}

  // A name's length and its two ends: all of it up to 16 bytes, and nearly always enough to tell longer ones apart.
  struct Ends {
    std::uint64_t head = 0, tail = 0, size = 0;

    Ends() = default;
    explicit Ends(std::string_view name) : size(name.size()) {
      if (size == 0) return;
      std::size_t part = size < 8 ? size : 8;
      std::memcpy(&head, name.data(), part);
      std::memcpy(&tail, name.data() + size - part, part);
    }
    std::uint64_t hash(std::uint64_t factor) const {
      return ((head ^ (tail << 13 | tail >> 51)) + size) * factor >> 24;
    }
    // Certain up to 16 bytes; longer names may.
    bool may_hold_dot() const { return size > 16 || holds_dot(head) || holds_dot(tail); }
    bool operator==(const Ends&) const = default;

   private:
    static bool holds_dot(std::uint64_t bytes) {
      bytes ^= 0x2E2E2E2E2E2E2E2Eu;
      return ((bytes - 0x0101010101010101u) & ~bytes & 0x8080808080808080u) != 0;
    }
  };

  // The child of that name, or null.
  const PathNode* find(std::string_view name, const Ends& ends) const {
    const Edge* edge = find_edge(name, ends);
    return edge ? edge->child : nullptr;
  }
  const PathNode* find(std::string_view name) const { return find(name, Ends(name)); }
  void put(std::string_view name, PathNode* child);  // adds or replaces
  template <class Visit>
  void each_child(Visit visit) const {
    for (const Edge& edge : edges_) visit(edge.child);
  }

  std::uint32_t path = kNoPath;  // the id of the path that ends here
  std::uint64_t edit;            // the edit that made this copy

 private:
  struct Edge {
    Ends ends;
    PathNode* child = nullptr;
    std::string name;
  };

  // Most names that are looked up are not there: small slots answer that from a line or two of cache.
  struct Slot {
    std::uint32_t tag = 0;  // 0: free
    std::uint32_t edge = 0;
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 8) | 1; }
  const Edge* find_edge(std::string_view name, const Ends& ends) const {
    std::uint64_t hash = ends.hash(factor_);
    std::uint32_t tag = tag_of(hash);
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      if (slots_[i].tag == tag) {
        const Edge& edge = edges_[slots_[i].edge];
        if (edge.ends == ends && (name.size() <= 16 || edge.name == name)) return &edge;
      }
      if (perfect_ || slots_[i].tag == 0) return nullptr;
    }
  }
  void lay_out();
  bool fill();
  bool enter(std::uint32_t edge);

  // Every edge in the very slot that its name's hash says: then one look tells a name that is not there. Factors are
  // tried until it is so; where a node has too many edges for that, names are sought on from slot to slot.
  bool perfect_ = true;
  std::uint64_t factor_ = kFactor;
  static constexpr std::size_t kPerfectEdgesMax = 64;
  static constexpr int kFactorsTried = 64;

  std::size_t mask_ = 1;
  std::vector<Slot> slots_ = std::vector<Slot>(2);
  std::vector<Edge> edges_;
};

// One step or several: `name` is cut at its dots. No child has a dot in its name, so the whole name is tried first.
const PathNode* step_by_dots(const PathNode* node, std::string_view name);
inline const PathNode* step(const PathNode* node, std::string_view name, const PathNode::Ends& ends) {
  const PathNode* child = node->find(name, ends);
  return child || !ends.may_hold_dot() ? child : step_by_dots(node, name);
}

}  // namespace setpoint::pattern
