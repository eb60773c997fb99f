#include "pattern/evaluation.h"

#include <algorithm>

#include "pattern/pattern.h"

namespace setpoint::pattern {

namespace {

// An event whose arrays hold many live tokens in several fields could ask for more combinations than there are buckets.
constexpr std::size_t kCombinationsMax = 4096;

}  // namespace

void Evaluation::Marks::next_event() {
  if (++now_ != 0) return;
  std::fill(marks_.begin(), marks_.end(), 0);
  now_ = 1;
}

base::Result<std::span<const std::uint32_t>> Evaluation::run(const Snapshot& snapshot, const EventFields& event) {
  snapshot_ = &snapshot;
  event_ = &event;
  prepare();
  for (std::uint32_t path : event.touched()) find_live_tokens(path, *snapshot.infos.get(path));
  for (std::uint32_t path : event.touched()) {
    const PathInfo& info = *snapshot.infos.get(path);
    if (!live(path).empty()) {
      for (const SignatureUse& use : info.signatures) look_up(use.paths);
    }
    visit_scan(info);
  }
  visit_asked();
  for (const Bucket* bucket = snapshot.always; bucket; bucket = bucket->next) visit_bucket(*bucket);
  if (unsure_) return base::fail(too_entangled());
  std::sort(matched_.begin(), matched_.end());
  return std::span<const std::uint32_t>(matched_);
}

void Evaluation::prepare() {
  ++events_;
  unsure_ = false;
  matched_.clear();
  live_.clear();
  asked_names_.clear();
  found_buckets_.clear();
  true_tests_.resize(snapshot_->test_count);
  false_tests_.resize(snapshot_->test_count);
  seen_rules_.resize(snapshot_->rule_count);
  live_tokens_.resize(snapshot_->token_count);
  for (Marks* marks : {&true_tests_, &false_tests_, &seen_rules_, &live_tokens_}) marks->next_event();
  if (runs_.size() < snapshot_->path_count) runs_.resize(snapshot_->path_count);
}

void Evaluation::find_live_tokens(std::uint32_t path, const PathInfo& info) {
  std::uint32_t from = static_cast<std::uint32_t>(live_.size());
  if (info.shapes.tokens() > 0) {
    for (std::uint32_t i = event_->first(path); i != 0; i = event_->value(i).next) {
      info.shapes.each_candidate(event_->value(i), scratch_, [&](TokenKind kind, std::string_view text) {
        const Token* token = snapshot_->find_token(path, kind, text);
        if (!token || live_tokens_.has(token->id)) return;
        live_tokens_.set(token->id);
        live_.push_back(token->id);
      });
    }
  }
  runs_[path] = {events_, from, static_cast<std::uint32_t>(live_.size()) - from};
}

std::span<const std::uint32_t> Evaluation::live(std::uint32_t path) const {
  const Run& run = runs_[path];
  if (run.event != events_) return {};
  return std::span(live_).subspan(run.from, run.count);
}

// Every combination of live tokens of the signature's paths names a bucket that may exist.
void Evaluation::look_up(const Signature& paths) {
  static constexpr std::uint32_t kNone[1] = {0};
  std::array<std::span<const std::uint32_t>, kKeysMax> rows;
  std::size_t combinations = 1;
  for (std::size_t k = 0; k < kKeysMax; ++k) {
    rows[k] = paths[k] == kNoPath ? std::span<const std::uint32_t>(kNone) : live(paths[k]);
    combinations *= rows[k].size();
  }
  if (combinations > kCombinationsMax) return look_up_all(paths);
  for (std::uint32_t a : rows[0]) {
    for (std::uint32_t b : rows[1]) {
      for (std::uint32_t c : rows[2]) ask_for({a, b, c});
    }
  }
}

// A large set does not fit into the cache, and each step of a look-up would wait for memory. So all names are asked for
// first, and each further step is taken for all of them while the next one's memory is on its way.
void Evaluation::ask_for(const Name& name) {
  std::uint64_t hash = Snapshot::bucket_hash(name);
  snapshot_->buckets.prefetch(hash);
  asked_names_.push_back({name, hash});
}

void Evaluation::visit_asked() {
  for (const Pending& asked : asked_names_) {
    const Bucket* bucket = snapshot_->buckets.find(asked.hash);
    for (; bucket; bucket = bucket->next) {
      if (bucket->tokens != asked.name) continue;
      __builtin_prefetch(bucket->postings.data());
      found_buckets_.push_back(bucket);
    }
  }
  for (const Bucket* bucket : found_buckets_) {
    each_first_test(*bucket, [](const FieldTest* test) { __builtin_prefetch(test); });
  }
  for (const Bucket* bucket : found_buckets_) {
    each_first_test(*bucket, [](const FieldTest* test) { __builtin_prefetch(test->any().data()); });
  }
  for (const Bucket* bucket : found_buckets_) visit_bucket(*bucket);
}

// Of a large bucket the beginning only: from there on the memory runs ahead by itself.
template <class Visit>
void Evaluation::each_first_test(const Bucket& bucket, Visit visit) const {
  const std::uint32_t* at = bucket.postings.data();
  const std::uint32_t* end = at + std::min<std::size_t>(bucket.postings.size(), 64);
  while (at < end) {
    std::uint32_t tests = at[1];
    for (std::uint32_t i = 0; i < tests; ++i) visit(snapshot_->tests.get(at[2 + i]).test);
    at += 2 + tests;
  }
}

// The slow way round: all buckets, those of other signatures included, whose tokens are all live.
void Evaluation::look_up_all(const Signature&) {
  auto all_live = [&](const Bucket& bucket) {
    return std::all_of(bucket.tokens.begin(), bucket.tokens.end(),
                       [&](std::uint32_t t) { return t == 0 || live_tokens_.has(t); });
  };
  snapshot_->buckets.each([&](const Bucket* head) {
    for (const Bucket* bucket = head; bucket; bucket = bucket->next) {
      if (all_live(*bucket)) visit_bucket(*bucket);
    }
  });
}

void Evaluation::visit_bucket(const Bucket& bucket) {
  const std::uint32_t* at = bucket.postings.data();
  const std::uint32_t* end = at + bucket.postings.size();
  while (at != end) {
    std::uint32_t rule = *at++, tests = *at++;
    const std::uint32_t* next = at + tests;
    while (at != next && holds(*at)) ++at;
    if (at == next) found(rule);
    at = next;
  }
}

void Evaluation::visit_scan(const PathInfo& info) {
  for (const ScanGroup& group : info.scan) {
    if (!holds(group.test)) continue;
    for (const Bucket* bucket = group.bucket; bucket; bucket = bucket->next) visit_bucket(*bucket);
  }
}

bool Evaluation::holds(std::uint32_t test) {
  if (true_tests_.has(test)) return true;
  if (false_tests_.has(test)) return false;
  bool result = try_test(test);
  (result ? true_tests_ : false_tests_).set(test);
  return result;
}

// Some value passes; or absence may, which array consistency decides later where values stand in array elements.
bool Evaluation::try_test(std::uint32_t id) const {
  TestRef ref = snapshot_->tests.get(id);
  bool unplaced = false;
  for (std::uint32_t i = event_->first(ref.path); i != 0; i = event_->value(i).next) {
    const Value& value = event_->value(i);
    if (ref.test->matches(value)) return true;
    unplaced = unplaced || value.place == 0;
  }
  return ref.test->allows_absence() && !unplaced;
}

void Evaluation::found(std::uint32_t rule) {
  if (seen_rules_.has(rule)) return;
  seen_rules_.set(rule);
  if (!event_->has_places() || consistent(rule)) matched_.push_back(rule);
}

bool Evaluation::consistent(std::uint32_t rule) {
  bool any = false, unsure = false;
  snapshot_->rules.get(rule)->each_alternative([&](std::span<const Asked> fields, const Access&) {
    if (any) return;
    asked_.clear();
    for (const Asked& field : fields) asked_.push_back({field.path, snapshot_->tests.get(field.test).test});
    Selection selection = select(asked_, *event_);
    any = selection == Selection::found;
    unsure = unsure || selection == Selection::gave_up;
  });
  unsure_ = unsure_ || (unsure && !any);
  return any;
}

}  // namespace setpoint::pattern
