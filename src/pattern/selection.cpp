#include "pattern/selection.h"

#include <algorithm>

#include "pattern/limits.h"

namespace setpoint::pattern {

namespace {

struct Option {
  std::uint32_t value = 0;  // 0: absence
  std::uint32_t place = 0;
};

struct Choice {
  std::size_t field = 0;
  std::uint32_t path = 0;
  bool may_be_absent = false;
  std::vector<Option> options;  // values that pass the test
  Option taken;
};

class Search {
 public:
  Search(std::span<const FieldAsked> fields, const EventFields& event) : event_(event) {
    for (std::size_t i = 0; i < fields.size(); ++i) choices_.push_back(choice(i, fields[i]));
  }

  Selection run() {
    bool hopeless = std::any_of(choices_.begin(), choices_.end(),
                                [](const Choice& c) { return c.options.empty() && !c.may_be_absent; });
    if (hopeless) return Selection::none;
    // Groups that share no array cannot hinder each other: each is searched alone.
    std::vector<Choice*> open;
    for (Choice& choice : choices_) open.push_back(&choice);
    while (!open.empty()) {
      std::vector<Choice*> group = take_group(open);
      std::sort(group.begin(), group.end(), [](auto* a, auto* b) { return order(*a) < order(*b); });
      if (!settle(group, 0)) return gave_up() ? Selection::gave_up : Selection::none;
    }
    return Selection::found;
  }

  void report(std::vector<std::uint32_t>& chosen) const {
    chosen.assign(choices_.size(), 0);
    for (const Choice& choice : choices_) chosen[choice.field] = choice.taken.value;
  }

 private:
  // Absence is judged last, against all that was taken; of the others the one with the fewest options goes first.
  static std::pair<bool, std::size_t> order(const Choice& c) { return {c.may_be_absent, c.options.size()}; }

  Choice choice(std::size_t field, const FieldAsked& asked) const {
    Choice out{
        .field = field, .path = asked.path, .may_be_absent = asked.test->allows_absence(), .options = {}, .taken = {}};
    for (std::uint32_t i = event_.first(asked.path); i != 0; i = event_.value(i).next) {
      if (asked.test->matches(event_.value(i))) out.options.push_back({i, event_.value(i).place});
    }
    // Only where a value stands matters here, so one option a place is enough.
    std::stable_sort(out.options.begin(), out.options.end(),
                     [](const Option& a, const Option& b) { return a.place < b.place; });
    auto last = std::unique(out.options.begin(), out.options.end(),
                            [](const Option& a, const Option& b) { return a.place == b.place; });
    out.options.erase(last, out.options.end());
    return out;
  }

  template <class Visit>
  void each_array(const Choice& choice, Visit visit) const {
    auto climb = [&](std::uint32_t place) {
      for (; place != 0; place = event_.place(place).outer) visit(event_.place(place).array);
    };
    for (const Option& option : choice.options) climb(option.place);
    if (!choice.may_be_absent) return;
    for (std::uint32_t i = event_.first(choice.path); i != 0; i = event_.value(i).next) climb(event_.value(i).place);
  }

  // The first open choice and all that share an array with it, directly or through others.
  std::vector<Choice*> take_group(std::vector<Choice*>& open) {
    std::vector<Choice*> group{open.front()};
    open.erase(open.begin());
    std::vector<std::uint32_t> arrays;
    for (std::size_t i = 0; i < group.size(); ++i) {
      each_array(*group[i], [&](std::uint32_t array) { arrays.push_back(array); });
      std::sort(arrays.begin(), arrays.end());
      arrays.erase(std::unique(arrays.begin(), arrays.end()), arrays.end());
      auto outside = std::stable_partition(open.begin(), open.end(), [&](Choice* c) { return !shares(*c, arrays); });
      group.insert(group.end(), outside, open.end());
      open.erase(outside, open.end());
    }
    return group;
  }

  bool shares(const Choice& choice, const std::vector<std::uint32_t>& arrays) const {
    bool found = false;
    each_array(choice,
               [&](std::uint32_t array) { found = found || std::binary_search(arrays.begin(), arrays.end(), array); });
    return found;
  }

  bool gave_up() const { return steps_ > kSelectionStepsMax; }

  bool settle(std::span<Choice* const> group, std::size_t at) {
    if (at == group.size()) return absences_hold(group);
    Choice& choice = *group[at];
    for (const Option& option : choice.options) {
      if (!fits(group.first(at), option) || !others_can(group.subspan(at + 1), option)) continue;
      choice.taken = option;
      if (settle(group, at + 1)) return true;
      if (gave_up()) return false;
    }
    choice.taken = {};
    return choice.may_be_absent && settle(group, at + 1);
  }

  bool fits(std::span<Choice* const> settled, const Option& option) {
    ++steps_;
    return std::all_of(settled.begin(), settled.end(),
                       [&](const Choice* c) { return event_.consistent(c->taken.place, option.place); });
  }

  // Looks one step ahead, so that a field without any value beside this one is found out at once.
  bool others_can(std::span<Choice* const> later, const Option& option) {
    return std::all_of(later.begin(), later.end(), [&](const Choice* c) {
      steps_ += static_cast<std::uint32_t>(c->options.size());
      return c->may_be_absent || std::any_of(c->options.begin(), c->options.end(),
                                             [&](const Option& o) { return event_.consistent(o.place, option.place); });
    });
  }

  bool absences_hold(std::span<Choice* const> group) {
    return std::all_of(group.begin(), group.end(),
                       [&](const Choice* c) { return c->taken.value != 0 || absent(*c, group); });
  }

  // No value of the field could stand with all that was taken.
  bool absent(const Choice& choice, std::span<Choice* const> group) {
    for (std::uint32_t i = event_.first(choice.path); i != 0; i = event_.value(i).next) {
      std::uint32_t place = event_.value(i).place;
      steps_ += static_cast<std::uint32_t>(group.size());
      bool stands = std::all_of(group.begin(), group.end(),
                                [&](const Choice* c) { return event_.consistent(c->taken.place, place); });
      if (stands) return false;
    }
    return true;
  }

  const EventFields& event_;
  std::vector<Choice> choices_;
  std::uint32_t steps_ = 0;
};

}  // namespace

Selection select(std::span<const FieldAsked> fields, const EventFields& event, std::vector<std::uint32_t>* chosen) {
  Search search(fields, event);
  Selection found = search.run();
  if (found == Selection::found && chosen) search.report(*chosen);
  return found;
}

}  // namespace setpoint::pattern
