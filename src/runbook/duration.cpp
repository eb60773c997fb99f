#include "runbook/duration.h"

#include <charconv>

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Milliseconds;
using base::Result;

namespace {

constexpr double kMillisecondsMax = 3.2e12;  // a hundred years

double unit_of(char letter, bool in_time) {
  if (!in_time) return letter == 'W' ? 7 * 86'400e3 : letter == 'D' ? 86'400e3 : 0;
  return letter == 'H' ? 3'600e3 : letter == 'M' ? 60e3 : letter == 'S' ? 1e3 : 0;
}

}  // namespace

Result<Milliseconds> parse_duration(std::string_view text) {
  auto refuse = [&] {
    return fail(ErrorCode::invalid_input,
                "'{}' is no ISO 8601 duration of weeks, days, hours, minutes and seconds (PT10M, P1DT2H)", text);
  };
  std::string_view rest = text;
  if (!rest.starts_with('P') || rest.size() < 3) return refuse();
  rest.remove_prefix(1);
  bool in_time = false;
  double total = 0;
  while (!rest.empty()) {
    if (rest.front() == 'T' && !in_time && rest.size() > 1) {
      in_time = true;
      rest.remove_prefix(1);
    }
    double number = 0;
    auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    auto length = static_cast<std::size_t>(end - rest.data());
    if (problem != std::errc() || number < 0 || length >= rest.size()) return refuse();
    double unit = unit_of(rest[length], in_time);
    if (unit == 0) return refuse();
    total += number * unit;
    rest.remove_prefix(length + 1);
  }
  if (!(total <= kMillisecondsMax)) return refuse();
  return Milliseconds(static_cast<std::int64_t>(total));
}

}  // namespace setpoint::runbook
