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

  // The child of that name, or null.
  const PathNode* find(std::string_view name) const {
    for (std::size_t i = slot_of(name);; i = (i + 1) & mask_) {
      const Edge& edge = edges_[i];
      if (!edge.child) return nullptr;
      if (edge.name == name) return edge.child;
    }
  }
  void put(std::string_view name, PathNode* child);  // adds or replaces
  template <class Visit>
  void each_child(Visit visit) const {
    for (const Edge& edge : edges_) {
      if (edge.child) visit(edge.child);
    }
  }

  std::uint32_t path = kNoPath;  // the id of the path that ends here
  std::uint64_t edit;            // the edit that made this copy

 private:
  struct Edge {
    std::string name;
    PathNode* child = nullptr;
  };

  static std::uint64_t load(const char* from, std::size_t bytes) {
    std::uint64_t out = 0;
    std::memcpy(&out, from, bytes);
    return out;
  }
  static std::uint64_t load8(const char* from) { return load(from, 8); }
  static std::uint64_t load4(const char* from) {
    std::uint32_t out;
    std::memcpy(&out, from, 4);
    return out;
  }

  // Ends and length tell field names apart well enough.
  std::size_t slot_of(std::string_view name) const {
    const char* p = name.data();
    std::size_t n = name.size();
    std::uint64_t ends = n >= 8   ? load8(p) ^ (load8(p + n - 8) * 0x9E3779B97F4A7C15u)
                         : n >= 4 ? load4(p) ^ (load4(p + n - 4) << 24)
                         : n > 0  ? load(p, 1) ^ (load(p + n - 1, 1) << 8) ^ (load(p + n / 2, 1) << 16)
                                  : 0;
    return static_cast<std::size_t>(((ends + n) * 0xD6E8FEB86659FD93u) >> 40) & mask_;
  }

  std::size_t mask_ = 1;
  std::size_t count_ = 0;
  std::vector<Edge> edges_ = std::vector<Edge>(2);
};

// One step or several: `name` is cut at its dots.
inline const PathNode* step(const PathNode* node, std::string_view name) {
  std::size_t dot = name.find('.');
  while (node && dot != std::string_view::npos) {
    node = node->find(name.substr(0, dot));
    name.remove_prefix(dot + 1);
    dot = name.find('.');
  }
  return node ? node->find(name) : nullptr;
}

}  // namespace setpoint::pattern
