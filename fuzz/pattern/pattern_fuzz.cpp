// Both sides of the pattern engine at once. The first byte says how the rest is read:
//   even: a pattern and an event as text, parted by a newline that follows a '~'. Whatever they are, nothing crashes;
//   the fast and the
//         careful reader refuse the same events; where both are valid, engine, set and oracle agree.
//   odd:  choices for the generator of random cases (tests/pattern/random_cases.h), which writes valid pairs that meet
//   often.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "oracle.h"
#include "pattern/batch.h"
#include "pattern/explain.h"
#include "pattern/lint.h"
#include "pattern/pattern.h"
#include "pattern/pattern_set.h"
#include "random_cases.h"

namespace {

using namespace setpoint;
using namespace setpoint::pattern;

// The oracle knows the letters of the generators only; other cases of them are left to the unit tests.
bool oracle_can_tell(std::string_view text) {
  bool ascii = true;
  for (char c : text) ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  bool big_exponent = text.find_first_of("eE") != std::string_view::npos && text.size() > 300;
  return ascii && !big_exponent && text.find("\\u") == std::string_view::npos &&
         text.find("cidr") == std::string_view::npos;
}

void judge(std::string_view pattern_text, std::string_view event_text, bool ask_oracle) {
  base::Diagnostics diagnostics;
  std::optional<Pattern> compiled = Pattern::compile({"fuzz", pattern_text}, diagnostics);
  SETPOINT_ASSERT(compiled.has_value() == !diagnostics.has_errors());
  if (!compiled) return;
  base::Result<bool> alone = compiled->matches(event_text);
  PatternSet set;
  PatternId id = set.add(*compiled);
  Matcher matcher(set);
  auto together = matcher.match(event_text);
  SETPOINT_ASSERT(alone.has_value() == together.has_value());
  if (!alone) return;
  SETPOINT_ASSERT(*alone == !together->empty());
  // What is remembered of an event's shape and keys from the second time on changes no answer.
  for (int again = 0; again < 3; ++again) SETPOINT_ASSERT(*alone == !matcher.match(event_text)->empty());
  auto report = explain_match(*compiled, event_text);
  SETPOINT_ASSERT(report.has_value() && report->matched == *alone);
  set.remove(id);
  SETPOINT_ASSERT(matcher.match(event_text)->empty());
  JsonFault fault;
  auto pattern_tree = read_json(pattern_text, {}, fault), event_tree = read_json(event_text, {}, fault);
  SETPOINT_ASSERT(event_tree.has_value());
  if (!ask_oracle || !pattern_tree || !diagnostics.empty()) return;
  std::optional<bool> expected = oracle::matches(*pattern_tree, *event_tree);
  SETPOINT_ASSERT(!expected || *expected == *alone);
}

void fuzz_text(std::string_view text) {
  answer_batch_line(text);
  std::size_t cut = text.find("~\n");
  std::string_view pattern_text = text.substr(0, cut);
  std::string_view event_text = cut == std::string_view::npos ? std::string_view("{}") : text.substr(cut + 2);
  base::Diagnostics diagnostics;
  lint_for_eventbridge({"fuzz", pattern_text}, diagnostics);
  judge(pattern_text, event_text, oracle_can_tell(pattern_text) && oracle_can_tell(event_text) && text.size() < 400);
  // A pattern that asks for nothing in the event still reads all of it.
  judge(R"({"never asked for":[1]})", event_text, false);
}

void fuzz_choices(std::string_view bytes) {
  std::size_t at = 0;
  auto choose = [&](unsigned n) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at++]) % n : 0u; };
  oracle::RandomCases cases(choose);
  std::string event_text = cases.event(), pattern_text = cases.pattern();
  judge(pattern_text, event_text, true);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (bytes[0] % 2 == 0) {
    fuzz_text(bytes.substr(1));
  } else {
    fuzz_choices(bytes.substr(1));
  }
  return 0;
}
