// The inside of a PatternSet: one immutable Snapshot that readers match against, and the Index that prepares the next
// one.
//
// A pattern's alternative waits in buckets. Where it has fields that can be looked up (tokens.h), up to three of them,
// the rarest, name its buckets: one bucket for each combination of their tokens. An event has few live tokens a field,
// so it finds its buckets by a handful of look-ups, however many patterns there are. What a bucket's name does not
// prove is tried from the tests that stand in the bucket itself, each distinct test once an event. Alternatives without
// such a field wait at a test of one field that must have a value ("scan"), or, where only absences are asked for, in
// `always`.
//
// Equal tests on one field are shared by all patterns. Ids of tests, tokens, patterns and paths are dense and reused.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pattern/alternatives.h"
#include "pattern/hashing.h"
#include "pattern/name_filter.h"
#include "pattern/path_tree.h"
#include "pattern/persistent.h"
#include "pattern/prefilter.h"
#include "pattern/tokens.h"

namespace setpoint::pattern {

inline constexpr std::size_t kKeysMax = 3;                   // fields that name a bucket
inline constexpr std::size_t kBucketsOfAlternativeMax = 32;  // combinations of more than one field's tokens
inline constexpr std::size_t kBucketWordsMax = 4096;  // before a bucket gets a sibling: bounds what an edit copies

struct Token : Pooled {
  std::uint32_t id = 0;
  std::uint32_t path = 0;
  TokenText text;
  Token* next = nullptr;    // another token of the same hash
  std::uint32_t users = 0;  // the writer's count

  bool is(std::uint32_t its_path, TokenKind kind, std::string_view bytes) const {
    return path == its_path && text.kind == kind && text.text == bytes;
  }
};

using Name = std::array<std::uint32_t, kKeysMax>;  // of a bucket: its tokens; unused ones are 0

// Who waits under one name. Postings lie one after the other, behind the bucket itself in one block of memory: pattern,
// number of conditions, conditions. A condition is a test, or, marked by kLive, a token that must be live: that is told
// without a look at the test.
inline constexpr std::uint32_t kLive = 1u << 31;
class Bucket {
 public:
  static Bucket* make(const Name& name, const Bucket* next, std::size_t capacity, Graveyard& graves);
  static void operator delete(void* block) { BlockPool::give(block); }

  std::span<const std::uint32_t> postings() const { return {reinterpret_cast<const std::uint32_t*>(this + 1), size_}; }
  std::size_t room() const { return capacity_ - size_; }
  void append(std::span<const std::uint32_t> posting);
  void erase(std::size_t from, std::size_t count);

  const Name name;
  std::uint64_t edit;
  const Bucket* next;  // a sibling of the same hash: more of the same name, or another name

 private:
  Bucket(const Name& its_name, std::uint64_t made_by, const Bucket* sibling, std::size_t capacity)
      : name(its_name), edit(made_by), next(sibling), capacity_(static_cast<std::uint32_t>(capacity)) {}
  std::uint32_t* words() { return reinterpret_cast<std::uint32_t*>(this + 1); }

  std::uint32_t size_ = 0, capacity_;
};

// Where an alternative waits: keyed by which of its fields, scanned from one, or, with neither, always.
struct Access {
  static constexpr std::uint8_t kNone = 0xff;
  std::array<std::uint8_t, kKeysMax> keys{kNone, kNone, kNone};
  std::uint8_t scan = kNone;
};

struct Asked {
  std::uint32_t path;
  std::uint32_t test;
};

// One pattern: its alternatives' fields, for array consistency and for removal. One block of memory: there are many.
class Rule {
 public:
  void add(std::span<const Asked> fields);
  template <class Visit>
  void each_alternative(Visit visit) const {  // visit(fields, access)
    for (std::size_t at = 0; at < words_.size();) {
      std::span<const Asked> fields = std::span(words_).subspan(at + 1, words_[at].path);
      visit(fields, std::bit_cast<Access>(words_[at].test));
      at += 1 + fields.size();
    }
  }
  template <class Visit>
  void set_accesses(Visit visit) {  // visit(fields) gives each alternative's access
    for (std::size_t at = 0; at < words_.size(); at += 1 + words_[at].path) {
      words_[at].test =
          std::bit_cast<std::uint32_t>(visit(std::span<const Asked>(words_).subspan(at + 1, words_[at].path)));
    }
  }

 private:
  std::vector<Asked> words_;  // for each alternative {number of fields, access}, then its fields
};

using Signature = std::array<std::uint32_t, kKeysMax>;  // paths, kNoPath where unused
// Most signatures have few users, whose tokens most events do not have: a bit for each token, by its id, tells that
// before any name is made. Those of tokens that went may stay.
struct SignatureUse {
  Signature paths;
  std::uint32_t users = 0;
  std::array<std::uint64_t, kKeysMax> tokens{};

