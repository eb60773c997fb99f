#include "pattern/explain.h"

#include <fmt/format.h>

#include "pattern/event_reader.h"
#include "pattern/selection.h"

namespace setpoint::pattern {

namespace {

constexpr std::size_t kValueShownMax = 80;  // bytes of one value in a report
constexpr std::size_t kValuesShownMax = 4;

std::string shown(const Value& value) {
  switch (value.kind) {
    case ValueKind::null:
      return "null";
    case ValueKind::boolean_false:
      return "false";
    case ValueKind::boolean_true:
      return "true";
    case ValueKind::number:
      return std::string(value.text.substr(0, kValueShownMax));
    case ValueKind::string:
      break;
  }
  std::string text = describe(Literal{ValueKind::string, std::string(value.text.substr(0, kValueShownMax))});
  return value.text.size() > kValueShownMax ? text + "..." : text;
}

std::string values_of(const EventFields& event, std::uint32_t path) {
  std::string out;
  std::size_t count = 0;
  for (std::uint32_t i = event.first(path); i != 0; i = event.value(i).next, ++count) {
    if (count < kValuesShownMax) out += (count ? ", " : "") + shown(event.value(i));
  }
  if (count == 0) return "is absent";
  if (count > kValuesShownMax) out += fmt::format(" and {} more", count - kValuesShownMax);
  return (count == 1 ? "is " : "are ") + out;
}

bool passes_alone(const FieldAsked& asked, const EventFields& event) {
  bool some = false;
  for (std::uint32_t i = event.first(asked.path); i != 0 && !some; i = event.value(i).next)
    some = asked.test->matches(event.value(i));
  return some || asked.test->allows_absence();
}

// What became of one alternative.
struct Attempt {
  bool matched = false;
  std::size_t held = 0;  // fields before the first that failed
  std::string text;
};

class Reporter {
 public:
  Reporter(const Pattern& pattern, const EventFields& event) : pattern_(pattern), event_(event) {}

  base::Result<Attempt> attempt(const Alternative& alternative) const {
    std::vector<FieldAsked> asked;
    for (const Field& field : alternative) asked.push_back({pattern_.path_id(field.path), field.test.get()});
    std::vector<std::uint32_t> chosen;
    Selection selection = select(asked, event_, &chosen);
    if (selection == Selection::gave_up) return base::fail(too_entangled());
    return selection == Selection::found ? matched(alternative, chosen) : failed(alternative, asked);
  }

 private:
  Attempt matched(const Alternative& alternative, const std::vector<std::uint32_t>& chosen) const {
    Attempt out{.matched = true, .held = alternative.size(), .text = {}};
    for (std::size_t i = 0; i < alternative.size(); ++i) out.text += matched_line(alternative[i], chosen[i]);
    return out;
  }

  std::string matched_line(const Field& field, std::uint32_t chosen) const {
    if (chosen == 0) return fmt::format("  {}: absent, as {{\"exists\":false}} asks\n", field.path);
    const Value& value = event_.value(chosen);
    for (const Operator& op : field.test->any()) {
      if (matches(op, value)) return fmt::format("  {}: {} matches {}\n", field.path, shown(value), describe(op));
    }
    return {};
  }

  Attempt failed(const Alternative& alternative, const std::vector<FieldAsked>& asked) const {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      bool alone = passes_alone(asked[i], event_);
      if (alone && select(std::span(asked).first(i + 1), event_) == Selection::found) continue;
      const Field& field = alternative[i];
      std::string why = alone ? "has no value that stands in the same array element as the fields before it"
                              : values_of(event_, asked[i].path) + ", which matches none of " + field.test->describe();
      return {.matched = false, .held = i, .text = fmt::format("  {}: {}\n", field.path, why)};
    }
    return {.matched = false,
            .held = asked.size(),
            .text = "  the fields match one by one, but not in the same array elements\n"};
  }

  const Pattern& pattern_;
  const EventFields& event_;
};

std::string in_words(const Operator& op);

std::string list_in_words(const std::vector<Operator>& operators, const char* between) {
  std::string out;
  for (const Operator& op : operators) out += (out.empty() ? "" : between) + in_words(op);
  return out;
}

std::string range_in_words(const Range& range) {
  std::string out;
  if (range.low && range.low == range.high) return "is the number " + range.low->text();
  if (range.low) out = fmt::format("is {} {}", range.low_open ? "greater than" : "at least", range.low->text());
  if (range.high)
    out += fmt::format("{} {} {}", out.empty() ? "is" : " and", range.high_open ? "less than" : "at most",
                       range.high->text());
  return out;
}

std::string case_in_words(const IgnoreCase& op) {
  const char* verb = op.part == CasePart::whole ? "is" : op.part == CasePart::prefix ? "begins with" : "ends with";
  return fmt::format("{} {} in any case", verb, describe(Literal{ValueKind::string, op.text->text()}));
}

std::string in_words(const Operator& op) {
  if (std::holds_alternative<Exists>(op)) return "is present";
  if (std::holds_alternative<Absent>(op)) return "is absent";
  if (auto* o = std::get_if<Affix>(&op)) {
    return fmt::format("{} {}", o->suffix ? "ends with" : "begins with", describe(Literal{ValueKind::string, o->text}));
  }
  if (auto* o = std::get_if<IgnoreCase>(&op)) return case_in_words(*o);
  if (auto* o = std::get_if<WildcardTest>(&op)) {
    return "looks like " + describe(Literal{ValueKind::string, o->wildcard->text()});
  }
  if (auto* o = std::get_if<Range>(&op)) return range_in_words(*o);
  if (auto* o = std::get_if<CidrTest>(&op)) return "is an address in " + o->text;
  if (auto* o = std::get_if<AnythingBut>(&op))
    return "has a value of which it is not true that it " + list_in_words(*o->excluded, " or ");
  return "is " + describe(op);
}

}  // namespace

base::Result<MatchReport> explain_match(const Pattern& pattern, std::string_view event_json, ReadLimits limits) {
  EventFields event;
  TRY_VOID(EventReader(limits).read(event_json, pattern.paths(), pattern.path_count(), event));
  Reporter reporter(pattern, event);
  Attempt best;
  for (const Alternative& alternative : pattern.alternatives()) {
    TRY(Attempt attempt, reporter.attempt(alternative));
    if (attempt.matched || best.text.empty() || attempt.held > best.held) best = std::move(attempt);
    if (best.matched) break;
  }
  std::size_t ways = pattern.alternatives().size();
  std::string note =
      ways > 1 && !best.matched ? fmt::format("  (of {} alternatives, this one came furthest)\n", ways) : "";
  return MatchReport{best.matched, best.text + note};
}

std::string explain(const Pattern& pattern) {
  std::string out;
  for (const Alternative& alternative : pattern.alternatives()) {
    out += out.empty() ? "an event matches where all of this holds:\n" : "or where all of this holds:\n";
    for (const Field& field : alternative)
      out += fmt::format("  {} {}\n", field.path, list_in_words(field.test->any(), ", or "));
  }
  return out;
}

}  // namespace setpoint::pattern
