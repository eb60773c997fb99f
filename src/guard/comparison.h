// How cfn-guard 3.1.1 compares: no coercion, lists flattened one level by ==, sets where both sides are queries.
// Nothing here depends on the order of the pairs; a pair that cannot be compared fails, under != and `not in` too.
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <span>
#include <string>

#include "guard/ast.h"

namespace setpoint::guard {

// One result of a query.
struct Found {
  enum class State : std::uint8_t { literal, resolved, unresolved, unknown };
  const Value* value = nullptr;  // unresolved: how far the query got
  const Query* query = nullptr;  // unresolved: the query
  State state = State::resolved;
  bool unresolved() const { return state == State::unresolved; }
  // Not known yet, or: a filter that hangs on something unknown may select it.
  bool unknown() const { return state == State::unknown; }
};
using Results = boost::container::small_vector<Found, 8>;

// Leaves an evaluation: cfn-guard aborts where this is thrown. Caught in Evaluation; never crosses the folder.
struct Abort {
  std::string why;
};

enum class Match { no, yes, incomparable };

// Equality inside `in` and between sets: never incomparable, a pattern matches text, maps without order.
bool equal(const Value& a, const Value& b);
// Equality of one pair under ==.
Match compare_equal(const Value& a, const Value& b);
// < <= > >= of one pair.
Match compare_order(Op op, const Value& a, const Value& b);
// One key of a map against the right side of a keys filter.
bool key_matches(const Value& key, std::span<const Found> against, Op op, bool inverted);

// Counts a clause's values and hears of each failing one.
class Tally {
 public:
  virtual void failed(const Value& at, bool resolved) = 0;
  void pass(std::size_t times = 1) { passes += times; }
  void fail(const Value& at) {
    ++fails;
    failed(at, true);
  }
  void missing(const Found& found) {
    ++fails;
    failed(*found.value, false);
  }
  std::size_t passes = 0;
  std::size_t fails = 0;

 protected:
  ~Tally() = default;
};

// Both sides hold at least one result.
void compare(Op op, bool inverted, std::span<const Found> left, std::span<const Found> right, Tally& tally);

}  // namespace setpoint::guard
