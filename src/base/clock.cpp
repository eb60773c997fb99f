#include "base/clock.h"

#include <charconv>
#include <thread>

namespace setpoint::base {

namespace {

using Days = std::chrono::sys_days;

// Reads exactly `digits` decimal digits at the front of `text` and drops them.
bool take_number(std::string_view& text, std::size_t digits, int& out) {
  if (text.size() < digits) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, out);
  text.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456" -> 123; an absent fraction is 0.
bool take_fraction(std::string_view& text, int& milliseconds) {
  milliseconds = 0;
  if (!take_char(text, '.')) return true;
  int scale = 100;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits, scale /= 10) {
    milliseconds += (text.front() - '0') * scale;
    text.remove_prefix(1);
  }
  return digits > 0;
}

// "Z", "+01:00", "+0100", "" -> minutes east of UTC.
bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (text.empty() || take_char(text, 'Z') || take_char(text, 'z')) return true;
  int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  if (sign == 0) return false;
  text.remove_prefix(1);
  int hours = 0;
  int rest = 0;
  if (!take_number(text, 2, hours)) return false;
  take_char(text, ':');
  if (!take_number(text, 2, rest) || hours > 23 || rest > 59) return false;
  minutes = sign * (hours * 60 + rest);
  return true;
}

}  // namespace

std::string to_iso8601(Timestamp time) {
  using namespace std::chrono;
  auto point = sys_time<milliseconds>(milliseconds(time.ms));
  auto day = floor<days>(point);
  year_month_day date(day);
  hh_mm_ss<milliseconds> clock(point - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     unsigned(date.month()), unsigned(date.day()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), clock.subseconds().count());
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  std::string_view rest = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0, offset = 0;
  bool ok = take_number(rest, 4, year) && take_char(rest, '-') && take_number(rest, 2, month) && take_char(rest, '-') &&
            take_number(rest, 2, day) && (take_char(rest, 'T') || take_char(rest, 't') || take_char(rest, ' ')) &&
            take_number(rest, 2, hour) && take_char(rest, ':') && take_number(rest, 2, minute) &&
            take_char(rest, ':') && take_number(rest, 2, second) && take_fraction(rest, fraction) &&
            take_offset(rest, offset) && rest.empty();
  auto date = std::chrono::year(year) / std::chrono::month(unsigned(month)) / std::chrono::day(unsigned(day));
  if (!ok || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return fail(ErrorCode::invalid_input, "'{}' is not an ISO 8601 time", text.substr(0, 64));
  }
  std::int64_t days = Days(date).time_since_epoch().count();
  std::int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - std::int64_t{offset} * 60;
  return Timestamp{seconds * 1000 + fraction};
}

std::optional<Milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > 100'000 || end + 1 != text.data() + text.size())
    return std::nullopt;
  switch (*end) {
    case 's':
      return Milliseconds(number * 1'000);
    case 'm':
      return Milliseconds(number * 60'000);
    case 'h':
      return Milliseconds(number * 3'600'000);
    case 'd':
      return Milliseconds(number * 86'400'000);
    default:
      return std::nullopt;
  }
}

Timestamp SystemClock::now() const {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Milliseconds>(since_epoch).count()};
}

std::chrono::nanoseconds SystemClock::monotonic() const { return std::chrono::steady_clock::now().time_since_epoch(); }

void SystemClock::sleep_for(Milliseconds duration) { std::this_thread::sleep_for(duration); }

}  // namespace setpoint::base
