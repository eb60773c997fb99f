#include "pattern/path_tree.h"

namespace setpoint::pattern {

void PathNode::put(std::string_view name, PathNode* child) {
  for (Edge& edge : edges_) {
    if (edge.name != name) continue;
    edge.child = child;
    return;
  }
  edges_.push_back({Ends(name), child, std::string(name)});
  if (edges_.size() * 2 <= slots_.size()) return enter(static_cast<std::uint32_t>(edges_.size() - 1));
  slots_.assign(slots_.size() * 2, {});
  mask_ = slots_.size() - 1;
  for (std::uint32_t i = 0; i < edges_.size(); ++i) enter(i);
}

void PathNode::enter(std::uint32_t edge) {
  std::uint64_t hash = edges_[edge].ends.hash();
  std::size_t i = hash & mask_;
  while (slots_[i].tag != 0) i = (i + 1) & mask_;
  slots_[i] = {tag_of(hash), edge};
}

const PathNode* step_by_dots(const PathNode* node, std::string_view name) {
  std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  for (; node && dot != std::string_view::npos; dot = name.find('.')) {
    node = node->find(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  return node ? node->find(name) : nullptr;
}

}  // namespace setpoint::pattern
