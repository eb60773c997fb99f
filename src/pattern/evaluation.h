// One event against one Snapshot: tokens, buckets, tests, array consistency. Scratch that is reused from event to
// event.
#pragma once

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
  // Live tokens of one path: a run of `live_`.
  struct Run {
    std::uint64_t event = 0;
    std::uint32_t from = 0;
    std::uint32_t count = 0;
  };

  void prepare();
  void find_live_tokens(std::uint32_t path, const PathInfo& info);
  std::span<const std::uint32_t> live(std::uint32_t path) const;
  void look_up(const Signature& paths);
  void look_up_all(const Signature& paths);
  using Name = std::array<std::uint32_t, kKeysMax>;
  void ask_for(const Name& name);
  void visit_asked();
  template <class Visit>
  void each_first_test(const Bucket& bucket, Visit visit) const;
  void visit_bucket(const Bucket& bucket);
  void visit_scan(const PathInfo& info);
  bool holds(std::uint32_t test);
  bool try_test(std::uint32_t test) const;
  void found(std::uint32_t rule);
  bool consistent(std::uint32_t rule);

  const Snapshot* snapshot_ = nullptr;
  const EventFields* event_ = nullptr;
  std::uint64_t events_ = 0;
  bool unsure_ = false;
  Marks true_tests_, false_tests_, seen_rules_, live_tokens_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> live_;
  struct Pending {
    Name name;
    std::uint64_t hash;
  };
  std::vector<Pending> asked_names_;
  std::vector<const Bucket*> found_buckets_;
  std::vector<std::uint32_t> matched_;
  std::vector<FieldAsked> asked_;
  std::string scratch_;
};

}  // namespace setpoint::pattern
