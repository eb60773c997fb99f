// Reading loosely spelled JSON from outside: the forms that clouds use for the same thing.
#pragma once

#include <initializer_list>
#include <map>
#include <string>

#include "intake/batch.h"

namespace setpoint::intake {

// The first of the members that is a text and not empty; "" where there is none.
std::string first_string(const base::Json& value, std::initializer_list<const char*> names);
// The member where it is a list, else an empty list.
const base::Json& list_member(const base::Json& value, std::string_view name);

// ISO 8601 text, or seconds or milliseconds since 1970 as a number. Null and absent are "not known", which is no error.
base::Result<base::Timestamp> read_time(const base::Json& value);
// The first of the members that reads as a time.
base::Timestamp first_time(const base::Json& value, std::initializer_list<const char*> names);

// {"k":"v"}, [{"key":"k","value":"v"}] or [{"Key":..,"Value":..}].
std::map<std::string, std::string> read_tags(const base::Json& value);

// An id for what came without one: the same bytes, the same id.
std::string derived_id(const base::Json& value);

// The resource that an id, an ARN or both name. `type` may be "" where the id is an ARN.
model::ResourceKey key_of(const std::string& id, const std::string& type, const std::string& account,
                          const std::string& region);

// AWS Config's notice that a rule's verdict changed -> Finding of check "aws-config/<rule>".
void take_compliance_change(const base::Json& message, const std::string& where, Batch& out);

}  // namespace setpoint::intake
