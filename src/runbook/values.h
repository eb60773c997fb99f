// Values of the language: their text forms and how they are made to fit a type.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "runbook/parameters.h"

namespace setpoint::runbook {

// What a value looks like within a text: "true", "7", "0.5"; lists and maps as JSON; null as "".
std::string text_form(const base::Json& value);

// The value as `type`, where nothing is lost: scalars become text, digits an integer, "true" a boolean, a list's
// elements text. Error: invalid_input, saying what was found.
base::Result<base::Json> fit(ValueType type, const base::Json& value);

// A number where the value is one or is text that reads as one.
std::optional<double> as_number(const base::Json& value);
std::optional<bool> as_boolean(const base::Json& value);
std::optional<std::int64_t> as_integer(const base::Json& value);

std::string_view kind_of(const base::Json& value);  // "text", "a list", for messages

// Bytes that the value takes, roughly; stops counting past `bound`.
std::size_t weight(const base::Json& value, std::size_t bound);

}  // namespace setpoint::runbook
