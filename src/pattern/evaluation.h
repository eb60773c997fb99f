// One event against one Snapshot: tokens, buckets, tests, array consistency. Scratch that is reused from event to
// event.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "pattern/event_fields.h"
#include "pattern/pattern_index.h"
#include "pattern/selection.h"

namespace setpoint::pattern {

class Evaluation {
 public:
  // The rules that match, ascending, until the next call; an error where an event's arrays are too entangled for some
  // rule.
  base::Result<std::span<const std::uint32_t>> run(const Snapshot& snapshot, const EventFields& event);

 private:
  // Remembers something about ids for the length of one event, without being cleared for each.
  class Marks {
   public:
    void resize(std::size_t ids) {
      if (marks_.size() < ids) marks_.resize(ids + ids / 2 + 16);
    }
    bool has(std::uint32_t id) const { return marks_[id] == now_; }
    void set(std::uint32_t id) { marks_[id] = now_; }
    void next_event();

   private:
    std::vector<std::uint32_t> marks_;
    std::uint32_t now_ = 1;
  };
  // Whether tests hold, remembered for the length of one event.
  class Answers {
   public:
    void resize(std::size_t ids) {
      if (answers_.size() < ids) answers_.resize(ids + ids / 2 + 16);
    }
    bool knows(std::uint32_t id) const { return answers_[id] >> 1 == now_; }
    bool yes(std::uint32_t id) const { return (answers_[id] & 1) != 0; }
    void note(std::uint32_t id, bool yes) { answers_[id] = now_ << 1 | static_cast<std::uint32_t>(yes); }
    void next_event();

   private:
    std::vector<std::uint32_t> answers_;
    std::uint32_t now_ = 1;
  };
  // Live tokens of one path: a run of `live_`.
  struct Run {
    std::uint64_t event = 0;
    std::uint32_t from = 0;
    std::uint32_t count = 0;
    std::uint64_t bits = 0;  // SignatureUse::bit of each
  };
  // A token that some value of the event would be.
  struct Candidate {
    std::uint64_t hash;
    const Token* token;  // the first of that hash
    std::string_view text;
    std::uint32_t path;
    TokenKind kind;
  };
  // A bucket that may exist.
  struct Pending {
    Name name;
    std::uint64_t hash;
    const Bucket* chain;
  };

  void prepare();
  void find_live_tokens();
  void add_candidate(std::uint32_t path, TokenKind kind, std::string_view text);
  std::string_view kept(TokenKind kind, std::string_view text);
  void settle_candidates();
  void make_live(const Candidate& candidate);
  std::span<const std::uint32_t> live(std::uint32_t path) const;
  std::uint64_t live_bits(std::uint32_t path) const { return runs_[path].event == events_ ? runs_[path].bits : 0; }
  bool may_have_buckets(const SignatureUse& use) const;
  void look_up(const SignatureUse& use);
  void look_up_all();
  void ask_for(const Name& name);
  void drop_names_that_do_not_exist();
  void find_chains();
  void visit_asked();
  void await_tests(const Bucket& bucket) const;
  void visit_bucket(const Bucket& bucket);
  void visit_scan(const PathInfo& info);
  bool meets(std::uint32_t condition);
  bool holds(std::uint32_t test);
  Prefilter glance(const IndexedTest& test);
  bool try_test(const IndexedTest& test) const;
  std::uint64_t text_hash(std::uint32_t value);
  const Address* address(std::uint32_t value);
  bool may_be_absent(std::uint32_t path) const;
  void settle_matches();
  bool consistent(std::uint32_t rule);
  std::optional<bool> decided_without_places(std::span<const Asked> fields);
  bool placed(std::uint32_t path) const;

  const Snapshot* snapshot_ = nullptr;
  const EventFields* event_ = nullptr;
  std::uint64_t events_ = 0;
  bool unsure_ = false;
  Marks live_tokens_;
  Answers answers_;
  std::vector<std::uint64_t> text_hashes_;  // of the event's values; 0 until asked for
  std::uint32_t addressed_ = 0;             // the value whose address was asked for last; 0 for none
  std::optional<Address> address_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> live_;
  std::vector<Pending> asked_names_;
  std::vector<const Bucket*> found_buckets_;
  std::vector<std::uint32_t> matched_;
  std::vector<FieldAsked> asked_;
  std::vector<Candidate> candidates_;
  std::string scratch_;
  std::string kept_;  // of candidates, what is no part of the event's bytes
};

}  // namespace setpoint::pattern
