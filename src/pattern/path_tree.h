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
    // The same without a branch on the length, for a name with eight readable bytes on either side.
    static Ends inside(std::string_view name) {
      std::uint64_t missing = name.size() < 8 ? 8 - name.size() : 0;
      if (missing == 8) return {};
      Ends out;
      std::memcpy(&out.head, name.data(), 8);
      std::memcpy(&out.tail, name.data() + name.size() - 8, 8);
      out.head &= ~std::uint64_t{0} >> (8 * missing);
      out.tail >>= 8 * missing;
      out.size = name.size();
      return out;
    }
    std::uint64_t hash() const { return ((head ^ (tail * 0x9E3779B97F4A7C15u)) + size) * 0xD6E8FEB86659FD93u >> 24; }
    bool operator==(const Ends&) const = default;
  };

  // The child of that name, or null.
  const PathNode* find(std::string_view name, const Ends& ends) const {
    std::uint64_t hash = ends.hash();
    std::uint32_t tag = tag_of(hash);
    for (std::size_t i = hash & mask_; slots_[i].tag != 0; i = (i + 1) & mask_) {
      if (slots_[i].tag != tag) continue;
      const Edge& edge = edges_[slots_[i].edge];
      if (edge.ends == ends && (name.size() <= 16 || edge.name == name)) return edge.child;
    }
    return nullptr;
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
  void enter(std::uint32_t edge);

  std::size_t mask_ = 1;
  std::vector<Slot> slots_ = std::vector<Slot>(2);
  std::vector<Edge> edges_;
};

// One step or several: `name` is cut at its dots. No child has a dot in its name, so the whole name is tried first.
const PathNode* step_by_dots(const PathNode* node, std::string_view name);
inline const PathNode* step(const PathNode* node, std::string_view name, const PathNode::Ends& ends) {
  const PathNode* child = node->find(name, ends);
  return child ? child : step_by_dots(node, name);
}

}  // namespace setpoint::pattern
