#include <algorithm>
#include <cstring>

#include "oracle/result.h"

namespace setpoint::guard::oracle {

namespace {

enum class Truth { yes, no, incomparable };

Truth truth(bool yes) { return yes ? Truth::yes : Truth::no; }

bool is_list(const Value& value) { return value.kind == Kind::list; }
bool is_text(const Value& value) { return value.kind == Kind::text; }

bool found_by(const Regex& pattern, const Value& text) {
  RegexMatch match = pattern.search(text.string());
  if (match == RegexMatch::no_answer) throw NoOpinion{};
  return match == RegexMatch::yes;
}

template <class T>
Truth by_size(const T& a, const T& b, Op op) {
  switch (op) {
    case Op::lt:
      return truth(a < b);
    case Op::le:
      return truth(a <= b);
    case Op::gt:
      return truth(a > b);
    case Op::ge:
      return truth(a >= b);
    default:
      return truth(a == b);
  }
}

// Numbers, texts, characters and null of one kind; nothing else has an order, and nothing is converted.
Truth scalars(const Value& a, const Value& b, Op op) {
  if (a.kind != b.kind) return Truth::incomparable;
  if (a.kind == Kind::integer) return by_size(a.integer, b.integer, op);
  if (a.kind == Kind::text) return by_size(a.string(), b.string(), op);
  if (a.kind == Kind::character) return by_size(a.character, b.character, op);
  if (a.kind == Kind::null) return by_size(0, 0, op);
  bool numbers = a.kind == Kind::real && a.real == a.real && b.real == b.real;
  return numbers ? by_size(a.real, b.real, op) : Truth::incomparable;
}

// Both sides' kinds must be one, or text and pattern, or a number and its range.
Truth same(const Value& a, const Value& b) {
  if (is_text(a) && b.kind == Kind::regex) return truth(found_by(*b.regex, a));
  if (a.kind == Kind::regex && is_text(b)) return truth(found_by(*a.regex, b));
  if (a.kind == Kind::regex && b.kind == Kind::regex) return truth(a.regex->pattern() == b.regex->pattern());
  if (a.kind == Kind::boolean && b.kind == Kind::boolean) return truth(a.boolean == b.boolean);
  if (a.kind == Kind::integer && b.kind == Kind::int_range) return truth(b.int_range->contains(a.integer));
  if (a.kind == Kind::real && b.kind == Kind::real_range) return truth(b.real_range->contains(a.real));
  if (a.kind == Kind::character && b.kind == Kind::char_range) return truth(b.char_range->contains(a.character));
  if (is_list(a) && is_list(b)) {
    if (a.size != b.size) return Truth::no;
    for (std::uint32_t i = 0; i < a.size; ++i) {
      if (Truth one = same(a.at(i), b.at(i)); one != Truth::yes) return one;
    }
    return Truth::yes;
  }
  if (a.kind == Kind::map && b.kind == Kind::map) {
    if (a.size != b.size) return Truth::no;
    for (const Member& member : a.map()) {
      const Value* other = member_of(b, member.name());
      Truth one = other == nullptr ? Truth::no : same(member.value, *other);
      if (one != Truth::yes) return one;
    }
    return Truth::yes;
  }
  return scalars(a, b, Op::eq);
}

// Inside lists and sets what cannot be compared is just not there.
bool equal(const Value& a, const Value& b) { return same(a, b) == Truth::yes; }

bool holds(Truth truth, bool inverted) { return truth != Truth::incomparable && (truth == Truth::yes) != inverted; }

std::vector<const Value*> one_level(const Value& value) {
  if (!is_list(value)) return {&value};
  std::vector<const Value*> out;
  for (const Value& item : value.list()) out.push_back(&item);
  return out;
}

bool has(const std::vector<const Value*>& values, const Value& wanted) {
  return std::any_of(values.begin(), values.end(), [&](const Value* value) { return equal(*value, wanted); });
}

// The sides of a clause once what does not resolve has failed: on the left by itself, on the right with every value of
// the left.
struct Sides {
  std::vector<const Value*> left;
  std::vector<const Value*> right;
  Truths failed;

