#include <gtest/gtest.h>

#include "pattern/batch.h"
#include "pattern/explain.h"
#include "pattern/lint.h"

namespace setpoint::pattern {
namespace {

Pattern compiled(std::string_view text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"p.json", text}, diagnostics);
  if (!pattern) throw std::runtime_error(diagnostics.render());
  return *pattern;
}

TEST(PatternExplain, says_what_matched_and_with_which_operator) {
  auto report =
      explain_match(compiled(R"({"a":["x",{"prefix":"ab"}],"z":[{"exists":false}]})"), R"({"a":["q","abc"]})");
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->matched);
  EXPECT_EQ(report->text, "  a: \"abc\" matches {\"prefix\":\"ab\"}\n  z: absent, as {\"exists\":false} asks\n");
}

TEST(PatternExplain, names_the_first_field_that_failed) {
  auto report = explain_match(compiled(R"({"a":["x"],"b":[1],"c":[2]})"), R"({"a":"x","b":[3,4]})");
  EXPECT_FALSE(report->matched);
  EXPECT_EQ(report->text, "  b: are 3, 4, which matches none of [1]\n");
}

TEST(PatternExplain, tells_a_field_of_another_array_element_from_a_wrong_value) {
  auto report = explain_match(compiled(R"({"e":{"f":["Anna"],"l":["Jones"]}})"),
                              R"({"e":[{"f":"Anna","l":"Smith"},{"f":"Peter","l":"Jones"}]})");
  EXPECT_EQ(report->text, "  e.l: has no value that stands in the same array element as the fields before it\n");
}

TEST(PatternExplain, reports_the_alternative_that_came_furthest) {
  auto report = explain_match(compiled(R"({"a":[1],"$or":[{"0":[1]},{"b":[2]}]})"), R"({"a":1})");
  EXPECT_EQ(report->text, "  b: is absent, which matches none of [2]\n  (of 2 alternatives, this one came furthest)\n");
}

TEST(PatternExplain, puts_a_pattern_into_words) {
  EXPECT_EQ(explain(compiled(R"({"n":[{"numeric":[">",3,"<=",6]}],"s":[{"anything-but":["a","b"]},null]})")),
            "an event matches where all of this holds:\n"
            "  n is greater than 3 and at most 6\n"
            "  s has a value of which it is not true that it is \"a\" or is \"b\", or is null\n");
}

std::string lint(std::string_view text) {
  base::Diagnostics diagnostics;
  lint_for_eventbridge({"p", text}, diagnostics);
  std::string codes;
  for (const auto& item : diagnostics.items()) codes += item.code + " ";
  return codes;
}

TEST(PatternLint, warns_of_what_eventbridge_refuses_and_of_nothing_else) {
  EXPECT_EQ(lint(R"({"a":["x",5,{"cidr":"10.0.0.0/8"},{"wildcard":"a*b"}]})"), "");
  EXPECT_EQ(lint(R"({"a":[6000000000]})"), "eventbridge-number ");
  EXPECT_EQ(lint(R"({"a":[0.1234567]})"), "eventbridge-number ");
  EXPECT_EQ(lint(R"({"a":[{"cidr":"10.0.0.1/32"}]})"), "eventbridge-cidr ");
  EXPECT_EQ(lint(R"({"a":[{"anything-but":{"wildcard":["*a*b*c*d*"]}}]})"), "eventbridge-wildcard ");
  EXPECT_EQ(lint(R"({"a":[1],"a":[2]})"), "eventbridge-duplicate ");
  EXPECT_EQ(lint(R"({"$or":{"a":[1]}})"), "pattern-or-field eventbridge-or ");
  EXPECT_EQ(lint("{\"a\":[\"" + std::string(3000, 'x') + "\"]}"), "eventbridge-size ");
  EXPECT_EQ(lint(R"({"a":1})"), "pattern-bare-value ");
}

TEST(PatternBatch, answers_each_line_with_its_id) {
  EXPECT_EQ(answer_batch_line(R"({"id":7,"pattern":{"a":["x"]},"event":{"a":"x"}})"), R"({"id":7,"match":true})");
  EXPECT_EQ(answer_batch_line(R"({"id":"k","pattern":"{\"a\":[1]}","event":"{\"a\":2}"})"),
            R"({"id":"k","match":false})");
}

TEST(PatternBatch, keeps_equal_keys_and_numbers_as_they_were_written) {
  EXPECT_EQ(answer_batch_line(R"({"id":1,"pattern":{"a":["x"]},"event":{"a":"x","a":"y"}})"),
            R"({"id":1,"match":true})");
  EXPECT_EQ(answer_batch_line(R"({"id":1,"pattern":{"a":[9007199254740993]},"event":{"a":9007199254740992}})"),
            R"({"id":1,"match":false})");
}

TEST(PatternBatch, an_unusable_pattern_event_or_line_is_an_error_with_the_id) {
  for (const char* line :
       {R"({"id":3,"pattern":{"a":1},"event":{}})", R"({"id":3,"pattern":{"a":[1]},"event":{"a":1e999}})",
        R"({"id":3,"pattern":{"a":[1]},"event":{"a":"\ud800"}})", R"({"id":3,"pattern":"{","event":{}})",
        R"({"id":3,"pattern":{"a":[1]},"event":"{} x"})", R"({"id":3,"pattern":{"a":[1]}})", R"({"id":3,"pattern":)"}) {
    EXPECT_EQ(answer_batch_line(line).substr(0, 17), R"({"id":3,"error":")") << line;
  }
  EXPECT_EQ(answer_batch_line("nonsense").substr(0, 20), R"({"id":null,"error":")");
  EXPECT_EQ(answer_batch_line("[]").substr(0, 20), R"({"id":null,"error":")");
}

}  // namespace
}  // namespace setpoint::pattern
