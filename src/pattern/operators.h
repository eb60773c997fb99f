// What stands in a pattern's array, compiled: one Operator a member, and a FieldTest for the whole array (any of them).
// An Operator judges one value of an event at a time; absence and array consistency are judged above (selection.h).
//
// Immutable; shared by every pattern that says the same about the same field.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pattern/address.h"
#include "pattern/letter_case.h"
#include "pattern/number.h"
#include "pattern/wildcard.h"

namespace setpoint::pattern {

enum class ValueKind : unsigned char { null, boolean_false, boolean_true, number, string };

// One leaf of an event. `text` is a string's content, unescaped, or a number as written.
struct Value {
  std::string_view text;
  double nearest = 0;
  ValueKind kind = ValueKind::null;
  bool brief = false;
  std::uint32_t place = 0;  // which array elements it stands in: an index into EventFields::places; 0 for none
  std::uint32_t next = 0;   // the field's next value: an index into EventFields::values; 0 for none

  Number number() const { return {text, nearest, brief}; }
  void set(const Number& number) {
    text = number.text;
    nearest = number.nearest;
    brief = number.brief;
  }
};

struct Literal {
  ValueKind kind = ValueKind::null;
  std::string text;  // a string's content; a number as written
};
// Equal by value. As Event Ruler has it, a number that is no double (9007199254740993) in a list of values is equal to
// itself as written only; inside anything-but, and under `numeric`, the value alone counts.
struct ExactNumber {
  std::shared_ptr<const OwnedNumber> value;
  bool as_written = false;
};
struct Exists {};
struct Absent {};
struct Affix {
  bool suffix = false;
  std::string text;
};
enum class CasePart : unsigned char { whole, prefix, suffix };
struct IgnoreCase {
  CasePart part = CasePart::whole;
  std::shared_ptr<const AnyCase> text;
};
struct WildcardTest {
  std::shared_ptr<const Wildcard> wildcard;
};
// Bounds that are not given are null.
struct Range {
  std::shared_ptr<const OwnedNumber> low, high;
  bool low_open = false, high_open = false;
};
struct CidrTest {
  std::shared_ptr<const Network> network;
  std::string text;  // as written
};
struct AnythingBut;
using Operator =
    std::variant<Literal, ExactNumber, Exists, Absent, Affix, IgnoreCase, WildcardTest, Range, CidrTest, AnythingBut>;
struct AnythingBut {
  std::shared_ptr<const std::vector<Operator>> excluded;  // the value must match none of these
  bool list = false;                                      // written as a list
};

bool matches(const Operator& op, const Value& value);

// The operator in canonical JSON: "x", {"prefix":"x"}.
std::string describe(const Operator& op);

class FieldTest {
 public:
  explicit FieldTest(std::vector<Operator> any);

  bool matches(const Value& value) const;
  bool allows_absence() const { return allows_absence_; }  // has {"exists": false}
  const std::vector<Operator>& any() const { return any_; }
  std::string describe() const;  // [..] of its operators
  // Appends bytes that are equal where, and only where, tests are.
  void append_identity(std::string& out) const;

 private:
  std::vector<Operator> any_;
  bool allows_absence_;
};

}  // namespace setpoint::pattern