  Sides(const Results& ours, const Results& theirs) {
    for (const Result& one : ours) {
      if (one.origin == Origin::unresolved)
        failed.push_back(false);
      else
        left.push_back(one.value);
    }
    for (const Result& one : theirs) {
      if (one.origin == Origin::unresolved)
        failed.insert(failed.end(), left.size(), false);
      else
        right.push_back(one.value);
    }
  }
};

const Value* single_literal(const Results& side) {
  return side.size() == 1 && side[0].origin == Origin::literal ? side[0].value : nullptr;
}

// What of `left` is not in `right`; a set agrees where nothing is. Inverted, what they share fails.
void settle_sets(const std::vector<const Value*>& left, const std::vector<const Value*>& outside, bool inverted,
                 Truths& out) {
  if (!inverted) {
    out.insert(out.end(), outside.empty() ? left.size() : outside.size(), outside.empty());
    return;
  }
  auto shared = std::count_if(left.begin(), left.end(), [&](const Value* value) { return !has(outside, *value); });
  if (shared > 0)
    out.insert(out.end(), static_cast<std::size_t>(shared), false);
  else
    out.insert(out.end(), outside.empty() ? 0 : left.size(), true);
}

Truths pairs_with_literal(const Results& left, const Value& literal, bool inverted) {
  Truths out;
  for (const Result& one : left) {
    if (one.origin == Origin::unresolved) {
      out.push_back(false);
    } else if (is_list(literal)) {
      bool alone = one.value->is_scalar() && literal.size == 1;
      out.push_back(holds(same(*one.value, alone ? literal.at(0) : literal), inverted));
    } else {
      for (const Value* value : one_level(*one.value)) out.push_back(holds(same(*value, literal), inverted));
    }
  }
  return out;
}

Truths literal_with_pairs(const Results& literal, const Results& right, bool inverted) {
  Sides sides(literal, right);
  Truths out = sides.failed;
  for (const Value* value : sides.right) {
    std::vector<const Value*> each = is_list(*literal[0].value) ? std::vector{value} : one_level(*value);
    for (const Value* one : each) out.push_back(holds(same(*literal[0].value, *one), inverted));
  }
  return out;
}

Truth part_of(const Value& part, const Value& whole) {
  if (!is_text(part) || !is_text(whole)) return Truth::incomparable;
  return truth(whole.string().find(part.string()) != std::string_view::npos);
}

// `in` of one value in one other.
bool contained(const Value& left, const Value& right, bool inverted) {
  if (!is_list(right)) return !is_list(left) && holds(same(left, right), inverted);
  std::vector<const Value*> items = one_level(right);
  if (!is_list(left)) return has(items, left) != inverted;
  // As a whole, where the right side's first is a list. `not in` then fails every list but the empty one: seen on
  // cfn-guard 3.1.1, whose list of what differs never holds the list's own items.
  if (!items.empty() && is_list(*items[0])) return has(items, left) ? !inverted : inverted && left.size == 0;
  std::size_t inside = 0;
  for (const Value& item : left.list()) inside += has(items, item) ? 1 : 0;
  if (!inverted) return inside == left.size;
  return left.size > 0 && inside == 0;
}

Truths membership_in_literal(const Results& left, const Value& literal, bool inverted) {
  Truths out;
  for (const Result& one : left) {
    if (one.origin == Origin::unresolved) {
      out.push_back(false);
    } else if (is_text(literal)) {
      for (const Value* value : one_level(*one.value)) out.push_back(holds(part_of(*value, literal), inverted));
    } else {
      out.push_back(contained(*one.value, literal, inverted));
    }
  }
  return out;
}

Truths literal_membership(const Results& literal, const Results& right, bool inverted) {
  Sides sides(literal, right);
  Truths out = sides.failed;
  const Value& ours = *literal[0].value;
  bool lists = std::any_of(sides.right.begin(), sides.right.end(), [](const Value* value) { return is_list(*value); });
  if (lists || !is_list(ours)) {
    for (const Value* value : sides.right) out.push_back(contained(ours, *value, inverted));
    return out;
  }
  std::vector<const Value*> outside;
  for (const Value& item : ours.list()) {
    if (!has(sides.right, item)) outside.push_back(&item);
  }
  settle_sets({&ours}, outside, inverted, out);
  return out;
}

Truth key_in(const Value& key, const Value& against) {
  if (is_text(against)) return part_of(key, against);
  if (!is_list(against)) return same(key, against);
  bool any = false;
  for (const Value& item : against.list()) {
    Truth one = same(key, item);
    if (one == Truth::incomparable) return one;
    any = any || one == Truth::yes;
  }
  return truth(any);
}

bool key_meets(const Value& key, const Result& against, bool in, bool inverted) {
  if (against.origin == Origin::unresolved) return false;
  auto meets = [&](const Value& value) { return in ? key_in(key, value) : same(key, value); };
  Truth met = meets(*against.value);
  bool alone = against.origin == Origin::literal && is_list(*against.value) && against.value->size == 1;
  if (met == Truth::incomparable && alone) met = meets(against.value->at(0));
  return holds(met, inverted);
}

}  // namespace

const Value* member_of(const Value& map, std::string_view key) {
  for (const Member& member : map.map()) {
    if (member.name() == key) return &member.value;
  }
  return nullptr;
}

Truths equality(const Results& left, const Results& right, bool inverted) {
  const Value* ours = single_literal(left);
  const Value* theirs = single_literal(right);
  if (ours != nullptr && theirs != nullptr) return {holds(same(*ours, *theirs), inverted)};
  if (ours != nullptr) return literal_with_pairs(left, right, inverted);
  if (theirs != nullptr) return pairs_with_literal(left, *theirs, inverted);
  Sides sides(left, right);
  bool left_larger = sides.left.size() > sides.right.size();
  std::vector<const Value*> outside;
  for (const Value* value : left_larger ? sides.left : sides.right) {
    if (!has(left_larger ? sides.right : sides.left, *value)) outside.push_back(value);
  }
  settle_sets(sides.left, outside, inverted, sides.failed);
  return sides.failed;
}

Truths membership(const Results& left, const Results& right, bool inverted) {
  const Value* ours = single_literal(left);
  const Value* theirs = single_literal(right);
  if (ours != nullptr && theirs != nullptr) {
    if (part_of(*ours, *theirs) == Truth::yes) return {!inverted};
    return {contained(*ours, *theirs, inverted)};
  }
  if (ours != nullptr) return literal_membership(left, right, inverted);
  if (theirs != nullptr) return membership_in_literal(left, *theirs, inverted);
  Sides sides(left, right);
  std::vector<const Value*> outside;
  for (const Value* value : sides.left) {
    auto inside = [&](const Value* other) { return contained(*value, *other, false); };
    if (std::none_of(sides.right.begin(), sides.right.end(), inside)) outside.push_back(value);
  }
  settle_sets(sides.left, outside, inverted, sides.failed);
  return sides.failed;
}

// What does not resolve on the right fails every item of the left: none, where the left is an empty list (cfn-guard
// 3.1.1 again).
Truths ordering(Op op, const Results& left, const Results& right, bool inverted) {
  Results ours;
  for (const Result& one : left) {
    if (one.origin == Origin::unresolved) ours.push_back(one);
    for (const Value* value : one_level(*one.value)) {
      if (one.origin != Origin::unresolved) ours.push_back({value, Origin::resolved});
    }
  }
  Sides sides(ours, right);
  Truths out = sides.failed;
  for (const Value* a : sides.left) {
    for (const Value* value : sides.right) {
      for (const Value* b : one_level(*value)) out.push_back(holds(scalars(*a, *b, op), inverted));
    }
  }
  return out;
}

bool key_selected(const Value& key, const KeysFilter& filter, const Results& against) {
  bool in = filter.op == Op::in || against.size() > 1;
  std::size_t met = 0;
  for (const Result& one : against) met += key_meets(key, one, in, filter.inverted) ? 1 : 0;
  return in ? met > 0 : met > 0 && met == against.size();
}

}  // namespace setpoint::guard::oracle
