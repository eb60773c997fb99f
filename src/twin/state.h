// State: everything that the simulated cloud holds, as an immutable value that is cheap to copy.
//
// Place in the flow: response/ forks the state for each rehearsal, lets a runbook change the fork, and reads the
// difference between the two. So a copy must cost nothing (one pointer, whatever the size), equal contents must have
// equal digests, and a difference must be found by walking only what differs.
//
//   State before = seed;                       // O(1)
//   State after = before;
//   after.put({"111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"}, document);
//   for (const StateKey& key : changed(before, after)) ...        // just that one
//
// How: a treap (a search tree by key, a heap by a hash of the key), so its shape depends on the set of keys alone,
// never on the order of the changes; nodes are never written after they are made, so versions share all but the path to
// a change. Each node carries a Merkle digest of its subtree, computed when first asked for and kept.
//
// Ownership: a State owns its tree jointly with its copies. Threads: one State is for one thread; copies may go to
// other threads (nodes are immutable, digests are computed once under a flag). A reference from find() or each() lives
// until that State is next changed. Documents are JSON of the twin's own choice, mostly the shape of the API; services/
// says which. Ids: next_id() gives the same ids for the same seed and history, so that a rehearsal gives the same bytes
// each time. The generator is no part of the content: digests do not see it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/json.h"

namespace setpoint::twin {

struct StateKey {
  std::string account;  // 12 digits
  std::string region;   // "global" for IAM, Organizations and the like
  std::string type;     // AWS::EC2::SecurityGroup; settings that AWS Config has no type for have one of our own,
                        // AWS::EC2::EbsDefaults
  std::string id;

  auto operator<=>(const StateKey&) const = default;
  std::string text() const;  // account/region/type/id; the id may hold slashes, so it comes last
};
StateKey state_key_from_text(std::string_view text);

struct StateNode;  // of the tree; state.cpp
using StateTree = std::shared_ptr<const StateNode>;

class State {
 public:
  explicit State(std::uint64_t id_seed = 0) : id_seed_(id_seed) {}

  const base::Json* find(const StateKey& key) const;  // nullptr where absent
  void put(const StateKey& key, base::Json document);
  bool erase(const StateKey& key);  // false where absent
  // Many at once, in far less time than one by one: loading of a snapshot.
  void put_all(std::vector<std::pair<StateKey, base::Json>> documents);

  // In order of ids, over the state as it is when called: `take` may change it.
  using Take = std::function<void(const std::string& id, const base::Json& document)>;
  void each(std::string_view account, std::string_view region, std::string_view type, const Take& take) const;
  using TakeAny = std::function<void(const StateKey& key, const base::Json& document)>;
  void each_in(std::string_view account, std::string_view region, const TakeAny& take) const;
  void each(const TakeAny& take) const;
  std::vector<std::string> accounts() const;                         // that hold anything, sorted
  std::vector<std::string> regions(std::string_view account) const;  // that hold anything, sorted

  std::size_t size() const;
  base::Digest digest() const;  // of the content
  const StateTree& tree() const { return tree_; }

  // `prefix` followed by `digits` hexadecimal digits: "sg-0a1b...".
  std::string next_id(std::string_view prefix, std::size_t digits = 17);
  std::uint64_t id_counter() const { return id_counter_; }
  void set_id_counter(std::uint64_t counter) { id_counter_ = counter; }  // when a stored state is opened

 private:
  StateTree tree_;
  std::uint64_t id_seed_ = 0;
  std::uint64_t id_counter_ = 0;
};

// Keys of which the document was added, removed or replaced, sorted. Between a state and its fork this costs what
// differs.
std::vector<StateKey> changed(const State& before, const State& after);

}  // namespace setpoint::twin
