#include "twin/state.h"

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

namespace setpoint::twin {

namespace {

// FNV-1a with splitmix64's finish: the same everywhere and for ever, which std::hash does not promise.
std::uint64_t priority_of(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : key) hash = (hash ^ byte) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

struct Document {
  explicit Document(base::Json v) : value(std::move(v)) {}
  const base::Digest& digest() const {
    std::call_once(once, [this] { computed = base::digest_of(value); });
    return computed;
  }
  base::Json value;
  mutable std::once_flag once;
  mutable base::Digest computed;
};
using DocumentPtr = std::shared_ptr<const Document>;

}  // namespace

struct StateNode {
  StateNode(std::string k, std::uint64_t p, DocumentPtr d, StateTree l, StateTree r)
      : key(std::move(k)), priority(p), document(std::move(d)), left(std::move(l)), right(std::move(r)) {
    size = 1 + (left ? left->size : 0) + (right ? right->size : 0);
  }
  const base::Digest& digest() const;

  const std::string key;
  const std::uint64_t priority;
  const DocumentPtr document;
  const StateTree left;
  const StateTree right;
  std::size_t size = 0;

 private:
  mutable std::once_flag once_;
  mutable base::Digest digest_;
};

const base::Digest& StateNode::digest() const {
  std::call_once(once_, [this] {
    std::string text;
    text.append(left ? left->digest().view() : base::Digest{}.view());
    text.append(base::sha256(key).view());  // fixed width: no two lists of parts give one text
    text.append(document->digest().view());
    text.append(right ? right->digest().view() : base::Digest{}.view());
    digest_ = base::sha256(text);
  });
  return digest_;
}

namespace {

using Split = std::pair<StateTree, StateTree>;

bool above(std::uint64_t priority, std::string_view key, const StateNode& other) {
  return priority != other.priority ? priority > other.priority : key < other.key;
}

StateTree with_children(const StateNode& node, StateTree left, StateTree right) {
  return std::make_shared<const StateNode>(node.key, node.priority, node.document, std::move(left), std::move(right));
}

// Below and above `key`; a node of that key itself is left out.
Split split(const StateTree& tree, std::string_view key) {
  if (!tree) return {};
  if (tree->key == key) return {tree->left, tree->right};
  if (key < tree->key) {
    Split parts = split(tree->left, key);
    return {std::move(parts.first), with_children(*tree, std::move(parts.second), tree->right)};
  }
  Split parts = split(tree->right, key);
  return {with_children(*tree, tree->left, std::move(parts.first)), std::move(parts.second)};
}

StateTree merge(const StateTree& low, const StateTree& high) {
  if (!low) return high;
  if (!high) return low;
  if (above(low->priority, low->key, *high)) return with_children(*low, low->left, merge(low->right, high));
  return with_children(*high, merge(low, high->left), high->right);
}

StateTree insert(const StateTree& tree, const std::string& key, std::uint64_t priority, DocumentPtr document) {
  if (!tree) return std::make_shared<const StateNode>(key, priority, std::move(document), nullptr, nullptr);
  if (tree->key == key) {
    return std::make_shared<const StateNode>(key, priority, std::move(document), tree->left, tree->right);
  }
  if (above(priority, key, *tree)) {
    Split parts = split(tree, key);
    return std::make_shared<const StateNode>(key, priority, std::move(document), std::move(parts.first),
                                             std::move(parts.second));
  }
  if (key < tree->key) return with_children(*tree, insert(tree->left, key, priority, std::move(document)), tree->right);
  return with_children(*tree, tree->left, insert(tree->right, key, priority, std::move(document)));
}

StateTree remove(const StateTree& tree, std::string_view key) {
  if (tree->key == key) return merge(tree->left, tree->right);
  if (key < tree->key) return with_children(*tree, remove(tree->left, key), tree->right);
  return with_children(*tree, tree->left, remove(tree->right, key));
}

// Of two documents under one key, `over` has its way.
StateTree unite(const StateTree& under, const StateTree& over) {
  if (!under) return over;
  if (!over) return under;
  if (under->key == over->key || above(over->priority, over->key, *under)) {
    Split parts = split(under, over->key);
    return with_children(*over, unite(parts.first, over->left), unite(parts.second, over->right));
  }
  Split parts = split(over, under->key);
  return with_children(*under, unite(under->left, parts.first), unite(under->right, parts.second));
}

struct Leaf {
  std::string key;
  std::uint64_t priority;
  DocumentPtr document;
};

StateTree build(std::vector<Leaf>& leaves, std::size_t from, std::size_t to) {
  if (from == to) return nullptr;
  auto root = std::max_element(
      leaves.begin() + static_cast<std::ptrdiff_t>(from), leaves.begin() + static_cast<std::ptrdiff_t>(to),
      [](const Leaf& a, const Leaf& b) { return a.priority != b.priority ? a.priority < b.priority : a.key > b.key; });
  auto at = static_cast<std::size_t>(root - leaves.begin());
  StateTree left = build(leaves, from, at);
  StateTree right = build(leaves, at + 1, to);
  return std::make_shared<const StateNode>(std::move(root->key), root->priority, std::move(root->document),
                                           std::move(left), std::move(right));
}

const StateNode* lookup(const StateNode* node, std::string_view key) {
  while (node && node->key != key) node = key < node->key ? node->left.get() : node->right.get();
  return node;
}

const StateNode* first_at_or_after(const StateNode* node, std::string_view key) {
  const StateNode* best = nullptr;
  while (node) {
    if (node->key < key) {
      node = node->right.get();
    } else {
      best = node;
      node = node->left.get();
    }
  }
  return best;
}

template <class Visit>
void walk_prefix(const StateNode* node, std::string_view prefix, const Visit& visit) {
  if (!node) return;
  std::string_view head = std::string_view(node->key).substr(0, prefix.size());
  if (head >= prefix) walk_prefix(node->left.get(), prefix, visit);
  if (head == prefix) visit(*node);
  if (head <= prefix) walk_prefix(node->right.get(), prefix, visit);
}

bool same_document(const DocumentPtr& a, const DocumentPtr& b) { return a == b || a->value == b->value; }

void add_all(const StateTree& tree, std::vector<StateKey>& out) {
  walk_prefix(tree.get(), "", [&](const StateNode& node) { out.push_back(state_key_from_text(node.key)); });
}

// One key set has one shape, so where the roots differ, the higher of them is missing on the other side.
void difference(const StateTree& a, const StateTree& b, std::vector<StateKey>& out) {
  if (a == b) return;
  if (!a || !b) return add_all(a ? a : b, out);
  if (a->key == b->key) {
    difference(a->left, b->left, out);
    if (!same_document(a->document, b->document)) out.push_back(state_key_from_text(a->key));
    return difference(a->right, b->right, out);
  }
  if (above(b->priority, b->key, *a)) return difference(b, a, out);
  Split parts = split(b, a->key);
  difference(a->left, parts.first, out);
  out.push_back(state_key_from_text(a->key));
  difference(a->right, parts.second, out);
}

std::string prefix_of(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out.append(part).push_back('/');
  return out;
}

// The distinct values of the path segment that follows `prefix`: one look-up each, not a walk over everything.
std::vector<std::string> segments_after(const StateNode* root, const std::string& prefix) {
  std::vector<std::string> out;
  const StateNode* node = first_at_or_after(root, prefix);
  while (node && node->key.starts_with(prefix)) {
    out.push_back(node->key.substr(prefix.size(), node->key.find('/', prefix.size()) - prefix.size()));
    node = first_at_or_after(root, prefix + out.back() + "0");  // '0' is the byte after '/'
  }
  return out;
}

}  // namespace

std::string StateKey::text() const { return account + "/" + region + "/" + type + "/" + id; }

StateKey state_key_from_text(std::string_view text) {
  StateKey key;
  for (std::string* part : {&key.account, &key.region, &key.type}) {
    std::size_t slash = text.find('/');
    SETPOINT_ASSERT(slash != std::string_view::npos);
    *part = std::string(text.substr(0, slash));
    text.remove_prefix(slash + 1);
  }
  key.id = std::string(text);
  return key;
}

const base::Json* State::find(const StateKey& key) const {
  const StateNode* node = lookup(tree_.get(), key.text());
  return node ? &node->document->value : nullptr;
}

void State::put(const StateKey& key, base::Json document) {
  std::string text = key.text();
  tree_ = insert(tree_, text, priority_of(text), std::make_shared<const Document>(std::move(document)));
}

bool State::erase(const StateKey& key) {
  std::string text = key.text();
  if (!lookup(tree_.get(), text)) return false;
  tree_ = remove(tree_, text);
  return true;
}

void State::put_all(std::vector<std::pair<StateKey, base::Json>> documents) {
  std::vector<Leaf> leaves;
  leaves.reserve(documents.size());
  for (auto& [key, document] : documents) {
    std::string text = key.text();
    std::uint64_t priority = priority_of(text);
    leaves.push_back({std::move(text), priority, std::make_shared<const Document>(std::move(document))});
  }
  std::stable_sort(leaves.begin(), leaves.end(), [](const Leaf& a, const Leaf& b) { return a.key < b.key; });
  // Of several under one key the last one counts.
  auto kept = std::unique(leaves.rbegin(), leaves.rend(), [](const Leaf& a, const Leaf& b) { return a.key == b.key; });
  leaves.erase(leaves.begin(), kept.base());
  tree_ = unite(tree_, build(leaves, 0, leaves.size()));
}

void State::each(std::string_view account, std::string_view region, std::string_view type, const Take& take) const {
  StateTree kept = tree_;
  std::string prefix = prefix_of({account, region, type});
  walk_prefix(kept.get(), prefix,
              [&](const StateNode& node) { take(node.key.substr(prefix.size()), node.document->value); });
}

void State::each_in(std::string_view account, std::string_view region, const TakeAny& take) const {
  StateTree kept = tree_;
  walk_prefix(kept.get(), prefix_of({account, region}),
              [&](const StateNode& node) { take(state_key_from_text(node.key), node.document->value); });
}

void State::each(const TakeAny& take) const {
  StateTree kept = tree_;
  walk_prefix(kept.get(), "",
              [&](const StateNode& node) { take(state_key_from_text(node.key), node.document->value); });
}

std::vector<std::string> State::accounts() const { return segments_after(tree_.get(), ""); }

std::vector<std::string> State::regions(std::string_view account) const {
  return segments_after(tree_.get(), prefix_of({account}));
}

std::size_t State::size() const { return tree_ ? tree_->size : 0; }

base::Digest State::digest() const { return tree_ ? tree_->digest() : base::Digest{}; }

std::string State::next_id(std::string_view prefix, std::size_t digits) {
  std::string hex = base::sha256(fmt::format("{}/{}/{}", id_seed_, id_counter_++, prefix)).hex();
  return std::string(prefix) + hex.substr(0, digits);
}

std::vector<StateKey> changed(const State& before, const State& after) {
  std::vector<StateKey> out;
  difference(before.tree(), after.tree(), out);
  return out;
}

}  // namespace setpoint::twin
