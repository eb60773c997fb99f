// What is not known yet: a template's !Ref of a parameter, an attribute that Terraform knows after apply. Such a value
// is neither there nor absent, neither equal nor different: what hangs on it is ERROR (unknown), what does not is
// judged.
//
//   item["configuration"]["kmsKeyId"] = unknown_text(Presence::filled, "Ref Key");
//   Document document = Document::with_unknowns(item);
//
// Logic of three values: a clause that fails decides an AND, one that passes decides an OR, whatever the unknown ones
// would say. `exists` holds where the value is there for sure, `empty` is false where it is filled for sure.
//
// In JSON an unknown is a text that holds a mark (U+E000 ... U+E001, private use). A text around marks is unknown as a
// whole; a JSON text around marks (a policy document) can be gone into, and only its marked parts are unknown. Marks
// that somebody wrote into a template themselves make their own value unknown, which is never "fine".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace setpoint::guard {

struct Value;
class Arena;

enum class Presence : std::uint8_t {
  perhaps,  // it may turn out to be absent
  present,  // it is there, of whatever kind
  filled    // it is there, a text that is not empty
};

std::string unknown_text(Presence presence, std::string_view why);
bool has_mark(std::string_view text);
Presence presence_of(std::string_view marked);
// For people: the marks as "${Ref Key}".
std::string without_marks(std::string_view marked);
// Makes every marked text below `value` Kind::unknown; tells whether there was one.
bool mark_unknowns(Value& value);
// Is the value, or anything in it, unknown?
bool holds_unknown(const Value& value);

}  // namespace setpoint::guard
