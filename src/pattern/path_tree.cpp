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
  std::size_t i = slot_of(name);
  while (edges_[i].child && edges_[i].name != name) i = (i + 1) & mask_;
  if (!edges_[i].child) ++count_;
  edges_[i] = {std::string(name), child};
}

}  // namespace setpoint::pattern
