#include "pattern/pattern_set.h"

#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

namespace setpoint::pattern {
namespace {

Pattern compiled(const std::string& text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"p.json", text}, diagnostics);
  if (!pattern) throw std::runtime_error(diagnostics.render());
  return *pattern;
}

std::vector<PatternId> match(Matcher& matcher, std::string_view event) {
  auto ids = matcher.match(event);
  if (!ids) throw std::runtime_error(ids.error().text());
  return {ids->begin(), ids->end()};
}

using Ids = std::vector<PatternId>;

TEST(PatternSet, finds_every_pattern_that_matches_whatever_it_is_keyed_by) {
  PatternSet set;
  std::string_view patterns[] = {R"({"a":["x","y"],"b":["1"]})",
                                 R"({"a":[{"prefix":"x"}]})",
                                 R"({"a":[{"suffix":"y"}]})",
                                 R"({"n":[{"numeric":[">",5]}]})",
                                 R"({"n":[7]})",
                                 R"({"a":[{"anything-but":"x"}]})",
                                 R"({"z":[{"exists":false}]})",
                                 R"({"a":[{"equals-ignore-case":"XY"}]})",
                                 R"({"ip":[{"cidr":"10.0.0.0/8"}]})",
                                 R"({"a":[{"wildcard":"x*y"}]})",
                                 R"({"$or":[{"a":["xy"]},{"n":[7]}]})",
                                 R"({"b":[null,true]})"};
  for (std::string_view pattern : patterns) set.add(compiled(std::string(pattern)));
  Matcher matcher(set);
  EXPECT_EQ(match(matcher, R"({"a":"xy"})"), (Ids{1, 2, 5, 6, 7, 9, 10}));
  EXPECT_EQ(match(matcher, R"({"a":"x","b":"1","z":0})"), (Ids{0, 1}));
  EXPECT_EQ(match(matcher, R"({"n":7.0,"ip":"10.1.1.1","z":0})"), (Ids{3, 4, 8, 10}));
  EXPECT_EQ(match(matcher, R"({"b":[true],"z":0})"), (Ids{11}));
}

TEST(PatternSet, removed_patterns_match_no_more_and_leave_the_others_alone) {
  PatternSet set;
  std::vector<PatternId> ids;
  for (int i = 0; i < 200; ++i)
    ids.push_back(set.add(compiled("{\"k\":[\"v\"],\"n\":[" + std::to_string(i % 10) + "]}")));
  for (int i = 0; i < 200; i += 2) EXPECT_TRUE(set.remove(ids[static_cast<std::size_t>(i)]));
  EXPECT_FALSE(set.remove(ids[0]));
  EXPECT_EQ(set.size(), 100u);
  Matcher matcher(set);
  EXPECT_EQ(match(matcher, R"({"k":"v","n":4})"), Ids{});
  EXPECT_EQ(match(matcher, R"({"k":"v","n":5})").size(), 20u);
}

TEST(PatternSet, an_unusable_event_is_an_error) {
  PatternSet set;
  set.add(compiled(R"({"a":["x"]})"));
  Matcher matcher(set);
  EXPECT_FALSE(matcher.match(R"({"a":"x"} trailing)").has_value());
  EXPECT_EQ(match(matcher, R"({"a":"x"})"), Ids{0});
}

TEST(PatternSet, many_live_tokens_in_several_fields_are_still_all_found) {
  PatternSet set;
  std::string a;
  for (int i = 0; i < 100; ++i) {
    std::string text = "\"v" + std::to_string(i) + "\"";
    set.add(compiled("{\"a\":[" + text + "],\"b\":[" + text + "]}"));
    a += (i ? "," : "") + text;
  }
  Matcher matcher(set);
  EXPECT_EQ(match(matcher, "{\"a\":[" + a + "],\"b\":[" + a + "]}").size(), 100u);
}

TEST(PatternSet, an_event_of_thousands_of_values_and_combinations_finds_all_it_should) {
  PatternSet set;
  std::string values;
  for (int i = 0; i < 3000; ++i) {
    std::string text = "\"Value" + std::to_string(i) + "\"";
    if (i % 10 == 0) set.add(compiled("{\"a\":[" + text + "],\"b\":[{\"equals-ignore-case\":" + text + "}]}"));
    values += (i ? "," : "") + text;
  }
  Matcher matcher(set);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(match(matcher, "{\"a\":[" + values + "],\"b\":[" + values + "]}").size(), 300u);
  EXPECT_EQ(match(matcher, R"({"a":"Value20","b":"vALUE20"})"), Ids{2});
}

// What a pattern's list is told by comes and goes with it; others say the same.
TEST(PatternSet, patterns_that_share_values_go_one_by_one) {
  PatternSet set;
  std::vector<PatternId> ids;
  for (const char* list : {R"(["x"])", R"(["x","y"])", R"(["y",null,true])", R"(["1","2","3","4","5","y"])"}) {
    for (int i = 0; i < 12; ++i) ids.push_back(set.add(compiled(R"({"k":["k"],"a":)" + std::string(list) + "}")));
  }
  Matcher matcher(set);
  EXPECT_EQ(match(matcher, R"({"k":"k","a":"x"})").size(), 24u);
  EXPECT_EQ(match(matcher, R"({"k":"k","a":"y"})").size(), 36u);
  for (std::size_t i = 0; i < ids.size(); i += 2) set.remove(ids[i]);
  EXPECT_EQ(match(matcher, R"({"k":"k","a":["5",true]})").size(), 12u);
  for (std::size_t i = 1; i < 24; i += 2) set.remove(ids[i]);
  EXPECT_EQ(match(matcher, R"({"k":"k","a":"x"})"), Ids{});
  EXPECT_EQ(match(matcher, R"({"k":"k","a":null})").size(), 6u);
  EXPECT_EQ(match(matcher, R"({"k":"k","a":"y"})").size(), 12u);
}

TEST(PatternSet, readers_see_whole_changes_while_patterns_come_and_go) {
  PatternSet set;
  set.add(compiled(R"({"a":["x"]})"));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  auto read = [&] {
    Matcher matcher(set);
    while (!stop) {
      Ids ids = match(matcher, R"({"a":"x","b":["p","q"]})");
      bool right = !ids.empty() && ids[0] == 0 && (ids.size() == 1 || ids.size() == 3);
      if (!right) ++wrong;
    }
  };
  std::thread one(read), two(read);
  std::vector<Pattern> pair{compiled(R"({"b":["p"]})"), compiled(R"({"b":[{"suffix":"q"}],"c":[{"exists":false}]})")};
  for (int i = 0; i < 2000; ++i) {
    std::vector<PatternId> ids = set.add_all(pair);
    set.remove_all(ids);
  }
  stop = true;
  one.join();
  two.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace setpoint::pattern
