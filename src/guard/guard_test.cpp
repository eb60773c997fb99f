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

TEST(Guard, ParametersAreVisibleAtTheRootOnly) {
  CompileOptions options;
  options.parameters = {{"port", 3389}, {"cidrs", {"0.0.0.0/0", "::/0"}}};
  constexpr char kRule[] = R"(
let port = CONFIG_RULE_PARAMETERS.port
rule r {
  CONFIG_RULE_PARAMETERS.cidrs exists
  configuration.ports[*] != %port
  configuration { CONFIG_RULE_PARAMETERS !exists }
})";
  EXPECT_EQ(run(kRule, {{"configuration", {{"ports", {22, 443}}}}}, options).rules[0], Status::pass);
  Report open = run(kRule, {{"configuration", {{"ports", {22, 3389}}}}}, options);
  ASSERT_EQ(open.rules[0], Status::fail);
  EXPECT_EQ(open.failures[0].evidence[0].path, "/configuration/ports/1");
  EXPECT_EQ(run("rule r { CONFIG_RULE_PARAMETERS.port exists }", Json::object()).rules[0], Status::fail);
}

TEST(Guard, TheOlderRuntimeSkipsWhatDoesNotResolve) {
  CompileOptions older{.runtime = Runtime::guard2};
  Json document = {{"configuration", {{"id", 1}}}};
  for (const char* clause :
       {"configuration.encrypted == true", "configuration.encrypted is_bool", "configuration.list[*] { a == 1 }"}) {
    std::string text = fmt::format("rule r {{ {} }}", clause);
    EXPECT_EQ(run(text, document).rules[0], Status::fail) << clause;
    EXPECT_EQ(run(text, document, older).rules[0], Status::skip) << clause;
  }
  EXPECT_EQ(run("rule r { configuration.encrypted exists }", document, older).rules[0], Status::fail);
  EXPECT_EQ(run("rule r { configuration.encrypted empty }", document, older).rules[0], Status::pass);
}

TEST(Guard, WhatCannotBeJudgedIsAnErrorOfThatRuleAlone) {
  Report report = run("rule a { n empty }\nrule b { n == 5 }\nrule c { a\n}\n", {{"n", 5}});
  EXPECT_THAT(report.rules, ElementsAre(Status::error, Status::pass, Status::error));
  EXPECT_EQ(report.file(), Status::error);
  EXPECT_THAT(report.errors[0].because, HasSubstr("'/n'"));
  EXPECT_EQ(report.judgement().verdict, model::Verdict::unknown);
}

TEST(Guard, NamesThatLeadNowhereAreWarnedOf) {
  base::Diagnostics diagnostics;
  auto rules = RuleSet::compile(
      {"w.guard", "rule open_ssh { %prot == 1\n  opn_ssh\n  a == fuss(1)\n  b == join(c) }\n"}, diagnostics);
  ASSERT_TRUE(rules.has_value());
  EXPECT_FALSE(diagnostics.has_errors());
  std::string text = diagnostics.render();
  EXPECT_THAT(text, HasSubstr("%prot"));
  EXPECT_THAT(text, HasSubstr("did you mean 'open_ssh'?"));
  EXPECT_THAT(text, HasSubstr("fuss"));
  EXPECT_THAT(text, HasSubstr("join takes 2 arguments"));
}

TEST(Guard, TheEvidenceOfAReferencedRuleIsTheReferringRulesToo) {
  Report report = run("rule inner { a == 1 <<a must be 1>> }\nrule outer { inner\n}\n", {{"a", 2}});
  ASSERT_EQ(report.failures.size(), 2u);
  EXPECT_EQ(report.failures[1].evidence.at(0).path, "/a");
  EXPECT_EQ(report.failures[1].evidence.at(0).rule, "inner");
}

TEST(Guard, WhatOnlyConditionsAndPassingAlternativesSawIsNoEvidence) {
  Report report = run("rule r when a != 9 { a == 1 or b == 2\n some l[*] == 3\n l[ this > 1 ] == 9\n}\n",
                      {{"a", 5}, {"b", 2}, {"l", {1, 2, 3}}});
  ASSERT_EQ(report.rules[0], Status::fail);
  std::vector<std::string> paths;
  for (const model::Evidence& evidence : report.failures[0].evidence) paths.push_back(evidence.path);
  EXPECT_THAT(paths, ElementsAre("/l/1", "/l/2"));
}

