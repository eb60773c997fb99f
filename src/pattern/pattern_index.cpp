#include "pattern/pattern_index.h"

#include <algorithm>
#include <random>
#include <unordered_set>

#include "base/result.h"

namespace setpoint::pattern {

namespace {

constexpr double kWaitingEnough = 6;  // patterns tried one by one cost less than another field's look-ups

constexpr std::size_t kTokensOfTestMax = 64;  // of a test that is told by them

bool is_exact(TokenKind kind) {
  return kind == TokenKind::exact || kind == TokenKind::null || kind == TokenKind::boolean_false ||
         kind == TokenKind::boolean_true || kind == TokenKind::number;
}

// A test that is nothing but a list of values is told by which of their tokens are live.
std::vector<TokenText> telling_tokens(const FieldTest& test) {
  bool few = test.any().size() <= kTokensOfTestMax;
  auto plain = [](const Operator& op) { return std::holds_alternative<Literal>(op); };
  if (!few || !std::all_of(test.any().begin(), test.any().end(), plain)) return {};
  return tokens_of(test).value_or(std::vector<TokenText>());
}

}  // namespace

void Rule::add(std::span<const Asked> fields) {
  words_.reserve(words_.size() + fields.size() + 1);
  words_.push_back({static_cast<std::uint32_t>(fields.size()), std::bit_cast<std::uint32_t>(Access{})});
  words_.insert(words_.end(), fields.begin(), fields.end());
}

const Token* Snapshot::find_token(std::uint32_t path, TokenKind kind, std::string_view text) const {
  const Token* token = tokens.find(token_hash(path, kind, text));
  while (token && !token->is(path, kind, text)) token = token->next;
  return token;
}

std::uint32_t Index::Ids::take() {
  if (free_.empty()) return next_++;
  std::uint32_t id = free_.back();
  free_.pop_back();
  return id;
}

Index::Index() : root_(new PathNode(graves_.edit())) { next_.seed = std::random_device{}() * kHashB; }

Index::~Index() {
  for (std::uint32_t i = 0; i < next_.rule_count; ++i) delete next_.rules.get(i);
  auto delete_chain = [](auto* head) {
    while (head) delete std::exchange(head, head->next);
  };
  next_.tokens.each(delete_chain);
  next_.buckets.each([&](const Bucket* head) { delete_chain(head); });
  delete_chain(next_.always);
  for (std::uint32_t i = 0; i < next_.path_count; ++i) {
    PathInfo* path = next_.infos.get(i);
    if (!path) continue;
    for (const ScanGroup& group : path->scan) delete_chain(group.bucket);
    delete path;
  }
  auto delete_nodes = [](auto& self, PathNode* node) -> void {
    node->each_child([&](PathNode* child) { self(self, child); });
    delete node;
  };
  delete_nodes(delete_nodes, root_);
  next_.infos.destroy();
  next_.tests.destroy();
  next_.rules.destroy();
  next_.tokens.destroy();
  next_.buckets.destroy();
  next_.names.destroy();
}

const Snapshot* Index::publish() {
  next_.version = graves_.edit();
  next_.paths = root_;
  next_.rule_count = rule_ids_.end();
  next_.test_count = test_ids_.end();
  next_.token_count = token_ids_.end();
  graves_.publish();
  return new Snapshot(next_);
}

// Paths

PathInfo& Index::info(std::uint32_t path) {
  PathInfo* old = next_.infos.get(path);
  if (old->edit == graves_.edit()) return *old;
  PathInfo* copy = new PathInfo(*old);
  copy->edit = graves_.edit();
  graves_.bury(old);
  next_.infos.set(path, copy, graves_);
  return *copy;
}

// The node at the end of `path`, with every node on the way copied that readers may hold.
PathNode* Index::editable_node(std::string_view path) {
  auto own = [&](PathNode* node) {
    if (node->edit == graves_.edit()) return node;
    graves_.bury(node);
    PathNode* copy = new PathNode(*node);
    copy->edit = graves_.edit();
    return copy;
  };
  PathNode* node = root_ = own(root_);
  for (std::size_t from = 0; from <= path.size();) {
    std::size_t dot = std::min(path.find('.', from), path.size());
    std::string_view name = path.substr(from, dot - from);
    const PathNode* child = node->find(name);
    PathNode* mine = child ? own(const_cast<PathNode*>(child)) : new PathNode(graves_.edit());
    if (mine != child) node->put(name, mine);
    node = mine;
    from = dot + 1;
  }
  return node;
}

std::uint32_t Index::intern_path(const std::string& path) {
  auto [found, added] = path_ids_.try_emplace(path, 0);
  if (!added) {
    ++path_uses_[found->second].users;
    return found->second;
  }
  std::uint32_t id = found->second = path_ids_free_.take();
  next_.path_count = path_ids_free_.end();
  path_uses_.resize(next_.path_count);
  path_uses_[id] = {path, 1};
  PathInfo* fresh = new PathInfo;
  fresh->edit = graves_.edit();
  next_.infos.set(id, fresh, graves_);
  editable_node(path)->path = id;
  return id;
}

// The node stays in the tree, without an id: names of fields are few, and come back.
void Index::release_path(std::uint32_t path) {
  PathUse& use = path_uses_[path];
  if (--use.users > 0) return;
  graves_.bury(next_.infos.get(path));
  next_.infos.set(path, nullptr, graves_);
  editable_node(use.name)->path = kNoPath;
  path_ids_.erase(use.name);
  path_ids_free_.give_back(path);
}

// Tests

std::uint32_t Index::intern_test(std::uint32_t path, const std::shared_ptr<const FieldTest>& test) {
  identity_.clear();
  test->append_identity(identity_);
  std::uint64_t hash = hash_bytes(identity_, next_.seed ^ path * kHashB);
  auto [from, to] = tests_by_hash_.equal_range(hash);
  for (; from != to; ++from) {
    TestUse& use = tests_[from->second];
    other_identity_.clear();
    use.test->append_identity(other_identity_);
    if (use.path == path && other_identity_ == identity_) {
      ++use.users;
      return from->second;
    }
  }
  std::uint32_t id = test_ids_.take();
  if (id >= tests_.size()) tests_.resize(id + 1);
  TestUse& use = tests_[id] = {test, hash, path, 1, {}};
  for (const TokenText& token : telling_tokens(*test)) use.tokens.push_back(intern_token(path, token));
  tests_by_hash_.emplace(hash, id);
  next_.tests.set(id, use.tokens.empty() ? IndexedTest(*test, path) : IndexedTest(*test, path, use.tokens), graves_);
  return id;
}

void Index::release_test(std::uint32_t id) {
  TestUse& use = tests_[id];
  if (--use.users > 0) return;
  auto [from, to] = tests_by_hash_.equal_range(use.hash);
  tests_by_hash_.erase(std::find_if(from, to, [&](const auto& entry) { return entry.second == id; }));
  for (const TokenText& token : telling_tokens(*use.test)) release_token(use.path, token);
  graves_.bury(new TestUse(std::move(use)));
  next_.tests.set(id, {}, graves_);
  test_ids_.give_back(id);
}

// Tokens

std::uint32_t Index::intern_token(std::uint32_t path, const TokenText& text) {
  if (const Token* known = next_.find_token(path, text.kind, text.text)) {
    ++const_cast<Token*>(known)->users;
    return known->id;
  }
  std::uint64_t hash = next_.token_hash(path, text.kind, text.text);
  auto* token = new (graves_.pool()) Token{{}, token_ids_.take(), path, text, next_.tokens.find(hash), 1};
  next_.tokens.put(hash, token, graves_);
  info(path).shapes.add(text);
  return token->id;
}

std::uint32_t Index::release_token(std::uint32_t path, const TokenText& text) {
  auto* token = const_cast<Token*>(next_.find_token(path, text.kind, text.text));
  SETPOINT_ASSERT(token);
  if (--token->users > 0) return token->id;
  std::uint64_t hash = next_.token_hash(path, text.kind, text.text);
  // Others of the same hash are rebuilt around it: readers may be walking the old chain.
  Token* kept = nullptr;
  for (Token* t = next_.tokens.find(hash); t; t = t->next) {
    if (t != token) kept = new (graves_.pool()) Token{{}, t->id, t->path, t->text, kept, t->users};
    graves_.bury(t);
  }
  next_.tokens.put(hash, kept, graves_);
  info(path).shapes.remove(text);
  token_ids_.give_back(token->id);
  return token->id;
}

// Access

// Equality first, the rarest first: it costs an event one look-up, where prefixes cost one for each length in use.
std::vector<Index::Key> Index::possible_keys(Fields fields) const {
  std::vector<Key> keys;
  for (std::size_t i = 0; i < fields.size() && i < Access::kNone; ++i) {
    auto tokens = tokens_of(test(fields[i].test));
    if (!tokens) continue;
    double distinct = next_.infos.get(fields[i].path)->shapes.tokens();
    auto expected = expected_tokens_.find(path_uses_[fields[i].path].name);
    if (expected != expected_tokens_.end()) distinct = std::max<double>(distinct, expected->second);
    bool exact = std::all_of(tokens->begin(), tokens->end(), [](const TokenText& t) { return is_exact(t.kind); });
    keys.push_back({i, exact, (distinct + 1) / static_cast<double>(tokens->size()), std::move(*tokens)});
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const Key& a, const Key& b) { return a.exact != b.exact ? a.exact : a.rarity > b.rarity; });
  return keys;
}

