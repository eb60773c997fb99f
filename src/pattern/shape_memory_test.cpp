#include "pattern/shape_memory.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "pattern/json_outline.h"
#include "pattern/pattern_set.h"

namespace setpoint::pattern {
namespace {

// Few shapes, and in each of them names that change from event to event: asked for, not asked for, escaped, dotted.
class SameShapes {
 public:
  std::string event() {
    switch (random_() % 4) {
      case 0:
        return "{" + name() + ":" + value() + "," + name() + ":{" + name() + ":" + value() + "," + name() + ":" +
               value() + "}}";
      case 1:
        return "{" + name() + ":[{" + name() + ":" + value() + "},{" + name() + ":" + value() + "}]," + name() + " : " +
               value() + "}";
      case 2:
        return "{" + name() + ":{" + name() + ":{" + name() + ":" + value() + "}}," + name() + ":{}," + name() + ":[]}";
      default:
        return "{" + name() + ":" + number() + "," + name() + ":" + number() + "," + name() + ":{" + name() + ":" +
               number() + "}}";
    }
  }

 private:
  const char* any(std::initializer_list<const char*> list) { return list.begin()[random_() % list.size()]; }
  std::string name() {
    return any({R"("a")", R"("b")", R"("c")", R"("a")", R"("a.b")", R"("\u0061")", R"("a\"b")", R"("a\\b")",
                R"("eight by")", R"("nine byte")", R"("a name of more than sixteen")",
                R"("a name of less, I think, ten")", R"("a name of more than sixteeN")", R"("")"});
  }
  std::string value() { return any({R"("x")", R"("y")", R"("x\u0079")", R"("")"}); }
  std::string number() { return any({"1", "2", "1.0", "true", "null", "1e0"}); }

  std::mt19937_64 random_{11};
};

const std::string_view kPatterns[] = {R"({"a":["x"]})",
                                      R"({"a":{"b":["x",1]}})",
                                      R"({"a":{"b":{"c":["y"]}}})",
                                      R"({"b":{"a":[{"exists":false}]},"a":["x"]})",
                                      R"({"a\\b":["x"]})",
                                      R"({"a\"b":["y",2]})",
                                      R"({"eight by":["x"],"nine byte":["y"]})",
                                      R"({"a name of more than sixteen":["x",1,{"prefix":"y"}]})",
                                      R"({"a":{"a":["x"],"b":["y"]}})",
                                      R"({"c":[1,true,null],"a":[{"numeric":["=",1]}]})",
                                      R"({"":["x"]})"};

Pattern compiled(std::string_view text) {
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"p.json", text}, diagnostics);
  if (!pattern) throw std::runtime_error(diagnostics.render());
  return *pattern;
}

TEST(ShapeMemory, events_of_a_known_shape_match_as_if_read_for_the_first_time) {
  PatternSet set;
  std::vector<Pattern> patterns;
  for (std::string_view text : kPatterns) patterns.push_back(compiled(text));
  set.add_all(patterns);
  Matcher matcher(set);
  SameShapes shapes;
  std::size_t matched = 0;
  for (int i = 0; i < 30'000; ++i) {
    // New paths come and go: what is remembered of walks goes with them.
    if (i % 1000 == 0) set.remove(set.add(compiled("{\"c\":{\"p" + std::to_string(i) + "\":[1]}}")));
    std::string event = shapes.event();
    auto ids = matcher.match(event);
    ASSERT_TRUE(ids.has_value()) << event;
    std::vector<PatternId> expected;
    for (PatternId id = 0; id < patterns.size(); ++id) {
      if (*patterns[id].matches(event)) expected.push_back(id);
    }
    ASSERT_EQ(std::vector<PatternId>(ids->begin(), ids->end()), expected) << event;
    matched += expected.size();
  }
  EXPECT_GT(matched, 3000u);
}

TEST(ShapeMemory, a_shape_that_is_known_does_not_excuse_bad_numbers_and_words) {
  JsonOutline outline;
  auto reads = [&](std::string_view text) { return outline.reserve(text.size()) && outline.read(text, 4); };
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(reads(R"({"a":[1,true],"b":{"c":"x"}})"));
  EXPECT_NE(outline.shape(), nullptr);
  EXPECT_FALSE(reads(R"({"a":[01,true],"b":{"c":"x"}})"));
  EXPECT_FALSE(reads(R"({"a":[1,tru],"b":{"c":"x"}})"));
  EXPECT_FALSE(reads(R"({"a":[1,true],"b":{"c":"x"}})"
                     "x"));
  EXPECT_TRUE(reads(R"({"a":[-1.5e3,null],"b":{"c":""}})"));
}

TEST(ShapeMemory, a_smaller_depth_is_asked_for_anew) {
  JsonOutline outline;
  std::string_view text = R"({"a":{"b":{"c":1}}})";
  ASSERT_TRUE(outline.reserve(text.size()));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(outline.read(text, 3));
  EXPECT_FALSE(outline.read(text, 2));
}

TEST(ShapeMemory, keeps_a_shape_from_the_second_time_on_and_none_that_is_too_long) {
  ShapeMemory memory;
  std::vector<std::uint8_t> kinds(ShapeMemory::kTokensMax + 1, 3);
  auto learned = [&](std::size_t count) {
    return memory.find(kinds.data(), count) || memory.learn(kinds.data(), count);
  };
  EXPECT_FALSE(learned(3));
  EXPECT_FALSE(learned(40));
  EXPECT_TRUE(learned(40));
  EXPECT_NE(memory.find(kinds.data(), 40), nullptr);
  EXPECT_EQ(memory.find(kinds.data(), 39), nullptr);
  kinds[39] = 4;
  EXPECT_EQ(memory.find(kinds.data(), 40), nullptr);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(learned(ShapeMemory::kTokensMax + 1));
}

}  // namespace
}  // namespace setpoint::pattern
