#include "cloud/aws/wire_time.h"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

namespace setpoint::cloud::aws {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm calendar(base::Timestamp time) {
  const std::time_t seconds = time.ms >= 0 ? time.ms / 1000 : (time.ms - 999) / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

std::optional<base::Timestamp> from_seconds(double seconds) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > 253402300799.0) return std::nullopt;
  return base::Timestamp{static_cast<std::int64_t>(std::llround(seconds * 1000))};
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<base::Timestamp> from_parts(int year, int month, int day, int hour, int minute, int second) {
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  return base::Timestamp{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

// "Sat, 21 Nov 2026 19:23:00 GMT"
std::optional<base::Timestamp> parse_rfc822(std::string_view text) {
  if (text.size() < 28 || text[3] != ',') return std::nullopt;
  const std::string_view rest = text.substr(5);
  int month = 0;
  while (month < 12 && kMonths[static_cast<std::size_t>(month)] != rest.substr(3, 3)) ++month;
  auto day = digits(rest.substr(0, 2)), year = digits(rest.substr(7, 4)), hour = digits(rest.substr(12, 2)),
       minute = digits(rest.substr(15, 2)), second = digits(rest.substr(18, 2));
  if (month == 12 || !day || !year || !hour || !minute || !second) return std::nullopt;
  return from_parts(*year, month + 1, *day, *hour, *minute, *second);
}

}  // namespace

std::optional<base::Timestamp> parse_wire_time(std::string_view text) {
  double seconds = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem == std::errc() && end == text.data() + text.size()) return from_seconds(seconds);
  if (auto time = parse_rfc822(text)) return time;
  if (text.size() == 10) return parse_wire_time(std::string(text) + "T00:00:00Z");
  auto time = base::parse_iso8601(text);
  if (!time) return std::nullopt;
  return *time;
}

std::optional<base::Timestamp> timestamp_of(const base::Json& value) {
  if (value.is_number()) return from_seconds(value.get<double>());
  if (value.is_string()) return parse_wire_time(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::string format_wire_time(base::Timestamp time, TimestampFormat format) {
  const std::int64_t fraction = ((time.ms % 1000) + 1000) % 1000;
  const std::tm t = calendar(time);
  if (format == TimestampFormat::unix_seconds) {
    const std::int64_t seconds = (time.ms - fraction) / 1000;
    return fraction == 0 ? fmt::format("{}", seconds) : fmt::format("{}.{:03}", seconds, fraction);
  }
  if (format == TimestampFormat::rfc822) {
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(t.tm_wday)],
                       t.tm_mday, kMonths[static_cast<std::size_t>(t.tm_mon)], t.tm_year + 1900, t.tm_hour, t.tm_min,
                       t.tm_sec);
  }
  const std::string whole = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", t.tm_year + 1900, t.tm_mon + 1,
                                        t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
  return fraction == 0 ? whole + "Z" : fmt::format("{}.{:03}000Z", whole, fraction);
}

// Written for every signature: many a second, and seldom another second than the last.
std::string basic_iso8601(base::Timestamp time) {
  thread_local std::int64_t kept_second = -1;
  thread_local std::string kept;
  const std::int64_t second = time.ms / 1000;
  if (second == kept_second) return kept;
  const std::tm t = calendar(time);
  kept = fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
                     t.tm_sec);
  kept_second = time.ms >= 0 ? second : -1;
  return kept;
}

std::optional<base::Timestamp> parse_basic_iso8601(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  auto year = digits(text.substr(0, 4)), month = digits(text.substr(4, 2)), day = digits(text.substr(6, 2)),
       hour = digits(text.substr(9, 2)), minute = digits(text.substr(11, 2)), second = digits(text.substr(13, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*year < 1970 || *month < 1 || *month > 12 || *day < 1 || *day > 31 || *hour < 0 || *minute < 0 || *second < 0)
    return std::nullopt;
  return from_parts(*year, *month, *day, *hour, *minute, *second);
}

}  // namespace setpoint::cloud::aws