Access Index::choose_access(Fields fields) const {
  Access access;
  std::size_t chosen = 0, combinations = 1;
  double waiting =
      static_cast<double>(std::max(live_rules_, expected_rules_)) + 1;  // patterns in each bucket, at a guess
  for (const Key& key : possible_keys(fields)) {
    if (chosen == kKeysMax || (chosen > 0 && waiting < kWaitingEnough)) break;
    if (chosen > 0 && combinations * key.tokens.size() > kBucketsOfAlternativeMax) continue;
    combinations *= key.tokens.size();
    waiting /= std::max(key.rarity, 1.0);
    access.keys[chosen++] = static_cast<std::uint8_t>(key.field);
  }
  // The rarest first, where its path leads to the signature; the others in one order, so that signatures stay few.
  std::sort(access.keys.begin() + std::min<std::size_t>(chosen, 1), access.keys.begin() + chosen);
  if (chosen == 0) access.scan = choose_scan(fields);
  return access;
}

// The field whose test is the least likely to hold, of those that need a value.
std::uint8_t Index::choose_scan(Fields fields) const {
  auto weight = [](const FieldTest& test) {
    int worst = 0;
    for (const Operator& op : test.any()) {
      int kind = std::holds_alternative<Exists>(op) ? 3 : std::holds_alternative<AnythingBut>(op) ? 2 : 1;
      worst = std::max(worst, kind);
    }
    return worst;
  };
  std::uint8_t best = Access::kNone;
  for (std::size_t i = 0; i < fields.size() && i < Access::kNone; ++i) {
    if (test(fields[i].test).allows_absence()) continue;
    if (best == Access::kNone || weight(test(fields[i].test)) < weight(test(fields[best].test)))
      best = static_cast<std::uint8_t>(i);
  }
  return best;
}

