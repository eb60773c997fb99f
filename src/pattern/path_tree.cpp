#include "pattern/path_tree.h"

#include <algorithm>

namespace setpoint::pattern {

void PathNode::put(std::string_view name, PathNode* child) {
  if (const Edge* known = find_edge(name, Ends(name))) {
    const_cast<Edge*>(known)->child = child;
    return;
  }
  edges_.push_back({Ends(name), child, std::string(name)});
  if (edges_.size() <= kPerfectEdgesMax || edges_.size() * 4 > slots_.size()) return lay_out();
  bool free = enter(static_cast<std::uint32_t>(edges_.size() - 1));
  perfect_ = perfect_ && free;
}

void PathNode::lay_out() {
  while (slots_.size() < edges_.size() * 4) slots_.resize(slots_.size() * 2);
  mask_ = slots_.size() - 1;
  perfect_ = fill();
  if (edges_.size() > kPerfectEdgesMax) return;
  for (int tries = 1; !perfect_ && tries < kFactorsTried; ++tries) {
    factor_ = factor_ * 0x9E3779B97F4A7C15u + 2;  // stays odd
    perfect_ = fill();
  }
}

// Whether each edge found its own slot free.
bool PathNode::fill() {
  bool perfect = true;
  std::fill(slots_.begin(), slots_.end(), Slot{});
  for (std::uint32_t edge = 0; edge < edges_.size(); ++edge) perfect = enter(edge) && perfect;
  return perfect;
}

bool PathNode::enter(std::uint32_t edge) {
  std::uint64_t hash = edges_[edge].ends.hash(factor_);
  std::size_t own = hash & mask_, i = own;
  while (slots_[i].tag != 0) i = (i + 1) & mask_;
  slots_[i] = {tag_of(hash), edge};
  return i == own;
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
