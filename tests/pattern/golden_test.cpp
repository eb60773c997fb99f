// tests/golden/pattern/*.json: one behaviour a file. `pattern` and `event` stand as JSON, or as a string that holds
// their text where that is no JSON; `expected` is true, false, or "error" with the Diagnostic's code (bad pattern) or
// the Error's words (bad event).
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "oracle.h"
#include "pattern/pattern.h"
#include "pattern/pattern_set.h"

namespace setpoint::pattern {
namespace {

struct Case {
  std::string pattern, event, expected, error;
};

std::string text_of(const JsonNode& node) { return node.is_string() ? node.text : std::string(node.raw); }

Case load(const std::filesystem::path& path) {
  auto text = base::read_file(path.string());
  if (!text) throw std::runtime_error(text.error().text());
  JsonFault fault;
  auto root = read_json(*text, {}, fault);
  if (!root) throw std::runtime_error(path.string() + ": " + fault.what);
  Case out;
  for (std::size_t i = 0; i < root->keys.size(); ++i) {
    const std::string& key = root->keys[i].name;
    if (key == "pattern") out.pattern = text_of(root->items[i]);
    if (key == "event") out.event = text_of(root->items[i]);
    if (key == "expected") out.expected = text_of(root->items[i]);
    if (key == "error") out.error = text_of(root->items[i]);
  }
  return out;
}

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(SETPOINT_SOURCE_DIR "/tests/golden/pattern"))
    out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

class PatternGolden : public testing::TestWithParam<std::filesystem::path> {};

void expect_match(const Pattern& pattern, const Case& golden) {
  bool expected = golden.expected == "true";
  base::Result<bool> alone = pattern.matches(golden.event);
  ASSERT_TRUE(alone.has_value()) << alone.error().text();
  EXPECT_EQ(*alone, expected);
  PatternSet set;
  set.add(pattern);
  Matcher matcher(set);
  EXPECT_EQ(!matcher.match(golden.event)->empty(), expected) << "in a set";
}

TEST_P(PatternGolden, holds) {
  Case golden = load(GetParam());
  base::Diagnostics diagnostics;
  auto pattern = Pattern::compile({"pattern", golden.pattern}, diagnostics);
  if (golden.event.empty()) {
    ASSERT_FALSE(pattern.has_value()) << "compiled, though it must not";
    EXPECT_EQ(diagnostics.items().front().code, golden.error) << diagnostics.render();
    EXPECT_GT(diagnostics.items().front().at.line, 0);
    EXPECT_FALSE(diagnostics.items().front().hint.empty());
    return;
  }
  ASSERT_TRUE(pattern.has_value()) << diagnostics.render();
  if (golden.expected != "error") return expect_match(*pattern, golden);
  base::Result<bool> result = pattern->matches(golden.event);
  ASSERT_FALSE(result.has_value()) << "matched or not, though the event is unusable";
  EXPECT_NE(result.error().message.find(golden.error), std::string::npos) << result.error().text();
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, PatternGolden, testing::ValuesIn(files()), name_of);

}  // namespace
}  // namespace setpoint::pattern