bool Index::proven(const Asked& field) const {
  auto tokens = tokens_of(test(field.test));
  return std::all_of(tokens->begin(), tokens->end(), [](const TokenText& t) { return t.certain; });
}

std::vector<std::uint32_t> Index::posting(std::uint32_t rule, Fields fields, const Access& access) const {
  std::vector<std::uint32_t> out{rule, 0};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    bool keyed = std::find(access.keys.begin(), access.keys.end(), i) != access.keys.end();
    if (i == access.scan || (keyed && proven(fields[i]))) continue;
    out.push_back(fields[i].test);
  }
  // Tests that many patterns share come first: one of them has been tried already, more often than not.
  std::stable_sort(out.begin() + 2, out.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return tests_[a].users > tests_[b].users; });
  std::transform(out.begin() + 2, out.end(), out.begin() + 2, [&](std::uint32_t test) { return condition(test); });
  std::stable_partition(out.begin() + 2, out.end(), [](std::uint32_t condition) { return (condition & kLive) != 0; });
  out[1] = static_cast<std::uint32_t>(out.size() - 2);
  return out;
}

std::uint32_t Index::condition(std::uint32_t test) const {
  const auto& tokens = tests_[test].tokens;
  return tokens.size() == 1 ? tokens.front() | kLive : test;
}

