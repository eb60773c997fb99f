#include "pattern/json_outline.h"

#include <gtest/gtest.h>

#include "pattern/json_reader.h"

namespace setpoint::pattern {
namespace {

constexpr std::string_view kTokens[] = {"{", "}", "[", "]", ":", ",", "\"a\"", "1"};

bool outlined(JsonOutline& outline, const std::string& text, std::size_t depth_max = 64) {
  return outline.reserve(text.size()) && outline.read(text, depth_max);
}

bool read_with_care(const std::string& text) {
  JsonFault fault;
  auto root = read_json(text, {}, fault);
  return root && root->is_object();
}

// Every sequence of up to `length` tokens, between `before` and `after`.
void expect_agreement(const std::string& before, const std::string& after, int length) {
  JsonOutline outline;
  std::size_t accepted = 0;
  auto extend = [&](auto& self, const std::string& middle, int left) -> void {
    std::string text = before + middle + after;
    bool ours = outlined(outline, text);
    accepted += ours;
    ASSERT_EQ(ours, read_with_care(text)) << text;
    for (std::string_view token : kTokens) {
      if (left > 0 && !testing::Test::HasFatalFailure()) self(self, middle + std::string(token), left - 1);
    }
  };
  extend(extend, "", length);
  EXPECT_GT(accepted, 0u);
}

TEST(JsonOutline, takes_the_same_token_sequences_as_the_careful_reader) {
  expect_agreement("", "", 6);
  expect_agreement(R"({"k":)", "}", 5);
  expect_agreement(R"({"k":[)", "]}", 5);
}

// Neighbours and brackets are judged 64 tokens at a time: the seam may fall anywhere.
TEST(JsonOutline, takes_the_same_sequences_across_the_seam_of_two_words) {
  for (int members = 13; members < 17; ++members) {
    std::string before = "{";
    for (int i = 0; i < members; ++i) before += R"("k":1,)";
    expect_agreement(before + R"("o":{)", "}}", 4);
    expect_agreement(before + R"("o":[1,)", "]}", 4);
  }
}

TEST(JsonOutline, pairs_brackets_and_gives_contents_without_the_space_around) {
  JsonOutline outline;
  std::string text = " { \"a\" : [ 1.5 , {} ] , \"b\" : \"x y\" } ";
  ASSERT_TRUE(outlined(outline, text));
  EXPECT_EQ(outline.quoted(1), "a");
  EXPECT_EQ(outline.kind(3), JsonOutline::array_open);
  EXPECT_EQ(outline.span(4), "1.5");
  EXPECT_EQ(outline.partner(3), 8u);
  EXPECT_EQ(outline.partner(6), 7u);
  EXPECT_EQ(outline.quoted(12), "x y");
  EXPECT_EQ(outline.partner(0), 13u);
}

TEST(JsonOutline, refuses_what_is_deeper_than_allowed) {
  JsonOutline outline;
  EXPECT_TRUE(outlined(outline, R"({"a":[[1]]})", 3));
  EXPECT_FALSE(outlined(outline, R"({"a":[[1]]})", 2));
  EXPECT_TRUE(outlined(outline, "{\"a\":" + std::string(500, '[') + std::string(500, ']') + "}", 501));
}

TEST(JsonOutline, judges_scalars_and_escapes_wherever_they_stand) {
  JsonOutline outline;
  for (const char* value : {"-0", "0.5", "1e5", "-122.42916360922355", "true", "null", "\"\\ud83d\\ude00\"", "1E-7",
                            "12345678901234567890", "123456789012345.6"})
    EXPECT_TRUE(outlined(outline, std::string("{\"a\":") + value + "}")) << value;
  for (const char* value :
       {"-",           "01",          "1.",    ".5",    "1e",  "+1",  "1-2",  "1.2.3", "nul",    "trues", "\"\\x\"",
        "\"\\ud83d\"", "\"\\ude00\"", "1e999", "-01.5", "1 2", "0x1", "\x01", "1\x01", "\"a\"b", "b\"a\""})
    EXPECT_FALSE(outlined(outline, std::string("{\"a\":") + value + "}")) << value;
}

}  // namespace
}  // namespace setpoint::pattern