TEST(Guard, ManyFailingClausesAreCountedBeyondTheLimit) {
  Json document = {{"l", Json::array()}};
  for (int i = 0; i < 10'500; ++i) document["l"].push_back(i);
  Report report = run("rule r { l[*] == -1 }", document);
  EXPECT_EQ(report.failures[0].evidence.size(), 10'000u);
  EXPECT_EQ(report.failures[0].omitted, 500u);
}

struct FixedRelations final : RelationSource {
  base::Result<std::vector<Related>> related(const Document&, std::string_view type, std::string_view) const override {
    if (type != "AWS::EC2::VPC") return base::fail(base::ErrorCode::unavailable, "not read yet");
    auto vpc = std::make_shared<const Document>(Document::from_json({{"configuration", {{"isDefault", true}}}}));
    return std::vector<Related>{{"AWS::EC2::VPC/vpc-1", vpc}};
  }
};

TEST(Guard, RelatedResourcesAreReadThroughThePort) {
  FixedRelations relations;
  CompileOptions options{.extensions = true};
  RuleSet rules = compile(
      "let vpcs = related('AWS::EC2::VPC')\nrule r { %vpcs.configuration.isDefault == false }\n"
      "let trails = related('AWS::CloudTrail::Trail')\nrule s { %trails.configuration exists }\n",
      options);
  Report report = rules.evaluate(Document::from_json(Json::object()), {.clock = nullptr, .relations = &relations});
  EXPECT_THAT(report.rules, ElementsAre(Status::fail, Status::error));
  EXPECT_EQ(report.failures[0].evidence[0].path, "AWS::EC2::VPC/vpc-1#/configuration/isDefault");
  EXPECT_TRUE(rules.rules()[0].reads_beyond);
  // Without extensions the function does not exist.
  EXPECT_EQ(run("rule r { a == related('x') }", {{"a", 1}}).rules[0], Status::error);
}

TEST(Guard, PolicyTextIsReadWithoutAFunctionUnderTheExtensions) {
  CompileOptions options{.extensions = true};
  constexpr char kRule[] = "rule r { configuration.policy.Statement[*].Action != '*' }";
  std::string policy = R"({"Statement": [{"Action": "s3:Get"}, {"Action": "*"}]})";
  for (const std::string& text :
       {policy,
        std::string("%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22x%22%7D%2C%7B%22Action%22%3A%22%2A%22%7D%5D%7D")}) {
    Json document = {{"configuration", {{"policy", text}}}};
    Report report = run(kRule, document, options);
    ASSERT_EQ(report.rules[0], Status::fail);
    EXPECT_EQ(report.failures[0].evidence[0].path, "/configuration/policy/Statement/1/Action");
    EXPECT_FALSE(run(kRule, document).failures[0].evidence[0].resolved);
  }
}

TEST(Guard, NowAsksTheClockThatIsPassedIn) {
  base::ManualClock clock({1'700'000'000'500});
  RuleSet rules = compile("rule r { t < now() }");
  Document document = Document::from_json({{"t", 1'699'999'999}});
  EXPECT_EQ(rules.evaluate(document, {.clock = &clock}).rules[0], Status::pass);
  EXPECT_EQ(rules.evaluate(document).rules[0], Status::error);
}

TEST(Guard, ARuleIsJudgedAgainOnlyIfItReadsWhatChanged) {
  RuleSet rules = compile(R"(
rule a { configuration.ports[ fromPort == 22 ].cidr != 'x' }
rule b { configuration.encrypted == true }
rule c { tags exists }
let list = configuration.ports
rule d { %list !empty }
rule e { configuration.Ports[*] { toPort exists } }
rule f { b
})");
  Json before = Json::parse(
      R"({"configuration": {"ports": [{"fromPort": 22, "cidr": "y"}], "encrypted": true}, "tags": {"a": "b"}})");
  auto affected = [&](auto change) {
    Json after = before;
    change(after);
    std::vector<std::string> names;
    for (std::size_t rule : rules.affected(Document::from_json(before), Document::from_json(after)))
      names.push_back(rules.rules()[rule].name);
    return names;
  };
  EXPECT_THAT(affected([](Json& item) { item["configuration"]["ports"][0]["cidr"] = "z"; }), ElementsAre("a", "d"));
  EXPECT_THAT(affected([](Json& item) { item["configuration"]["encrypted"] = false; }), ElementsAre("b", "f"));
  EXPECT_THAT(affected([](Json& item) { item["tags"]["a"] = "c"; }), testing::IsEmpty());
  EXPECT_THAT(affected([](Json& item) { item["configuration"]["ports"].push_back(1); }), ElementsAre("a", "d", "e"));
  EXPECT_THAT(affected([](Json& item) { item.erase("configuration"); }), ElementsAre("a", "b", "d", "e", "f"));
}

}  // namespace
}  // namespace setpoint::guard
