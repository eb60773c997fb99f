#include "standards/profiles.h"

#include <gtest/gtest.h>

namespace setpoint::standards {
namespace {

using base::Diagnostics;
using model::Verdict;

const std::string kFolder = std::string(SETPOINT_SOURCE_DIR) + "/content/standards/aws/ec2-13";

std::vector<model::Control> known() {
  std::vector<model::Control> out(2);
  out[0].id = "EC2.13";
  out[0].parameters = {{"port", 22}};
  out[0].mappings = {{"pci-dss-4", {"1.3.1"}}};
  out[1].id = "EC2.2";
  out[1].mappings = {{"aws-fsbp", {"EC2.2"}}};
  return out;
}

std::vector<Profile> profiles(const std::string& text) {
  Diagnostics diagnostics;
  auto out = read_profiles({"profiles.yaml", text}, known(), diagnostics);
  EXPECT_TRUE(out) << diagnostics.render();
  return out.value_or(std::vector<Profile>());
}

model::Resource group(const std::string& account, const std::string& environment, int port) {
  model::Resource out;
  out.key = {"aws", account, "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
  out.tags = {{"env", environment}};
  base::Json open = {{"ipProtocol", "tcp"},
                     {"fromPort", port},
                     {"toPort", port},
                     {"ipv4Ranges", base::Json::array({{{"cidrIp", "0.0.0.0/0"}}})}};
  out.item = {{"resourceType", out.key.type}, {"configuration", {{"ipPermissions", base::Json::array({open})}}}};
  return out;
}

TEST(Profiles, TheFirstThatMatchesSetsTheParameters) {
  Diagnostics diagnostics;
  auto standards = ProfiledStandards::load(kFolder, profiles(R"(profiles:
  - profile: moved
    when: {accounts: ["1"], tags: {env: [prod]}}
    parameters: {EC2.13: {port: 2222}}
)"),
                                           diagnostics);
  EXPECT_EQ(standards.judge(group("1", "prod", 2222)).at(0).judgement.verdict, Verdict::non_compliant);
  EXPECT_EQ(standards.judge(group("1", "prod", 22)).at(0).judgement.verdict, Verdict::compliant);
  EXPECT_EQ(standards.judge(group("1", "test", 22)).at(0).judgement.verdict, Verdict::non_compliant) << "another tag";
  EXPECT_EQ(standards.judge(group("2", "prod", 22)).at(0).judgement.verdict, Verdict::non_compliant)
      << "another account";
}

TEST(Profiles, SelectByStandardUnitAndName) {
  auto one = profiles(
                 "profiles:\n  - {profile: fsbp, when: {units: [ou-a]}, standards: [aws-fsbp], add: [EC2.13], remove: "
                 "[EC2.2]}\n")
                 .at(0);
  EXPECT_TRUE(one.selects(known()[0])) << "added by name";
  EXPECT_FALSE(one.selects(known()[1])) << "removed by name";
  EXPECT_TRUE(one.matches(group("1", "x", 1), {"ou-b", "ou-a"}));
  EXPECT_FALSE(one.matches(group("1", "x", 1), {})) << "an unknown unit is not the wanted one";
}

TEST(Profiles, WhatNobodyThoughtOfIsJudgedByEverything) {
  Diagnostics diagnostics;
  auto standards = ProfiledStandards::load(kFolder, {}, diagnostics);
  EXPECT_EQ(&standards.standards_for(group("9", "x", 1)), &standards.everything());
}

TEST(Profiles, MistakesAreSaidWithHints) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read_profiles(
      {"p.yaml", "profiles:\n  - profile: a\n    add: [EC2.133]\n    parameters: {EC2.13: {prot: 1}}\n    wen: {}\n"},
      known(), diagnostics));
  std::string text = diagnostics.render();
  for (const char* what : {"there is no control 'EC2.133'", "did you mean 'EC2.13'?", "EC2.13 has no parameter 'prot'",
                           "did you mean 'port'?", "unknown field 'wen'", "p.yaml:4:"}) {
    EXPECT_NE(text.find(what), std::string::npos) << what << "\n" << text;
  }
}

}  // namespace
}  // namespace setpoint::standards
