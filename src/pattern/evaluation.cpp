#include "pattern/evaluation.h"

#include <algorithm>

#include "pattern/pattern.h"

namespace setpoint::pattern {

namespace {

// An event whose arrays hold many live tokens in several fields could ask for more combinations than there are buckets.
constexpr std::size_t kCombinationsMax = 4096;

// Look-ups that are taken together: enough to hide the memory's delay, and no event can make more of them wait.
constexpr std::size_t kTogetherMax = 1024;
constexpr std::size_t kKeptMin = 4096;  // bytes

}  // namespace

void Evaluation::Marks::next_event() {
  if (++now_ != 0) return;
  std::fill(marks_.begin(), marks_.end(), 0);
  now_ = 1;
}

void Evaluation::Answers::next_event() {
  if (++now_ < 1u << 31) return;
  std::fill(answers_.begin(), answers_.end(), 0);
  now_ = 1;
}

base::Result<std::span<const std::uint32_t>> Evaluation::run(const Snapshot& snapshot, const EventFields& event) {
  snapshot_ = &snapshot;
  event_ = &event;
  prepare();
  find_live_tokens();
  for (std::uint32_t path : event.touched()) {
    const PathInfo& info = *snapshot.infos.get(path);
    if (live_bits(path) != 0) {
      for (const SignatureUse& use : info.signatures) {
        if (may_have_buckets(use)) look_up(use);
      }
    }
    visit_scan(info);
  }
  visit_asked();
  for (const Bucket* bucket = snapshot.always; bucket; bucket = bucket->next) visit_bucket(*bucket);
  settle_matches();
  if (unsure_) return base::fail(too_entangled());
  return std::span<const std::uint32_t>(matched_);
}

void Evaluation::prepare() {
  ++events_;
  unsure_ = false;
  matched_.clear();
  live_.clear();
  answers_.resize(snapshot_->test_count);
  answers_.next_event();
  live_tokens_.resize(snapshot_->token_count);
  live_tokens_.next_event();
  addressed_ = 0;
  text_hashes_.assign(event_->value_count(), 0);
  if (runs_.size() < snapshot_->path_count) runs_.resize(snapshot_->path_count);
}

// A large set does not fit into the cache, and each step of a look-up would wait for memory: here the table's entry and
// the token, later a bucket's. So each step is taken for all before the next one, while the next one's memory is on its
// way.
void Evaluation::find_live_tokens() {
  for (std::uint32_t path : event_->touched()) {
    const TokenShapes& shapes = snapshot_->infos.get(path)->shapes;
    if (shapes.tokens() == 0) continue;
    for (std::uint32_t i = event_->first(path); i != 0; i = event_->value(i).next) {
      shapes.each_candidate(event_->value(i), scratch_,
                            [&](TokenKind kind, std::string_view text) { add_candidate(path, kind, text); });
    }
  }
  settle_candidates();
}

void Evaluation::add_candidate(std::uint32_t path, TokenKind kind, std::string_view text) {
  if (candidates_.size() == kTogetherMax) settle_candidates();
  std::uint64_t hash = snapshot_->token_hash(path, kind, text);
  snapshot_->tokens.prefetch(hash);
  candidates_.push_back({hash, nullptr, kept(kind, text), path, kind});
}

// The bytes of some kinds are the caller's scratch.
std::string_view Evaluation::kept(TokenKind kind, std::string_view text) {
  if (is_part_of_value(kind)) return text;
  if (kept_.capacity() - kept_.size() < text.size()) {
    settle_candidates();
    kept_.clear();
    kept_.reserve(std::max(text.size(), kKeptMin));
  }
  std::size_t from = kept_.size();
  kept_.append(text);
  return std::string_view(kept_).substr(from);
}

void Evaluation::settle_candidates() {
  for (Candidate& candidate : candidates_) {
    candidate.token = snapshot_->tokens.find(candidate.hash);
    if (candidate.token) __builtin_prefetch(candidate.token);
  }
  for (const Candidate& candidate : candidates_) {
    if (candidate.token) make_live(candidate);
  }
  candidates_.clear();
}

void Evaluation::make_live(const Candidate& candidate) {
  const Token* token = candidate.token;
  while (token && !token->is(candidate.path, candidate.kind, candidate.text)) token = token->next;
  if (!token || live_tokens_.has(token->id)) return;
  live_tokens_.set(token->id);
  Run& run = runs_[candidate.path];
  if (run.event != events_) run = {events_, static_cast<std::uint32_t>(live_.size()), 0, 0};
  live_.push_back(token->id);
  ++run.count;
  run.bits |= SignatureUse::bit(token->id);
}

std::span<const std::uint32_t> Evaluation::live(std::uint32_t path) const {
  const Run& run = runs_[path];
  if (run.event != events_) return {};
  return std::span(live_).subspan(run.from, run.count);
}

bool Evaluation::may_have_buckets(const SignatureUse& use) const {
  for (std::size_t k = 0; k < kKeysMax && use.paths[k] != kNoPath; ++k) {
    if ((live_bits(use.paths[k]) & use.tokens[k]) == 0) return false;
  }
  return true;
}

// Every combination of live tokens of the signature's paths names a bucket that may exist.
void Evaluation::look_up(const SignatureUse& use) {
  static constexpr std::uint32_t kNone[1] = {0};
  std::array<std::span<const std::uint32_t>, kKeysMax> rows;
  std::size_t combinations = 1;
  for (std::size_t k = 0; k < kKeysMax; ++k) {
    rows[k] = use.paths[k] == kNoPath ? std::span<const std::uint32_t>(kNone) : live(use.paths[k]);
    if (rows[k].empty()) return;
    combinations *= rows[k].size();
  }
  if (combinations > kCombinationsMax) return look_up_all();
  for (std::uint32_t a : rows[0]) {
    if (!use.may_have(0, a)) continue;
    for (std::uint32_t b : rows[1]) {
      if (!use.may_have(1, b)) continue;
      for (std::uint32_t c : rows[2]) {
        if (use.may_have(2, c)) ask_for({a, b, c});
      }
    }
  }
}

void Evaluation::ask_for(const Name& name) {
  if (asked_names_.size() == kTogetherMax) visit_asked();
  std::uint64_t hash = Snapshot::bucket_hash(name);
  snapshot_->names.prefetch(hash);
  asked_names_.push_back({name, hash, nullptr});
}

void Evaluation::visit_asked() {
  drop_names_that_do_not_exist();
  find_chains();
  for (const Pending& asked : asked_names_) {
    for (const Bucket* bucket = asked.chain; bucket; bucket = bucket->next) {
      if (bucket->name != asked.name) continue;
      await_tests(*bucket);
      found_buckets_.push_back(bucket);
    }
  }
  for (const Bucket* bucket : found_buckets_) visit_bucket(*bucket);
  asked_names_.clear();
  found_buckets_.clear();
}

void Evaluation::drop_names_that_do_not_exist() {
  std::size_t kept = 0;
  for (const Pending& asked : asked_names_) {
    if (!snapshot_->names.may_have(asked.hash)) continue;
    snapshot_->buckets.prefetch(asked.hash);
    asked_names_[kept++] = asked;
  }
  asked_names_.resize(kept);
}

void Evaluation::find_chains() {
  for (Pending& asked : asked_names_) {
    asked.chain = snapshot_->buckets.find(asked.hash);
    if (!asked.chain) continue;
    __builtin_prefetch(asked.chain);
    __builtin_prefetch(reinterpret_cast<const char*>(asked.chain) + 64);
  }
}

// Of a large bucket the beginning only: from there on the memory runs ahead by itself.
void Evaluation::await_tests(const Bucket& bucket) const {
  auto postings = bucket.postings();
  const std::uint32_t* at = postings.data();
  const std::uint32_t* end = at + std::min<std::size_t>(postings.size(), 64);
  while (at < end) {
    std::uint32_t tests = at[1];
    for (std::uint32_t i = 0; i < tests; ++i) {
      if ((at[2 + i] & kLive) == 0) __builtin_prefetch(&snapshot_->tests.get(at[2 + i]));
    }
    at += 2 + tests;
  }
}

// The slow way round: all buckets, those of other signatures included, whose tokens are all live.
void Evaluation::look_up_all() {
  auto all_live = [&](const Bucket& bucket) {
    return std::all_of(bucket.name.begin(), bucket.name.end(),
                       [&](std::uint32_t t) { return t == 0 || live_tokens_.has(t); });
  };
  snapshot_->buckets.each([&](const Bucket* head) {
    for (const Bucket* bucket = head; bucket; bucket = bucket->next) {
      if (all_live(*bucket)) visit_bucket(*bucket);
    }
  });
}

void Evaluation::visit_bucket(const Bucket& bucket) {
  auto postings = bucket.postings();
  const std::uint32_t* at = postings.data();
  const std::uint32_t* end = at + postings.size();
  while (at != end) {
    std::uint32_t rule = *at++, tests = *at++;
    const std::uint32_t* next = at + tests;
    while (at != next && meets(*at)) ++at;
    if (at == next) matched_.push_back(rule);
    at = next;
  }
}

void Evaluation::visit_scan(const PathInfo& info) {
  for (const ScanGroup& group : info.scan) {
    if (!holds(group.test)) continue;
    for (const Bucket* bucket = group.bucket; bucket; bucket = bucket->next) visit_bucket(*bucket);
  }
}

bool Evaluation::meets(std::uint32_t condition) {
  return (condition & kLive) != 0 ? live_tokens_.has(condition & ~kLive) : holds(condition);
}

bool Evaluation::holds(std::uint32_t id) {
  const IndexedTest& test = snapshot_->tests.get(id);
  if (test.by_tokens()) {
    auto tokens = test.tokens();
    return std::any_of(tokens.begin(), tokens.end(), [&](std::uint32_t token) { return live_tokens_.has(token); });
  }
  if (test.is_absence()) return may_be_absent(test.path());
  if (test.has_prefilter()) {
    Prefilter glance_says = glance(test);
    if (glance_says != Prefilter::unsure) return glance_says == Prefilter::yes;
  }
  if (!answers_.knows(id)) answers_.note(id, try_test(test));
  return answers_.yes(id);
}

Prefilter Evaluation::glance(const IndexedTest& test) {
  bool unsure = false;
  for (std::uint32_t i = event_->first(test.path()); i != 0; i = event_->value(i).next) {
    Prefilter says = test.about(
        event_->value(i), [&] { return text_hash(i); }, [&] { return address(i); });
    if (says == Prefilter::yes) return says;
    unsure = unsure || says == Prefilter::unsure;
  }
  return unsure ? Prefilter::unsure : Prefilter::no;
}

std::uint64_t Evaluation::text_hash(std::uint32_t value) {
  std::uint64_t& hash = text_hashes_[value];
  if (hash == 0) hash = prefilter_hash(event_->value(value).text);
  return hash;
}

// Many networks are asked about one value, one after the other.
const Address* Evaluation::address(std::uint32_t value) {
  if (addressed_ != value) address_ = parse_address(event_->value(value).text);
  addressed_ = value;
  return address_ ? &*address_ : nullptr;
}

// All its values stand in array elements: consistency may rule them out.
bool Evaluation::may_be_absent(std::uint32_t path) const {
  for (std::uint32_t i = event_->first(path); i != 0; i = event_->value(i).next) {
    if (event_->value(i).place == 0) return false;
  }
  return true;
}

// Some value passes; or absence may, which array consistency decides later where values stand in array elements.
bool Evaluation::try_test(const IndexedTest& test) const {
  for (std::uint32_t i = event_->first(test.path()); i != 0; i = event_->value(i).next) {
    if (test.full().matches(event_->value(i))) return true;
  }
  return test.full().allows_absence() && may_be_absent(test.path());
}

// Each rule once, ascending, and of an event with arrays of objects only those that are consistent.
void Evaluation::settle_matches() {
  std::sort(matched_.begin(), matched_.end());
  matched_.erase(std::unique(matched_.begin(), matched_.end()), matched_.end());
  if (!event_->has_places()) return;
  std::erase_if(matched_, [&](std::uint32_t rule) { return !consistent(rule); });
}

bool Evaluation::consistent(std::uint32_t rule) {
  bool any = false, unsure = false;
  snapshot_->rules.get(rule)->each_alternative([&](std::span<const Asked> fields, const Access&) {
    if (any) return;
    if (std::optional<bool> decided = decided_without_places(fields)) {
      any = *decided;
      return;
    }
    asked_.clear();
    for (const Asked& field : fields) asked_.push_back({field.path, &snapshot_->tests.get(field.test).full()});
    Selection selection = select(asked_, *event_);
    any = selection == Selection::found;
    unsure = unsure || selection == Selection::gave_up;
  });
  unsure_ = unsure_ || (unsure && !any);
  return any;
}

// Where one field at most has values that stand in array elements, nothing can stand in the way of anything.
std::optional<bool> Evaluation::decided_without_places(std::span<const Asked> fields) {
  std::size_t placed_fields = 0;
  for (const Asked& field : fields) {
    if (!placed(field.path)) continue;
    if (++placed_fields > 1 || snapshot_->tests.get(field.test).full().allows_absence()) return std::nullopt;
  }
  return std::all_of(fields.begin(), fields.end(), [&](const Asked& field) { return holds(field.test); });
}

bool Evaluation::placed(std::uint32_t path) const {
  for (std::uint32_t i = event_->first(path); i != 0; i = event_->value(i).next) {
    if (event_->value(i).place != 0) return true;
  }
  return false;
}

}  // namespace setpoint::pattern
