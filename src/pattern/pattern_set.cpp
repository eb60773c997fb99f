#include "pattern/pattern_set.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>

#include "model/event.h"
#include "pattern/evaluation.h"
#include "pattern/event_reader.h"
#include "pattern/pattern_index.h"

namespace setpoint::pattern {

namespace {

constexpr std::uint64_t kIdle = UINT64_MAX;

// What a reader announces: it may hold snapshots from this version on. One cache line each.
struct alignas(64) Seat {
  std::atomic<std::uint64_t> version{kIdle};
};

}  // namespace

// The swap. A reader first takes its seat with a version that was current, then loads the snapshot: whatever it loads
// is that version or a later one. The writer swaps first and looks at the seats afterwards. Both orders are
// sequentially consistent, so either the writer sees the seat, or the reader sees the new snapshot.
struct PatternSet::State {
  mutable std::mutex writing;
  Index index;
  std::atomic<const Snapshot*> current{nullptr};
  std::atomic<std::uint64_t> version{0};
  std::mutex seating;
  std::list<Seat> seats;

  State() { swap(); }
  ~State() { delete current.load(); }

  void swap() {
    const Snapshot* next = index.publish();
    const Snapshot* old = current.exchange(next);
    version.store(next->version);
    index.graves().bury(old);
    index.graves().collect(oldest_in_use());
  }

  std::uint64_t oldest_in_use() {
    std::lock_guard lock(seating);
    std::uint64_t oldest = version.load();
    for (const Seat& seat : seats) oldest = std::min(oldest, seat.version.load());
    return oldest;
  }

  Seat* take_seat() {
    std::lock_guard lock(seating);
    return &seats.emplace_back();
  }
  void leave_seat(Seat* seat) {
    std::lock_guard lock(seating);
    seats.remove_if([&](const Seat& s) { return &s == seat; });
  }
};

PatternSet::PatternSet() : state_(std::make_unique<State>()) {}
PatternSet::~PatternSet() = default;

PatternId PatternSet::add(const Pattern& pattern) {
  std::lock_guard lock(state_->writing);
  PatternId id = state_->index.add(pattern.alternatives());
  state_->swap();
  return id;
}

std::vector<PatternId> PatternSet::add_all(std::span<const Pattern> patterns) {
  std::lock_guard lock(state_->writing);
  std::vector<const std::vector<Alternative>*> coming;
  for (const Pattern& pattern : patterns) coming.push_back(&pattern.alternatives());
  state_->index.expect(coming);
  std::vector<PatternId> ids;
  for (const auto* alternatives : coming) ids.push_back(state_->index.add(*alternatives));
  state_->index.settle();
  state_->swap();
  return ids;
}

bool PatternSet::remove(PatternId id) {
  std::lock_guard lock(state_->writing);
  bool removed = state_->index.remove(id);
  if (removed) state_->swap();
  return removed;
}

void PatternSet::remove_all(std::span<const PatternId> ids) {
  std::lock_guard lock(state_->writing);
  for (PatternId id : ids) state_->index.remove(id);
  state_->swap();
}

std::size_t PatternSet::size() const {
  std::lock_guard lock(state_->writing);
  return state_->index.size();
}

std::size_t PatternSet::index_bytes() const {
  std::lock_guard lock(state_->writing);
  return state_->index.graves().pool().bytes();
}

struct Matcher::State {
  State(PatternSet::State& owner, ReadLimits limits) : set(owner), seat(owner.take_seat()), reader(limits) {}
  ~State() { set.leave_seat(seat); }

  template <class Input>
  base::Result<std::span<const PatternId>> match(const Input& input) {
    seat->version.store(set.version.load());
    const Snapshot& snapshot = *set.current.load();
    base::Status read = reader.read(input, *snapshot.paths, snapshot.path_count, fields);
    auto result = read ? evaluation.run(snapshot, fields)
                       : base::Result<std::span<const PatternId>>(base::fail(std::move(read).error()));
    seat->version.store(kIdle, std::memory_order_release);
    return result;
  }

  PatternSet::State& set;
  Seat* seat;
  EventReader reader;
  EventFields fields;
  Evaluation evaluation;
};

Matcher::Matcher(const PatternSet& set, ReadLimits limits) : state_(std::make_unique<State>(*set.state_, limits)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

base::Result<std::span<const PatternId>> Matcher::match(std::string_view event_json) {
  return state_->match(event_json);
}
base::Result<std::span<const PatternId>> Matcher::match_document(const base::Json& event) {
  return state_->match(event);
}
base::Result<std::span<const PatternId>> Matcher::match(const model::Event& event) {
  return match_document(event.envelope());
}

}  // namespace setpoint::pattern
