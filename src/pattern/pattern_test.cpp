#include "pattern/pattern.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/event.h"

namespace setpoint::pattern {
namespace {

std::string mistakes(std::string_view text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"p.json", text}, diagnostics);
  EXPECT_FALSE(pattern.has_value()) << text;
  return diagnostics.render();
}

Pattern compiled(std::string_view text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"p.json", text}, diagnostics);
  if (!pattern) throw std::runtime_error(diagnostics.render());
  return *pattern;
}

bool matched(std::string_view pattern, std::string_view event) {
  base::Result<bool> result = compiled(pattern).matches(event);
  if (!result) throw std::runtime_error(result.error().text());
  return *result;
}

TEST(Pattern, all_fields_must_match_and_any_value_of_a_list_may) {
  std::string_view pattern = R"({"source":["aws.ec2","aws.s3"],"detail":{"state":["on"]}})";
  EXPECT_TRUE(matched(pattern, R"({"source":"aws.s3","detail":{"state":"on","x":1}})"));
  EXPECT_FALSE(matched(pattern, R"({"source":"aws.s3","detail":{"state":"off"}})"));
  EXPECT_FALSE(matched(pattern, R"({"detail":{"state":"on"}})"));
}

TEST(Pattern, or_multiplies_out_and_a_branch_overrides_the_field_beside_it) {
  std::string_view pattern = R"({"a":["x"],"$or":[{"a":["y"]},{"b":["z"]}]})";
  EXPECT_TRUE(matched(pattern, R"({"a":"y"})"));
  EXPECT_TRUE(matched(pattern, R"({"a":"x","b":"z"})"));
  EXPECT_FALSE(matched(pattern, R"({"a":"x"})"));
}

TEST(Pattern, or_with_an_object_is_a_field_of_that_name) {
  EXPECT_TRUE(matched(R"({"$or":{"a":["x"]}})", R"({"$or":{"a":"x"}})"));
  EXPECT_FALSE(matched(R"({"$or":{"a":["x"]}})", R"({"a":"x"})"));
}

TEST(Pattern, a_mistake_names_its_place_and_the_remedy) {
  EXPECT_EQ(mistakes("{\"a\": [\n  {\"prefx\": \"x\"}]}"),
            "p.json:2:4: error: unknown match operator 'prefx' [pattern-operator]\n    hint: did you mean 'prefix'?\n");
}

TEST(Pattern, every_mistake_is_reported_in_one_round) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(Pattern::compile({"p", R"({"a":[],"b":"x","c":[{"numeric":["!=",5]}]})"}, diagnostics));
  EXPECT_EQ(diagnostics.error_count(), 3u);
}

TEST(Pattern, a_document_or_an_event_in_memory_matches_like_its_bytes) {
  model::Event event;
  event.source = "setpoint";
  event.detail = base::Json{{"n", 5}, {"list", {{{"k", "v"}}}}};
  EXPECT_TRUE(
      *compiled(R"({"source":["setpoint"],"detail":{"n":[{"numeric":[">",4]}],"list":{"k":["v"]}}})").matches(event));
  EXPECT_FALSE(*compiled(R"({"detail":{"n":["5"]}})").matches(event));
  EXPECT_FALSE(compiled(R"({"a":[1]})").matches_document(base::Json::array()).has_value());
}

TEST(Pattern, an_unusable_event_is_an_error_that_says_where) {
  Pattern pattern = compiled(R"({"a":["x"]})");
  for (std::string_view bad :
       {"", "[]", "{\"a\":\"x\"} x", "{\"a\":01}", "{\"b\":\"\\ud800\"}", "{\"b\":1e400}", "{\"b\":tru}",
        "{\"b\":\"\xff\"}", "{\"b\":\"\\x\"}", "{\"a\":\"x\"", "{\"a\" \"x\"}", "{\"a\":\"x\",}", "{\"b\":[1,]}"}) {
    base::Result<bool> result = pattern.matches(bad);
    ASSERT_FALSE(result.has_value()) << bad;
    EXPECT_FALSE(result.error().where.empty()) << bad;
  }
  EXPECT_EQ(pattern.matches("{\"b\":\n tru}").error().where, "2:2");
}

TEST(Pattern, events_past_the_limits_are_refused_not_passed_over) {
  Pattern pattern = compiled(R"({"a":["x"]})");
  std::string deep = "{\"a\":\"x\",\"b\":" + std::string(63, '[') + std::string(63, ']') + "}";
  EXPECT_TRUE(*pattern.matches(deep));
  EXPECT_EQ(pattern.matches("{\"b\":[" + deep + "]}").error().code, base::ErrorCode::limit_exceeded);
  std::string large = "{\"a\":\"x\",\"b\":\"" + std::string(base::kEventBytesMax, 'y') + "\"}";
  EXPECT_EQ(pattern.matches(large).error().code, base::ErrorCode::limit_exceeded);
  EXPECT_TRUE(*pattern.matches(large, {.bytes_max = large.size(), .depth_max = 4}));
}

TEST(Pattern, entangled_arrays_end_in_an_error_not_in_a_hang) {
  // Thirteen pigeons, twelve holes: each array lends one of its elements to one field.
  std::string fields, elements, event;
  for (int i = 0; i < 13; ++i) {
    std::string name = "\"c" + std::to_string(i) + "\":";
    fields += (i ? "," : "") + name + "[1]";
    elements += (i ? ",{" : "{") + name + "1}";
  }
  for (int i = 0; i < 12; ++i) event += (i ? ",\"a\":[" : "\"a\":[") + elements + "]";
  base::Result<bool> result = compiled("{\"a\":{" + fields + "}}").matches("{" + event + "}");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace setpoint::pattern
