// The language by example: one line of behaviour a test. What cfn-guard 3.1.1 says of the same text stands in
// tests/golden/guard and, drawn at random, in tests/guard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "guard/rule_set.h"

namespace setpoint::guard {
namespace {

using base::Json;
using testing::ElementsAre;
using testing::HasSubstr;

RuleSet compile(std::string_view text, const CompileOptions& options = {}) {
  base::Diagnostics diagnostics;
  std::optional<RuleSet> rules = RuleSet::compile({"test.guard", text}, diagnostics, options);
  EXPECT_TRUE(rules.has_value()) << diagnostics.render();
  return std::move(*rules);
}

Report run(std::string_view text, const Json& document, const CompileOptions& options = {}) {
  return compile(text, options).evaluate(Document::from_json(document));
}

std::string verdict(std::string_view text, const Json& document) {
  return std::string(to_string(run(text, document).rules.at(0)));
}

constexpr char kOpenSsh[] = R"(
let port = CONFIG_RULE_PARAMETERS.port
rule ec2_13 when resourceType == 'AWS::EC2::SecurityGroup' {
  configuration.ipPermissions[ ipProtocol == '-1' or fromPort exists ] {
    when ipProtocol != '-1' fromPort <= 22 toPort >= 22 {
      ipv4Ranges[*].cidrIp != '0.0.0.0/0' <<no ssh from anywhere>>
      ipv6Ranges[*] { cidrIpv6 != '::/0' }
    }
  }
}
)";

Json group() {
  return Json::parse(R"({"resourceType": "AWS::EC2::SecurityGroup", "configuration": {"ipPermissions": [
    {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
     "ipv4Ranges": [{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}], "ipv6Ranges": [{"cidrIpv6": "fd00::/8"}]},
    {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}]}})");
}

TEST(Guard, EvidenceNamesTheExactOffendingPart) {
  Report report = run(kOpenSsh, group());
  ASSERT_EQ(report.rules.at(0), Status::fail);
  ASSERT_EQ(report.failures.at(0).evidence.size(), 1u);
  const model::Evidence& evidence = report.failures[0].evidence[0];
  EXPECT_EQ(evidence.path, "/configuration/ipPermissions/0/ipv4Ranges/1/cidrIp");
  EXPECT_EQ(evidence.value, "0.0.0.0/0");
  EXPECT_EQ(evidence.expected, "!= '0.0.0.0/0'");
  EXPECT_EQ(evidence.message, "no ssh from anywhere");
  EXPECT_EQ(evidence.rule, "ec2_13");
  EXPECT_TRUE(evidence.resolved);
}

TEST(Guard, ARuleForAnotherTypeIsNotEvenTried) {
  RuleSet rules = compile(kOpenSsh);
  EXPECT_THAT(rules.rules()[0].resource_types, ElementsAre("AWS::EC2::SecurityGroup"));
  EXPECT_TRUE(rules.candidates("AWS::S3::Bucket").empty());
  EXPECT_EQ(run(kOpenSsh, {{"resourceType", "AWS::S3::Bucket"}}).rules.at(0), Status::skip);
}

TEST(Guard, AMissingPropertyFailsAndIsReportedAsSuch) {
  Report report = run("rule r { configuration.encrypted == true }", {{"configuration", {{"id", 1}}}});
  ASSERT_EQ(report.rules[0], Status::fail);
  EXPECT_EQ(report.failures[0].evidence[0].path, "/configuration");
  EXPECT_FALSE(report.failures[0].evidence[0].resolved);
}

TEST(Guard, AFilterBehindBracketsSeesTheEnclosingValue) {
  Json document = {{"l", Json::array({{{"x", 1}, {"y", 2}}, {{"x", 2}, {"y", 3}}})}};
  EXPECT_EQ(verdict("rule a { l[*][ x == 1 ].y == 2 }", document), "SKIP");
  EXPECT_EQ(verdict("rule a { l[ x == 1 ].y == 2 }", document), "PASS");
  base::Diagnostics diagnostics;
  (void)RuleSet::compile({"a.guard", "rule a { l[*][ x == 1 ].y == 2 }"}, diagnostics);
  EXPECT_THAT(diagnostics.render(), HasSubstr("guard-filter-scope"));
}

TEST(Guard, ADroppedRuleLeavesTheOthersStanding) {
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile({"two.guard", "rule broken {\n  a ==\n}\nrule whole { a == 1 }\n"}, diagnostics);
  ASSERT_TRUE(rules.has_value());
  EXPECT_THAT(rules->dropped(), ElementsAre("broken"));
  ASSERT_EQ(rules->rules().size(), 1u);
  EXPECT_EQ(rules->evaluate(Document::from_json({{"a", 1}})).rules[0], Status::pass);
  ASSERT_EQ(diagnostics.items().size(), 1u);
  EXPECT_EQ(diagnostics.items()[0].at.line, 2);
  EXPECT_FALSE(diagnostics.items()[0].hint.empty());
}

}  // namespace
}  // namespace setpoint::guard
