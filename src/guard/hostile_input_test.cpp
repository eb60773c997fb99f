// Rules and documents made to hurt: each ends soon, in a diagnostic or an ERROR that names the limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "guard/rule_set.h"

namespace setpoint::guard {
namespace {

using base::Json;
using testing::HasSubstr;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string refusal(const std::string& text) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(RuleSet::compile({"hostile.guard", text}, diagnostics).has_value());
  return diagnostics.render();
}

// Why the first rule cannot be judged.
std::string error(const std::string& text, const Json& document) {
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile({"hostile.guard", text}, diagnostics);
  EXPECT_TRUE(rules.has_value()) << diagnostics.render();
  Report report = rules->evaluate(Document::from_json(document));
  return report.errors.empty() ? "" : report.errors[0].because;
}

class HostileInput : public testing::Test {
 protected:
  void TearDown() override { EXPECT_LT(std::chrono::steady_clock::now() - begin_, std::chrono::seconds(60)); }
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST_F(HostileInput, DeepNestingIsRefusedWithItsPlace) {
  for (const char* open : {"a { ", "a[ ", "when a exists { "}) {
    EXPECT_THAT(refusal("rule r { " + repeated(open, 3000) + " }"), HasSubstr("nested deeper than 64 levels")) << open;
  }
  for (const char* open : {"[", "{b: ", "count("}) {
    EXPECT_THAT(refusal("rule r { a == " + repeated(open, 3000) + " }"), HasSubstr("nested deeper than 64 levels"))
        << open;
  }
  EXPECT_THAT(refusal("rule r { a" + repeated("[*][ b exists ]", 3000) + " exists }"),
              HasSubstr("more than 256 parts"));
}

TEST_F(HostileInput, PatternsThatBacktrackForeverAreCutOff) {
  std::string subject = repeated("a", 40) + "!";
  EXPECT_EQ(error("rule r { a == /^(a+)+$/ }", {{"a", subject}}), "");  // RE2 runs it
  EXPECT_THAT(error("rule r { a == /^(?=a)(a+)+$/ }", {{"a", subject}}), HasSubstr("takes too long"));
  EXPECT_THAT(error("rule r { a == regex_replace(a, '^(?=a)(a+)+$', 'x') }", {{"a", subject}}),
              HasSubstr("takes too long"));
}

TEST_F(HostileInput, WhatRefersToItselfEnds) {
  EXPECT_THAT(error("rule a { b\n }\nrule b { a\n }", Json::object()), HasSubstr("refers to itself"));
  EXPECT_THAT(error("let x = %y\nlet y = %x\nrule a { %x exists }", Json::object()), HasSubstr("refers to itself"));
  EXPECT_THAT(error("rule p(x) { p(%x) }\nrule a { p(1) }", Json::object()), HasSubstr("refers to itself"));
}

TEST_F(HostileInput, CallsThatFanOutAreCompiledAndCutOff) {
  std::string text = "rule p0(x) { a[*] exists }\n";
  for (int i = 1; i < 40; ++i) text += fmt::format("rule p{0}(x) {{ p{1}(1) p{1}(2) }}\n", i, i - 1);
  EXPECT_THAT(error(text + "rule r { p39(1) }", {{"a", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}), HasSubstr("more than"));
}

TEST_F(HostileInput, HugeSetsAreNotComparedPairByPair) {
  Json document = {{"a", Json::array()}, {"b", Json::array()}};
  for (int i = 0; i < 20'000; ++i) {
    document["a"].push_back(i);
    document["b"].push_back(-i - 1);
  }
  for (const char* clause : {"a[*] == b[*]", "a[*] in b[*]", "a[*] < b[*]", "a in b", "a[*] != b[*]"}) {
    EXPECT_THAT(error(fmt::format("rule r {{ {} }}", clause), document), HasSubstr("compares more than")) << clause;
  }
}

TEST_F(HostileInput, DocumentsHaveTheirLimitsToo) {
  EXPECT_FALSE(Document::from_text(repeated("[", 5000) + repeated("]", 5000)).has_value());
  EXPECT_FALSE(Document::from_text("a: &x [1]\nb: [*x").has_value());
  EXPECT_FALSE(Document::from_text("{\"a\": 1").has_value());
  EXPECT_FALSE(Document::from_text("a: 1\n---\nb: 2\n").has_value());
  EXPECT_FALSE(Document::from_text("").has_value());
}

TEST_F(HostileInput, ManySmallRulesCompileInLinearTime) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += fmt::format("rule r{} {{ a.b{} == 1 }}\n", i, i);
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile({"many.guard", text}, diagnostics);
  ASSERT_TRUE(rules.has_value());
  EXPECT_EQ(rules->rules().size(), 5'000u);
  EXPECT_EQ(rules->rules().back().at.line, 5'000);
}

}  // namespace
}  // namespace setpoint::guard
