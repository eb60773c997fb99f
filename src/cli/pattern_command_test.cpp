#include "cli/pattern_command.h"

#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/exit_code.h"

namespace setpoint::cli {
namespace {

struct Ended {
  int code = -1;
  std::string output;
};

Ended run(std::vector<std::string> arguments) {
  CLI::App app;
  Ended ended;
  add_pattern_commands(app, ended.code);
  std::reverse(arguments.begin(), arguments.end());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  app.parse(arguments);
  ended.output = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  return ended;
}

TEST(PatternCommand, test_says_why_and_ends_by_the_answer) {
  Ended matched = run({"pattern", "test", R"({"a":["x"]})", R"({"a":"x"})"});
  EXPECT_EQ(matched.code, kOk);
  EXPECT_EQ(matched.output, "event: matches\n  a: \"x\" matches \"x\"\n");
  EXPECT_EQ(run({"pattern", "test", R"({"a":["x"]})", R"({"a":"x"})", R"({"a":"y"})"}).code, kNegative);
}

TEST(PatternCommand, unusable_patterns_and_events_end_with_bad_input) {
  EXPECT_EQ(run({"pattern", "test", R"({"a":"x"})", "{}"}).code, kBadInput);
  EXPECT_EQ(run({"pattern", "test", R"({"a":["x"]})", "{]"}).code, kBadInput);
  EXPECT_EQ(run({"pattern", "test", R"({"a":["x"]})"}).code, kBadInput);
}

TEST(PatternCommand, explain_and_lint_answer) {
  EXPECT_EQ(run({"pattern", "explain", R"({"a":[null]})"}).output,
            "an event matches where all of this holds:\n  a is null\n");
  EXPECT_EQ(run({"pattern", "lint", R"({"a":[6e9]})"}).code, kOk);
  EXPECT_EQ(run({"pattern", "lint", "--eventbridge", R"({"a":[6e9]})"}).code, kNegative);
}

}  // namespace
}  // namespace setpoint::cli
