#include "guard/comparison.h"

#include <algorithm>

#include "guard/limits.h"

namespace setpoint::guard {

namespace {

using Values = boost::container::small_vector<const Value*, 8>;

bool matches(const Regex& regex, std::string_view subject) {
  RegexMatch found = regex.search(subject);
  if (found == RegexMatch::no_answer)
    throw Abort{fmt::format("/{}/ takes too long on a text of {} bytes", regex.pattern(), subject.size())};
  return found == RegexMatch::yes;
}

bool same_list(const Value& a, const Value& b) {
  if (a.size != b.size) return false;
  for (std::uint32_t i = 0; i < a.size; ++i) {
    if (!equal(a.items[i], b.items[i])) return false;
  }
  return true;
}

bool same_map(const Value& a, const Value& b) {
  if (a.size != b.size) return false;
  return std::all_of(a.map().begin(), a.map().end(), [&](const Member& member) {
    const Value* other = b.find(member.name(), member.hash);
    return other != nullptr && equal(member.value, *other);
  });
}

// Orders of magnitude of two scalars of one kind; nothing where they have none.
std::optional<int> order(const Value& a, const Value& b) {
  if (a.kind != b.kind) return std::nullopt;
  auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  switch (a.kind) {
    case Kind::null:
      return 0;
    case Kind::integer:
      return sign(a.integer, b.integer);
    case Kind::text:
      return sign(a.string(), b.string());
    case Kind::character:
      return sign(a.character, b.character);
    case Kind::real:
      if (a.real != a.real || b.real != b.real) return std::nullopt;
      return sign(a.real, b.real);
    default:
      return std::nullopt;
  }
}

// Text against a pattern, numbers and characters against ranges: what has a meaning of its own.
std::optional<bool> special(const Value& a, const Value& b) {
  if (a.kind == Kind::text && b.kind == Kind::regex) return matches(*b.regex, a.string());
  if (a.kind == Kind::regex && b.kind == Kind::text) return matches(*a.regex, b.string());
  if (a.kind == Kind::regex && b.kind == Kind::regex) return a.regex->pattern() == b.regex->pattern();
  if (a.kind == Kind::boolean && b.kind == Kind::boolean) return a.boolean == b.boolean;
  if (a.kind == Kind::integer && b.kind == Kind::int_range) return b.int_range->contains(a.integer);
  if (a.kind == Kind::real && b.kind == Kind::real_range) return b.real_range->contains(a.real);
  if (a.kind == Kind::character && b.kind == Kind::char_range) return b.char_range->contains(a.character);
  return std::nullopt;
}

Match yes_or_no(bool yes) { return yes ? Match::yes : Match::no; }

Match compare_lists(const Value& a, const Value& b) {
  if (a.size != b.size) return Match::no;
  for (std::uint32_t i = 0; i < a.size; ++i) {
    if (Match one = compare_equal(a.items[i], b.items[i]); one != Match::yes) return one;
  }
  return Match::yes;
}

Match compare_maps(const Value& a, const Value& b) {
  if (a.size != b.size) return Match::no;
  for (const Member& member : a.map()) {
    const Value* other = b.find(member.name(), member.hash);
    if (other == nullptr) return Match::no;
    if (Match one = compare_equal(member.value, *other); one != Match::yes) return one;
  }
  return Match::yes;
}

Match substring(const Value& a, const Value& b) {
  if (a.kind != Kind::text || b.kind != Kind::text) return Match::incomparable;
  return yes_or_no(b.string().find(a.string()) != std::string_view::npos);
}

// Values, those of lists counted one by one.
std::size_t weight(const Values& values) {
  std::size_t out = 0;
  for (const Value* value : values) out += value->kind == Kind::list ? value->size : 1;
  return out;
}

bool has_equal(std::span<const Value> list, const Value& value) {
  return std::any_of(list.begin(), list.end(), [&](const Value& item) { return equal(item, value); });
}
bool has_equal(const Values& list, const Value& value) {
  return std::any_of(list.begin(), list.end(), [&](const Value* item) { return equal(*item, value); });
}

// One comparison of two sides of a clause.
class Comparer {
 public:
  Comparer(bool inverted, Tally& tally) : inverted_(inverted), tally_(tally) {}

