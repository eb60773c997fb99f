// Numbers as Rust reads and writes them; Guard's functions and template scalars follow it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace setpoint::guard {

std::optional<std::int64_t> parse_i64(std::string_view text);  // a sign may stand before the digits
std::optional<double> parse_f64(std::string_view text);        // inf, nan and infinity in any case too
std::string print_f64(double value);                           // shortest digits that read back, never an exponent

}  // namespace setpoint::guard