void Index::count_signature(Fields fields, const Access& access, const TokenRows& tokens, Move move) {
  Signature paths{kNoPath, kNoPath, kNoPath};
  for (std::size_t k = 0; k < tokens.size(); ++k) paths[k] = fields[access.keys[k]].path;
  auto& signatures = info(paths[0]).signatures;
  auto found =
      std::find_if(signatures.begin(), signatures.end(), [&](const SignatureUse& use) { return use.paths == paths; });
  if (found == signatures.end()) found = signatures.insert(found, {paths, 0, {}});
  found->users += move == Move::enter ? 1u : ~0u;
  for (std::size_t k = 0; k < kKeysMax; ++k) {
    if (k >= tokens.size()) found->tokens[k] = SignatureUse::bit(0);
    for (std::size_t i = 0; k < tokens.size() && i < tokens[k].size(); ++i)
      found->tokens[k] |= SignatureUse::bit(tokens[k][i]);
  }
  if (found->users == 0) signatures.erase(found);
}

void Index::move(std::uint32_t rule, Fields fields, const Access& access, Move move) {
  std::vector<std::uint32_t> entry = posting(rule, fields, access);
  if (access.keys[0] != Access::kNone) {
    move_keyed(rule, fields, access, move, entry);
  } else if (access.scan != Access::kNone) {
    move_scanned(rule, fields[access.scan], move, entry);
  } else {
    next_.always = changed(next_.always, {}, rule, move, entry);
  }
}

// Into, or out of, one bucket for every combination of the key fields' tokens.
void Index::move_keyed(std::uint32_t rule, Fields fields, const Access& access, Move move,
                       std::span<const std::uint32_t> posting) {
  TokenRows ids;
  for (std::uint8_t key : access.keys) {
    if (key == Access::kNone) break;
    auto& row = ids.emplace_back();
    auto tokens = tokens_of(test(fields[key].test));
    for (const TokenText& text : *tokens) {
      row.push_back(move == Move::enter ? intern_token(fields[key].path, text) : release_token(fields[key].path, text));
    }
  }
  count_signature(fields, access, ids, move);
  std::array<std::size_t, kKeysMax> at{};
  for (;;) {
    Name name{};
    for (std::size_t k = 0; k < ids.size(); ++k) name[k] = ids[k][at[k]];
    std::uint64_t hash = Snapshot::bucket_hash(name);
    const Bucket* now = changed(next_.buckets.find(hash), name, rule, move, posting);
    next_.buckets.put(hash, const_cast<Bucket*>(now), graves_);
    if (move == Move::enter) {
      if (!next_.names.has_room_for(1)) grow_names(1);
      next_.names.add(hash);
    }
    std::size_t k = 0;
    while (k < ids.size() && ++at[k] == ids[k].size()) at[k++] = 0;
    if (k == ids.size()) return;
  }
}

void Index::move_scanned(std::uint32_t rule, const Asked& from, Move move, std::span<const std::uint32_t> posting) {
  auto& scan = info(from.path).scan;
  auto group = std::lower_bound(scan.begin(), scan.end(), from.test,
                                [](const ScanGroup& g, std::uint32_t t) { return g.test < t; });
  if (group == scan.end() || group->test != from.test) group = scan.insert(group, {from.test, nullptr});
  group->bucket = changed(group->bucket, {}, rule, move, posting);
  if (!group->bucket) scan.erase(group);
}

// Buckets

Bucket* Bucket::make(const Name& name, const Bucket* next, std::size_t capacity, Graveyard& graves) {
  void* block = graves.pool().take(sizeof(Bucket) + capacity * sizeof(std::uint32_t));
  return ::new (block) Bucket(name, graves.edit(), next, capacity);
}

void Bucket::append(std::span<const std::uint32_t> posting) {
  SETPOINT_ASSERT(posting.size() <= room());
  std::copy(posting.begin(), posting.end(), words() + size_);
  size_ += static_cast<std::uint32_t>(posting.size());
}

void Bucket::erase(std::size_t from, std::size_t count) {
  std::copy(words() + from + count, words() + size_, words() + from);
  size_ -= static_cast<std::uint32_t>(count);
}