  void equality(std::span<const Found> left, std::span<const Found> right);
  void membership(std::span<const Found> left, std::span<const Found> right);
  void ordering(Op op, std::span<const Found> left, std::span<const Found> right);

 private:
  void charge(std::size_t left, std::size_t right);
  static const Value* only_literal(std::span<const Found> side) {
    return side.size() == 1 && side[0].state == Found::State::literal ? side[0].value : nullptr;
  }
  Values known_left(std::span<const Found> side);
  Values known_right(std::span<const Found> side, std::span<const Value* const> left);
  void settle(Match match, const Value& at);
  void settle_set(const Values& difference, const Values& left);
  void settle_list(bool contained, const Values& difference, const Value& left);
  void equal_pair(const Value& a, const Value& b) { settle(compare_equal(a, b), a); }
  void literal_equality(const Value& literal, std::span<const Found> right);
  void equality_with_literal(std::span<const Found> left, const Value& literal);
  void contained(const Value& left, const Value& right);
  void list_contained(const Value& left, const Value& right);
  void literal_membership(const Value& literal, std::span<const Found> right);
  void membership_in_literal(std::span<const Found> left, const Value& literal);

  bool inverted_;
  Tally& tally_;
  std::size_t comparisons_ = 0;
};

// Every value of one side may meet every value of the other.
void Comparer::charge(std::size_t left, std::size_t right) {
  comparisons_ += left * right;
  if (comparisons_ > kComparisonsMax)
    throw Abort{fmt::format("a clause compares more than {} pairs of values", kComparisonsMax)};
}

Values Comparer::known_left(std::span<const Found> side) {
  Values out;
  for (const Found& found : side) {
    if (found.unresolved()) {
      tally_.missing(found);
    } else {
      out.push_back(found.value);
    }
  }
  return out;
}

// A value missing on the right fails every value of the left.
Values Comparer::known_right(std::span<const Found> side, std::span<const Value* const> left) {
  Values out;
  for (const Found& found : side) {
    if (!found.unresolved()) {
      out.push_back(found.value);
      continue;
    }
    for (const Value* value : left) tally_.fail(*value);
  }
  return out;
}

void Comparer::settle(Match match, const Value& at) {
  if (match != Match::incomparable && (match == Match::yes) != inverted_) {
    tally_.pass();
  } else {
    tally_.fail(at);
  }
}

// `difference` is what kept the sets from agreeing. Inverted, what they share fails.
void Comparer::settle_set(const Values& difference, const Values& left) {
  if (!inverted_) {
    if (difference.empty()) tally_.pass(left.size());
    for (const Value* value : difference) tally_.fail(*value);
    return;
  }
  charge(left.size(), difference.size());
  std::size_t shared = 0;
  for (const Value* value : left) {
    if (!difference.empty() && has_equal(difference, *value)) continue;
    tally_.fail(*value);
    ++shared;
  }
  if (shared == 0) tally_.pass(difference.empty() ? 0 : left.size());
}

void Comparer::settle_list(bool contained, const Values& difference, const Value& left) {
  bool passes = contained;
  if (inverted_) {
    auto outside = [&](const Value& item) { return has_equal(difference, item); };
    passes = !contained && std::all_of(left.list().begin(), left.list().end(), outside);
  }
  if (passes) {
    tally_.pass();
  } else {
    tally_.fail(left);
  }
}

void Comparer::literal_equality(const Value& literal, std::span<const Found> right) {
  const Value* const left[] = {&literal};
  for (const Value* value : known_right(right, left)) {
    if (literal.kind == Kind::list || value->kind != Kind::list) {
      equal_pair(literal, *value);
      continue;
    }
    for (const Value& item : value->list()) equal_pair(literal, item);
  }
}

void Comparer::equality_with_literal(std::span<const Found> left, const Value& literal) {
  for (const Found& found : left) {
    if (found.unresolved()) {
      tally_.missing(found);
    } else if (literal.kind == Kind::list) {
      bool unwrap = found.value->is_scalar() && literal.size == 1;
      equal_pair(*found.value, unwrap ? literal.at(0) : literal);
    } else if (found.value->kind == Kind::list) {
      for (const Value& item : found.value->list()) equal_pair(item, literal);
    } else {
      equal_pair(*found.value, literal);
    }
  }
}

void Comparer::equality(std::span<const Found> left, std::span<const Found> right) {
  const Value* left_literal = only_literal(left);
  const Value* right_literal = only_literal(right);
  if (left_literal != nullptr && right_literal != nullptr) return equal_pair(*left_literal, *right_literal);
  if (left_literal != nullptr) return literal_equality(*left_literal, right);
  if (right_literal != nullptr) return equality_with_literal(left, *right_literal);
  Values ours = known_left(left);
  Values theirs = known_right(right, ours);
  charge(ours.size(), theirs.size());
  // The larger side minus the other; of equal sizes, the right one.
  const Values& larger = ours.size() > theirs.size() ? ours : theirs;
  const Values& other = ours.size() > theirs.size() ? theirs : ours;
  Values difference;
  for (const Value* value : larger) {
    if (!has_equal(other, *value)) difference.push_back(value);
  }
  settle_set(difference, ours);
}

void Comparer::list_contained(const Value& left, const Value& right) {
  charge(left.size, right.size);
  Values difference;
  if (right.size > 0 && right.at(0).kind == Kind::list) {
    bool whole = has_equal(right.list(), left);
    if (!whole) difference.push_back(&left);
    return settle_list(whole, difference, left);
  }
  for (const Value& item : left.list()) {
    if (!has_equal(right.list(), item)) difference.push_back(&item);
  }
  settle_list(difference.empty(), difference, left);
}

void Comparer::contained(const Value& left, const Value& right) {
  if (left.kind == Kind::list) {
    if (right.kind == Kind::list) return list_contained(left, right);
    return tally_.fail(left);
  }
  if (right.kind != Kind::list) return equal_pair(left, right);
  settle(yes_or_no(has_equal(right.list(), left)), left);
}

void Comparer::literal_membership(const Value& literal, std::span<const Found> right) {
  const Value* const left[] = {&literal};
  Values theirs = known_right(right, left);
  bool lists = std::any_of(theirs.begin(), theirs.end(), [](const Value* value) { return value->kind == Kind::list; });
  if (lists || literal.kind != Kind::list) {
    for (const Value* value : theirs) contained(literal, *value);
    return;
  }
  charge(literal.size, theirs.size());
  Values difference;
  for (const Value& item : literal.list()) {
    if (!has_equal(theirs, item)) difference.push_back(&item);
  }
  Values ours;
  ours.push_back(&literal);
  settle_set(difference, ours);
}

void Comparer::membership_in_literal(std::span<const Found> left, const Value& literal) {
  for (const Found& found : left) {
    if (found.unresolved()) {
      tally_.missing(found);
    } else if (literal.kind != Kind::text) {
      contained(*found.value, literal);
    } else if (found.value->kind == Kind::list) {
      for (const Value& item : found.value->list()) settle(substring(item, literal), item);
    } else {
      settle(substring(*found.value, literal), *found.value);
    }
  }
}

// Is `left` in `right`, taken by itself?
bool is_contained(const Value& left, const Value& right) {
  if (left.kind != Kind::list) {
    return right.kind == Kind::list ? has_equal(right.list(), left) : compare_equal(left, right) == Match::yes;
  }
  if (right.kind != Kind::list) return false;
  if (right.size > 0 && right.at(0).kind == Kind::list) return has_equal(right.list(), left);
  return std::all_of(left.list().begin(), left.list().end(),
                     [&](const Value& item) { return has_equal(right.list(), item); });
}

void Comparer::membership(std::span<const Found> left, std::span<const Found> right) {
  const Value* left_literal = only_literal(left);
  const Value* right_literal = only_literal(right);
  if (left_literal != nullptr && right_literal != nullptr) {
    if (substring(*left_literal, *right_literal) == Match::yes) return settle(Match::yes, *left_literal);
    return contained(*left_literal, *right_literal);
  }
  if (left_literal != nullptr) return literal_membership(*left_literal, right);
  if (right_literal != nullptr) return membership_in_literal(left, *right_literal);
  Values ours = known_left(left);
  Values theirs = known_right(right, ours);
  charge(weight(ours), weight(theirs));
  Values difference;
  for (const Value* value : ours) {
    auto holds = [&](const Value* other) { return is_contained(*value, *other); };
    if (std::none_of(theirs.begin(), theirs.end(), holds)) difference.push_back(value);
  }
  settle_set(difference, ours);
}

Values flattened(const Values& values) {
  Values out;
  for (const Value* value : values) {
    if (value->kind != Kind::list) {
      out.push_back(value);
      continue;
    }
    for (const Value& item : value->list()) out.push_back(&item);
  }
  return out;
}

void Comparer::ordering(Op op, std::span<const Found> left, std::span<const Found> right) {
  Values ours = flattened(known_left(left));
  Values theirs = flattened(known_right(right, ours));
  charge(ours.size(), theirs.size());
  for (const Value* value : ours) {
    for (const Value* other : theirs) settle(compare_order(op, *value, *other), *value);
  }
}

}  // namespace

bool equal(const Value& a, const Value& b) {
  if (a.kind == Kind::map && b.kind == Kind::map) return same_map(a, b);
  if (a.kind == Kind::list && b.kind == Kind::list) return same_list(a, b);
  if (std::optional<bool> answer = special(a, b)) return *answer;
  return order(a, b) == 0;
}

Match compare_equal(const Value& a, const Value& b) {
  if (a.kind == Kind::text && b.kind == Kind::text) return yes_or_no(a.string() == b.string());
  if (a.kind == Kind::map && b.kind == Kind::map) return compare_maps(a, b);
  if (a.kind == Kind::list && b.kind == Kind::list) return compare_lists(a, b);
  if (std::optional<bool> answer = special(a, b)) return yes_or_no(*answer);
  std::optional<int> sign = order(a, b);
  return sign ? yes_or_no(*sign == 0) : Match::incomparable;
}

Match compare_order(Op op, const Value& a, const Value& b) {
  std::optional<int> sign = order(a, b);
  if (!sign) return Match::incomparable;
  switch (op) {
    case Op::lt:
      return yes_or_no(*sign < 0);
    case Op::le:
      return yes_or_no(*sign <= 0);
    case Op::gt:
      return yes_or_no(*sign > 0);
    default:
      return yes_or_no(*sign >= 0);
  }
}

namespace {

// in, of one key: text is searched, every item of a list must be comparable.
Match key_in(const Value& key, const Value& against) {
  if (against.kind == Kind::text) return substring(key, against);
  if (against.kind != Kind::list) return compare_equal(key, against);
  Match found = Match::no;
  for (const Value& item : against.list()) {
    Match one = compare_equal(key, item);
    if (one == Match::incomparable) return one;
    if (one == Match::yes) found = one;
  }
  return found;
}

bool holds(Match match, bool inverted) { return match != Match::incomparable && (match == Match::yes) != inverted; }

}  // namespace

bool key_matches(const Value& key, std::span<const Found> against, Op op, bool inverted) {
  if (op == Op::eq && against.size() > 1) op = Op::in;
  bool all = true;
  bool any = false;
  for (const Found& found : against) {
    bool one = false;
    if (!found.unresolved()) {
      auto matched = [&](const Value& value) { return op == Op::in ? key_in(key, value) : compare_equal(key, value); };
      Match match = matched(*found.value);
      bool unwrap = match == Match::incomparable && found.state == Found::State::literal &&
                    found.value->kind == Kind::list && found.value->size == 1;
      one = holds(unwrap ? matched(found.value->at(0)) : match, inverted);
    }
    all = all && one;
    any = any || one;
  }
  return op == Op::in ? any : all && any;
}

void compare(Op op, bool inverted, std::span<const Found> left, std::span<const Found> right, Tally& tally) {
  Comparer comparer(inverted, tally);
  if (op == Op::eq) return comparer.equality(left, right);
  if (op == Op::in) return comparer.membership(left, right);
  comparer.ordering(op, left, right);
}

}  // namespace setpoint::guard
