// Values that are not known yet: what hangs on them is ERROR, what does not is judged all the same.
#include "guard/unknown.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "guard/rule_set.h"

namespace setpoint::guard {
namespace {

using base::Json;

Json group(const Json& port, const Json& cidr) {
  return {
      {"configuration",
       {{"permissions", Json::array({{{"port", port}, {"cidr", cidr}}, {{"port", 443}, {"cidr", "10.0.0.0/8"}}})}}}};
}

Report run(std::string_view text, const Json& document) {
  base::Diagnostics diagnostics;
  CompileOptions options;
  options.extensions = true;
  auto rules = RuleSet::compile({"test.guard", text}, diagnostics, options);
  EXPECT_TRUE(rules) << diagnostics.render();
  return rules->evaluate(Document::with_unknowns(document));
}

std::string verdict(std::string_view text, const Json& document) {
  return std::string(to_string(run(text, document).rules.at(0)));
}

const std::string kPerhaps = unknown_text(Presence::perhaps, "Fn::If");
const std::string kPresent = unknown_text(Presence::present, "Ref Port");
const std::string kFilled = unknown_text(Presence::filled, "Ref Key");

TEST(Unknown, AComparisonWithItIsErrorAndSaysWhy) {
  Report report = run("rule r { configuration.permissions[*].port == 22 }", group(kPresent, "x"));
  EXPECT_EQ(report.rules.at(0), Status::fail) << "443 is not 22, whatever the other one is";
  report = run("rule r { configuration.permissions[0].port == 22 }", group(kPresent, "x"));
  ASSERT_EQ(report.rules.at(0), Status::error);
  EXPECT_EQ(report.errors.at(0).because, "/configuration/permissions/0/port is not known yet: ${Ref Port}");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port != 22 }", group(kPresent, "x")), "ERROR");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port in [22, 23] }", group(kPresent, "x")), "ERROR");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].cidr == /10/ }", group(22, "10." + kFilled)), "ERROR");
}

TEST(Unknown, AFailureBesideItDecides) {
  constexpr char kRule[] = R"(rule r { configuration.permissions[*] { port != 22
                                                                       cidr != "0.0.0.0/0" } })";
  Report report = run(kRule, group(kPresent, "0.0.0.0/0"));
  ASSERT_EQ(report.rules.at(0), Status::fail);
  ASSERT_EQ(report.failures.at(0).evidence.size(), 1u) << "what is unknown is no evidence";
  EXPECT_EQ(report.failures[0].evidence[0].path, "/configuration/permissions/0/cidr");
  EXPECT_EQ(verdict(kRule, group(kPresent, "10.0.0.0/8")), "ERROR");
}

TEST(Unknown, APassBesideItDecidesAnOrAndASome) {
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port == 22 or configuration.permissions[0].cidr == 'x' }",
                    group(kPresent, "x")),
            "PASS");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port == 22 or configuration.permissions[0].cidr == 'y' }",
                    group(kPresent, "x")),
            "ERROR");
  EXPECT_EQ(verdict("rule r { some configuration.permissions[*].port == 443 }", group(kPresent, "x")), "PASS");
  EXPECT_EQ(verdict("rule r { some configuration.permissions[*].port == 80 }", group(kPresent, "x")), "ERROR");
}

TEST(Unknown, ConditionsAndFiltersThatHangOnItAreNoSkip) {
  EXPECT_EQ(verdict("rule r when configuration.permissions[0].port == 22 { configuration.permissions[0].cidr == 'y' }",
                    group(kPresent, "x")),
            "ERROR");
  EXPECT_EQ(verdict("rule r { configuration.permissions[ port == 22 ] { cidr != 'x' } }", group(kPresent, "x")),
            "ERROR");
  EXPECT_EQ(
      verdict("rule r { configuration.permissions[ port == 443 ] { cidr != '10.0.0.0/8' } }", group(kPresent, "x")),
      "FAIL");
  EXPECT_EQ(verdict("rule r { configuration.permissions[ port == 22 ] empty }", group(kPresent, "x")), "ERROR");
  EXPECT_EQ(verdict("rule r { when configuration.permissions[0].port == 22 { configuration.x exists } }",
                    group(kPresent, "x")),
            "ERROR");
}

TEST(Unknown, WhatIsThereForSureExists) {
  constexpr char kExists[] = "rule r { configuration.permissions[0].port exists }";
  EXPECT_EQ(verdict(kExists, group(kFilled, "x")), "PASS");
  EXPECT_EQ(verdict(kExists, group(kPresent, "x")), "PASS");
  EXPECT_EQ(verdict(kExists, group(kPerhaps, "x")), "ERROR");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port !exists }", group(kPerhaps, "x")), "ERROR");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port !empty }", group(kFilled, "x")), "PASS");
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port !empty }", group(kPresent, "x")), "ERROR");
  for (const char* inside : {"port.x", "port[1]", "port[*]", "port.*"})
    EXPECT_EQ(
        verdict("rule r { configuration.permissions[0]." + std::string(inside) + " exists }", group(kFilled, "x")),
        "ERROR")
        << "that it is there says nothing of what is in it";
  EXPECT_EQ(verdict("rule r { configuration.permissions[0].port is_string }", group("a" + kPerhaps, "x")), "PASS");
}

TEST(Unknown, APolicyIsReadAroundWhatIsUnknownInIt) {
  Json policy = {{"Statement", Json::array({{{"Effect", "Allow"}, {"Principal", "*"}, {"Resource", kFilled}}})}};
  Json item = {{"policy", policy.dump()}};
  EXPECT_EQ(verdict("rule r { policy.Statement[*].Principal != '*' }", item), "FAIL");
  EXPECT_EQ(verdict("let p = json_parse(policy)\nrule r { %p.Statement[*].Principal != '*' }", item), "FAIL");
  EXPECT_EQ(verdict("let p = json_parse(policy)\nrule r { %p.Statement[*].Resource != '*' }", item), "ERROR");
  EXPECT_EQ(verdict("let u = to_upper(policy)\nrule r { %u == 'X' }", item), "ERROR");
}

TEST(Unknown, AReferredRuleThatIsUnknownLeavesOthersUnknown) {
  EXPECT_EQ(verdict("rule a { configuration.permissions[0].port == 22 }\nrule b { a }", group(kPresent, "x")), "ERROR");
}

TEST(Unknown, MarksOutsideSuchADocumentAreText) {
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile({"t", "rule r { a == /Ref/ }"}, diagnostics, {});
  EXPECT_EQ(rules->evaluate(Document::from_json(Json{{"a", kPresent}})).rules.at(0), Status::pass);
}

TEST(Unknown, MarksReadAsPeopleWouldWriteThem) {
  EXPECT_EQ(without_marks("arn:aws:s3:::" + kFilled + "/*"), "arn:aws:s3:::${Ref Key}/*");
  EXPECT_EQ(presence_of("x" + kPerhaps), Presence::filled);
  EXPECT_EQ(without_marks("\xEE\x80\x80"), "${}") << "a mark that somebody wrote, and badly";
  EXPECT_EQ(presence_of("\xEE\x80\x80"), Presence::perhaps);
}

}  // namespace
}  // namespace setpoint::guard