// One that no reader holds, with room for `more` words. In a bulk load buckets grow again and again: then in leaps.
Bucket* Index::editable(const Bucket* bucket, std::size_t more) {
  bool mine = bucket->edit == graves_.edit();
  if (mine && bucket->room() >= more) return const_cast<Bucket*>(bucket);
  std::size_t size = bucket->postings().size() + more;
  Bucket* copy = Bucket::make(bucket->name, bucket->next, mine ? size + size / 2 : size, graves_);
  copy->append(bucket->postings());
  if (mine) {
    delete bucket;
  } else {
    graves_.bury(bucket);
  }
  return copy;
}

const Bucket* Index::changed(const Bucket* head, const Name& name, std::uint32_t rule, Move move,
                             std::span<const std::uint32_t> posting) {
  if (move == Move::enter) {
    bool room = head && head->name == name && head->postings().size() < kBucketWordsMax;
    Bucket* bucket = room ? editable(head, posting.size()) : Bucket::make(name, head, posting.size(), graves_);
    bucket->append(posting);
    return bucket;
  }
  if (!head) return nullptr;
  auto postings = head->postings();
  std::size_t at = 0;
  while (at < postings.size() && postings[at] != rule) at += 2 + postings[at + 1];
  bool here = head->name == name && at < postings.size();
  std::size_t words = here ? 2 + postings[at + 1] : 0;
  Bucket* bucket = editable(head, 0);
  if (!here) {
    bucket->next = changed(bucket->next, name, rule, move, posting);
    return bucket;
  }
  bucket->erase(at, words);
  if (!bucket->postings().empty()) return bucket;
  const Bucket* rest = bucket->next;
  delete bucket;
  return rest;
}

// Rules

void Index::expect(const std::vector<const std::vector<Alternative>*>& coming) {
  std::unordered_map<std::string, std::unordered_set<std::uint64_t>> seen;
  for (const auto* alternatives : coming) {
    for (const Alternative& alternative : *alternatives) {
      for (const Field& field : alternative) {
        auto tokens = tokens_of(*field.test);
        if (!tokens) continue;
        auto& hashes = seen[field.path];
        for (const TokenText& token : *tokens)
          hashes.insert(hash_bytes(token.text, static_cast<std::uint64_t>(token.kind)));
      }
    }
  }
  expected_rules_ = live_rules_ + coming.size();
  expected_tokens_.clear();
  for (const auto& [path, hashes] : seen) expected_tokens_[path] = static_cast<std::uint32_t>(hashes.size());
}

std::uint32_t Index::add(const std::vector<Alternative>& alternatives) {
  std::uint32_t id = rule_ids_.take();
  auto rule = std::make_unique<Rule>();
  for (const Alternative& alternative : alternatives) {
    std::vector<Asked> fields;
    for (const Field& field : alternative) {
      std::uint32_t path = intern_path(field.path);
      fields.push_back({path, intern_test(path, field.test)});
    }
    rule->add(fields);
  }
  rule->set_accesses([&](Fields fields) { return choose_access(fields); });
  rule->each_alternative([&](Fields fields, const Access& access) { move(id, fields, access, Move::enter); });
  next_.rules.set(id, rule.release(), graves_);
  ++live_rules_;
  return id;
}

// Twice as many as there are now, so that it seldom comes to this.
void Index::grow_names(std::size_t more) {
  next_.names.reset((next_.buckets.size() + more) * 2, graves_);
  next_.buckets.each([&](const Bucket* bucket) { next_.names.add(Snapshot::bucket_hash(bucket->name)); });
}

void Index::settle() {
  if (!next_.names.has_room_for(next_.buckets.size() / 2)) grow_names(0);
  next_.tokens.grow_ahead(graves_);
  next_.buckets.grow_ahead(graves_);
  tests_by_hash_.reserve(tests_by_hash_.size() * 2);
  tests_.reserve(tests_.size() * 2);
}

bool Index::remove(std::uint32_t id) {
  const Rule* rule = id < rule_ids_.end() ? next_.rules.get(id) : nullptr;
  if (!rule) return false;
  rule->each_alternative([&](Fields fields, const Access& access) { move(id, fields, access, Move::leave); });
  rule->each_alternative([&](Fields fields, const Access&) {
    for (const Asked& field : fields) {
      release_test(field.test);
      release_path(field.path);
    }
  });
  graves_.bury(rule);
  next_.rules.set(id, nullptr, graves_);
  rule_ids_.give_back(id);
  --live_rules_;
  return true;
}

}  // namespace setpoint::pattern
