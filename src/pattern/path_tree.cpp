#include "pattern/path_tree.h"

namespace setpoint::pattern {

void PathNode::put(std::string_view name, PathNode* child) {
  if ((count_ + 1) * 2 > edges_.size()) {
    std::vector<Edge> old = std::move(edges_);
    edges_.assign(old.size() * 2, {});
    mask_ = edges_.size() - 1;
    count_ = 0;
    for (Edge& edge : old) {
      if (edge.child) put(edge.name, edge.child);
    }
  }
  Ends ends(name);
  std::size_t i = ends.hash() & mask_;
  while (edges_[i].child && edges_[i].name != name) i = (i + 1) & mask_;
  if (!edges_[i].child) ++count_;
  edges_[i] = {ends, child, std::string(name)};
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