  static std::uint64_t bit(std::uint32_t token) { return std::uint64_t{1} << (token & 63); }
  bool may_have(std::size_t key, std::uint32_t token) const { return (tokens[key] & bit(token)) != 0; }
};

struct ScanGroup {
  std::uint32_t test = 0;
  const Bucket* bucket = nullptr;
};

struct PathInfo {
  std::uint64_t edit = 0;
  TokenShapes shapes;
  std::vector<SignatureUse> signatures;  // those that begin with this path
  std::vector<ScanGroup> scan;
};

struct Snapshot {
  std::uint64_t version = 0;
  std::uint64_t seed = 0;
  const PathNode* paths = nullptr;
  std::uint32_t path_count = 0;
  PersistentArray<PathInfo*> infos;
  PersistentArray<IndexedTest> tests;
  PersistentArray<const Rule*> rules;
  KeyTable<Token> tokens;
  KeyTable<Bucket> buckets;
  NameFilter names;  // of the buckets
  const Bucket* always = nullptr;
  std::uint32_t test_count = 0, rule_count = 0, token_count = 0;  // ids run below

  const Token* find_token(std::uint32_t path, TokenKind kind, std::string_view text) const;
  std::uint64_t token_hash(std::uint32_t path, TokenKind kind, std::string_view text) const {
    return hash_bytes(text, seed ^ (path * kHashA) ^ (static_cast<std::uint64_t>(kind) << 56));
  }
  static std::uint64_t bucket_hash(const Name& name) {
    return fold((static_cast<std::uint64_t>(name[0]) << 32 | name[1]) ^ kHashA, name[2] ^ kHashB);
  }
};

// The writer's side. One thread at a time.
class Index {
 public:
  Index();
  ~Index();
  Index(const Index&) = delete;

  std::uint32_t add(const std::vector<Alternative>& alternatives);
  // Before many are added: lets the first of them be placed as if all were there.
  void expect(const std::vector<const std::vector<Alternative>*>& coming);
  // After many were added: pays in advance for what single changes would stumble over.
  void settle();
  bool remove(std::uint32_t rule);
  std::size_t size() const { return live_rules_; }

  // What the edits since the last call came to. The caller owns it, and buries it when the next one has replaced it.
  const Snapshot* publish();
  Graveyard& graves() { return graves_; }

 private:
  struct TestUse {
    std::shared_ptr<const FieldTest> test;
    std::uint64_t hash = 0;
    std::uint32_t path = 0;
    std::uint32_t users = 0;
    std::vector<std::uint32_t> tokens;  // where they tell all
  };
  class Ids {
   public:
    explicit Ids(std::uint32_t first = 0) : next_(first) {}
    std::uint32_t take();
    void give_back(std::uint32_t id) { free_.push_back(id); }
    std::uint32_t end() const { return next_; }

   private:
    std::uint32_t next_;
    std::vector<std::uint32_t> free_;
  };
  struct Key {
    std::size_t field = 0;
    bool exact = false;  // of values themselves, not of parts of them
    double rarity = 0;   // one in how many values of the field, at a guess
    std::vector<TokenText> tokens;
  };
  using Fields = std::span<const Asked>;

  PathInfo& info(std::uint32_t path);  // for changing
  std::uint32_t intern_path(const std::string& path);
  void release_path(std::uint32_t path);
  PathNode* editable_node(std::string_view path);
  std::uint32_t intern_test(std::uint32_t path, const std::shared_ptr<const FieldTest>& test);
  void release_test(std::uint32_t id);
  std::uint32_t intern_token(std::uint32_t path, const TokenText& text);
  std::uint32_t release_token(std::uint32_t path, const TokenText& text);

  Access choose_access(Fields fields) const;
  std::vector<Key> possible_keys(Fields fields) const;
  std::uint8_t choose_scan(Fields fields) const;
  enum class Move { enter, leave };
  void move(std::uint32_t rule, Fields fields, const Access& access, Move move);
  void move_keyed(std::uint32_t rule, Fields fields, const Access& access, Move move,
                  std::span<const std::uint32_t> posting);
  void move_scanned(std::uint32_t rule, const Asked& from, Move move, std::span<const std::uint32_t> posting);
  using TokenRows = std::vector<std::vector<std::uint32_t>>;  // of each key field, its tokens
  void count_signature(Fields fields, const Access& access, const TokenRows& tokens, Move move);
  std::vector<std::uint32_t> posting(std::uint32_t rule, Fields fields, const Access& access) const;
  bool proven(const Asked& field) const;
  std::uint32_t condition(std::uint32_t test) const;
  const FieldTest& test(std::uint32_t id) const { return *tests_[id].test; }

  const Bucket* changed(const Bucket* head, const Name& name, std::uint32_t rule, Move move,
                        std::span<const std::uint32_t> posting);
  Bucket* editable(const Bucket* bucket, std::size_t more);
  void grow_names(std::size_t more);

  Graveyard graves_;
  Snapshot next_;
  PathNode* root_;
  std::size_t live_rules_ = 0, expected_rules_ = 0;
  std::unordered_map<std::string, std::uint32_t> path_ids_;
  std::vector<TestUse> tests_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> tests_by_hash_;
  std::string identity_, other_identity_;  // scratch
  struct PathUse {
    std::string name;
    std::uint32_t users = 0;
  };
  std::vector<PathUse> path_uses_;
  std::unordered_map<std::string, std::uint32_t> expected_tokens_;  // by path: what a bulk load will bring
  Ids rule_ids_, test_ids_, path_ids_free_;
  Ids token_ids_{1};  // 0 stands for none
};

}  // namespace setpoint::pattern
