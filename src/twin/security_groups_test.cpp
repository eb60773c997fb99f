// Security groups, at the level of calls. The same through unmodified clients: tests/twin.
#include <gtest/gtest.h>

#include "base/file.h"
#include "twin/cloud.h"
#include "twin/seed.h"

namespace setpoint::twin {
namespace {

constexpr const char* kSeed = R"(
accounts:
  "111122223333":
    eu-west-1:
      AWS::EC2::VPC:
        - {VpcId: vpc-1, CidrBlock: 10.0.0.0/16}
        - {VpcId: vpc-default, CidrBlock: 172.31.0.0/16, IsDefault: true}
      AWS::EC2::SecurityGroup:
        - GroupId: sg-web
          GroupName: web
          VpcId: vpc-1
          IpPermissions:
            - {IpProtocol: tcp, FromPort: 22, ToPort: 22, IpRanges: [{CidrIp: 0.0.0.0/0, Description: hole}, {CidrIp: 10.0.0.0/8}]}
            - {IpProtocol: "-1", IpRanges: [{CidrIp: 203.0.113.0/24}]}
            - {IpProtocol: tcp, FromPort: 80, ToPort: 80, UserIdGroupPairs: [{GroupId: sg-lb}]}
        - {GroupId: sg-lb, GroupName: lb, VpcId: vpc-1}
        - {GroupId: sg-home, GroupName: home, VpcId: vpc-default}
)";

class SecurityGroups : public testing::Test {
 protected:
  SecurityGroups() : clock_({1'795'000'000'000}) {
    base::Diagnostics diagnostics;
    auto seed = parse_seed({"seed.yaml", kSeed}, diagnostics);
    EXPECT_TRUE(seed) << diagnostics.render();
    cloud_ = std::make_unique<Cloud>(seed->state, clock_);
  }

  Answer call(const std::string& operation, const std::string& parameters) {
    Call call;
    call.caller.account = "111122223333";
    call.region = "eu-west-1";
    call.service = "ec2";
    call.operation = operation;
    call.parameters = Json::parse(parameters);
    return cloud_->handle(call);
  }
  std::string failure(const std::string& operation, const std::string& parameters) {
    Answer answer = call(operation, parameters);
    return answer ? "no error: " + answer->dump() : answer.error().code;
  }
  Json group(const std::string& id) {
    return (*call("DescribeSecurityGroups", R"({"GroupIds":[")" + id + R"("]})"))["SecurityGroups"][0];
  }

  base::ManualClock clock_;
  std::unique_ptr<Cloud> cloud_;
};

constexpr const char* kHole =
    R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})";
constexpr const char* kHoleAsItWas =
    R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"6","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"hole"}]}]})";

TEST_F(SecurityGroups, RevokeTakesOneRangeAndLeavesItsNeighbours) {
  ASSERT_TRUE(call("RevokeSecurityGroupIngress", kHole));
  Json permissions = group("sg-web")["IpPermissions"];
  ASSERT_EQ(permissions.size(), 3u);
  EXPECT_EQ(permissions[1]["IpRanges"], Json::parse(R"([{"CidrIp":"10.0.0.0/8"}])"));
  EXPECT_FALSE(permissions[0].contains("FromPort"));  // all traffic has no ports
}

TEST_F(SecurityGroups, AuthorizeAfterRevokeGivesTheVeryStateBack) {
  State before = cloud_->state();
  ASSERT_TRUE(call("RevokeSecurityGroupIngress", kHole));
  EXPECT_EQ(changed(before, cloud_->state()).size(), 1u);
  ASSERT_TRUE(call("AuthorizeSecurityGroupIngress", kHoleAsItWas));
  EXPECT_EQ(cloud_->state().digest(), before.digest());
}

TEST_F(SecurityGroups, AFailedCallChangesNothing) {
  State before = cloud_->state();
  EXPECT_EQ(failure("RevokeSecurityGroupIngress",
                    R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,
                        "IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"192.0.2.0/24"}]}]})"),
            "InvalidPermission.NotFound");
  EXPECT_TRUE(changed(before, cloud_->state()).empty());
}

TEST_F(SecurityGroups, InADefaultVpcAnUnknownPermissionIsNamed) {
  Answer answer = call("RevokeSecurityGroupIngress",
                       R"({"GroupId":"sg-home","IpProtocol":"tcp","FromPort":1,"ToPort":2,"CidrIp":"10.0.0.0/8"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["UnknownIpPermissions"][0]["IpRanges"][0]["CidrIp"], "10.0.0.0/8");
}

TEST_F(SecurityGroups, RefusesAsEc2Does) {
  const std::pair<const char*, std::string> kCases[] = {
      {R"({"GroupId":"sg-none","IpPermissions":[]})", "InvalidGroup.NotFound"},
      {R"({"GroupId":"web","IpPermissions":[]})", "InvalidGroupId.Malformed"},
      {R"({"IpPermissions":[]})", "MissingParameter"},
      {R"({"GroupId":"sg-web"})", "MissingParameter"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22}]})", "MissingParameter"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":20,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":65536,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"10.0.0.0/33"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"::/0"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"smtp","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})",
       "InvalidParameterValue"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-gone"}]}]})",
       "InvalidGroup.NotFound"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.9.9.9/8"}]}]})",
       "InvalidPermission.Duplicate"},
      {R"({"GroupId":"sg-web","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"10.0.0.0/8"}]}]})",
       "InvalidParameterValue"}};
  for (const auto& [parameters, code] : kCases)
    EXPECT_EQ(failure("AuthorizeSecurityGroupIngress", parameters), code) << parameters;
}

TEST_F(SecurityGroups, RulesAreFoundChangedAndRevokedByTheirIds) {
  Json rules = (*call("DescribeSecurityGroupRules",
                      R"({"Filters":[{"Name":"group-id","Values":["sg-web"]}]})"))["SecurityGroupRules"];
  ASSERT_EQ(rules.size(), 4u);
  std::string hole;
  for (const Json& rule : rules) {
    if (rule.value("CidrIpv4", "") == "0.0.0.0/0") hole = rule["SecurityGroupRuleId"];
  }
  ASSERT_TRUE(
      call("ModifySecurityGroupRules",
           R"({"GroupId":"sg-web","SecurityGroupRules":[{"SecurityGroupRuleId":")" + hole +
               R"(","SecurityGroupRule":{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"CidrIpv4":"192.0.2.7/32"}}]})"));
  EXPECT_EQ(group("sg-web")["IpPermissions"][1]["IpRanges"].size(), 2u);
  ASSERT_TRUE(call("RevokeSecurityGroupIngress", R"({"GroupId":"sg-web","SecurityGroupRuleIds":[")" + hole + R"("]})"));
  EXPECT_EQ(failure("RevokeSecurityGroupIngress", R"({"GroupId":"sg-web","SecurityGroupRuleIds":[")" + hole + R"("]})"),
            "InvalidSecurityGroupRuleId.NotFound");
}

TEST_F(SecurityGroups, AGroupThatAnotherNamesCannotBeDeleted) {
  EXPECT_EQ(failure("DeleteSecurityGroup", R"({"GroupId":"sg-lb"})"), "DependencyViolation");
  ASSERT_TRUE(call("DeleteSecurityGroup", R"({"GroupId":"sg-web"})"));
  ASSERT_TRUE(call("DeleteSecurityGroup", R"({"GroupId":"sg-lb"})"));
}

TEST_F(SecurityGroups, ANewGroupLetsEverythingOutAndNothingIn) {
  Answer made = call("CreateSecurityGroup", R"({"GroupName":"fresh","Description":"d","VpcId":"vpc-1"})");
  ASSERT_TRUE(made);
  Json fresh = group((*made)["GroupId"]);
  EXPECT_TRUE(fresh["IpPermissions"].empty());
  EXPECT_EQ(fresh["IpPermissionsEgress"][0]["IpRanges"][0]["CidrIp"], "0.0.0.0/0");
  EXPECT_EQ(failure("CreateSecurityGroup", R"({"GroupName":"fresh","Description":"d","VpcId":"vpc-1"})"),
            "InvalidGroup.Duplicate");
}

TEST_F(SecurityGroups, PagesFiltersAndTags) {
  ASSERT_TRUE(
      call("CreateTags", R"({"Resources":["sg-web","sg-lb"],"Tags":[{"Key":"Owner","Value":"a@example.com"}]})"));
  Answer tagged =
      call("DescribeSecurityGroups",
           R"({"Filters":[{"Name":"tag:Owner","Values":["a@*"]},{"Name":"ip-permission.from-port","Values":["22"]}]})");
  ASSERT_EQ((*tagged)["SecurityGroups"].size(), 1u);
  EXPECT_EQ((*tagged)["SecurityGroups"][0]["GroupId"], "sg-web");
  EXPECT_EQ(failure("DescribeSecurityGroups", R"({"Filters":[{"Name":"colour","Values":["red"]}]})"),
            "InvalidParameterValue");
  EXPECT_EQ(failure("DescribeSecurityGroups", R"({"MaxResults":2})"), "InvalidParameterValue");
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(call("CreateSecurityGroup",
                     R"({"GroupName":"g)" + std::to_string(i) + R"(","Description":"d","VpcId":"vpc-1"})"));
  }
  Answer first = call("DescribeSecurityGroups", R"({"MaxResults":5})");
  ASSERT_EQ((*first)["SecurityGroups"].size(), 5u);
  Answer second = call("DescribeSecurityGroups",
                       R"({"MaxResults":10,"NextToken":")" + (*first)["NextToken"].get<std::string>() + R"("})");
  EXPECT_EQ((*second)["SecurityGroups"].size(), 7u);
  EXPECT_FALSE(second->contains("NextToken"));
}

TEST_F(SecurityGroups, FaultsStrikeAsOftenAsTold) {
  cloud_->faults().add(*parse_fault("ec2:RevokeSecurityGroupIngress=throttle*2"));
  EXPECT_EQ(failure("RevokeSecurityGroupIngress", kHole), "RequestLimitExceeded");
  EXPECT_EQ(failure("RevokeSecurityGroupIngress", kHole), "RequestLimitExceeded");
  cloud_->faults().add(*parse_fault("ec2:*=no-op"));
  State before = cloud_->state();
  EXPECT_TRUE(call("RevokeSecurityGroupIngress", kHole));
  EXPECT_TRUE(changed(before, cloud_->state()).empty());
  EXPECT_TRUE(call("RevokeSecurityGroupIngress", kHole));
  cloud_->faults().add(*parse_fault("ec2:DescribeSecurityGroups=stale-read"));
  EXPECT_EQ(group("sg-web")["IpPermissions"][1]["IpRanges"].size(), 2u);
  EXPECT_EQ(group("sg-web")["IpPermissions"][1]["IpRanges"].size(), 1u);
}

TEST_F(SecurityGroups, WhatIsNotModelledIsRefusedAndRemembered) {
  EXPECT_EQ(failure("RunScheduledInstances", "{}"), "InvalidAction");
  EXPECT_EQ(cloud_->unmodelled(), std::vector<std::string>{"ec2:RunScheduledInstances"});
  EXPECT_TRUE(cloud_->fork()->unmodelled().empty());
}

TEST_F(SecurityGroups, ADryRunTellsAndDoesNot) {
  State before = cloud_->state();
  EXPECT_EQ(failure("DeleteSecurityGroup", R"({"GroupId":"sg-web","DryRun":true})"), "DryRunOperation");
  EXPECT_TRUE(changed(before, cloud_->state()).empty());
}

TEST(Seed, TheDemoAccountLoads) {
  base::Diagnostics diagnostics;
  auto text = base::read_file(SETPOINT_SOURCE_DIR "/content/demo/account.yaml");
  ASSERT_TRUE(text);
  auto seed = parse_seed({"account.yaml", *text}, diagnostics);
  ASSERT_TRUE(seed) << diagnostics.render();
  EXPECT_EQ(seed->default_account, "111122223333");
  EXPECT_NE(seed->state.find({"111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-0f0000000000000a1"}),
            nullptr);
}

TEST(Seed, AMemberOfAnotherKindIsNamedWithItsPlace) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(
      parse_seed({"s.yaml",
                  "accounts:\n  \"111122223333\":\n    eu-west-1:\n      AWS::RDS::DBInstance:\n"
                  "        - {DBInstanceIdentifier: a, DeletionProtection: \"yes\"}\n"
                  "        - {DBInstanceIdentifier: b, VpcSecurityGroups: none}\n"
                  "        - {DBInstanceIdentifier: c, Tags: null, MultiAZ: \"true\", AllocatedStorage: \"7\"}\n"},
                 diagnostics));
  ASSERT_EQ(diagnostics.items().size(), 2u) << diagnostics.render();
  EXPECT_EQ(diagnostics.items()[0].at.line, 5);
  EXPECT_EQ(diagnostics.items()[0].what, "DeletionProtection of a AWS::RDS::DBInstance is true or false, not text");
  EXPECT_EQ(diagnostics.items()[1].at.line, 6);
  EXPECT_EQ(diagnostics.items()[1].what, "VpcSecurityGroups of a AWS::RDS::DBInstance is a list, not text");
}

TEST(Seed, MistakesAreNamedWithPlaceAndRemedy) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(parse_seed({"s.yaml",
                           "accounts:\n  \"1\": {}\n  \"111122223333\":\n    eu-west-1:\n      AWS::EC2::Vpc: []\n     "
                           " AWS::EC2::SecurityGroup:\n        - {GroupName: x}\n"},
                          diagnostics));
  ASSERT_EQ(diagnostics.items().size(), 3u) << diagnostics.render();
  EXPECT_EQ(diagnostics.items()[0].at.line, 2);
  EXPECT_NE(diagnostics.items()[1].hint.find("AWS::EC2::VPC"), std::string::npos);
  EXPECT_NE(diagnostics.items()[2].what.find("GroupId"), std::string::npos);
}

}  // namespace
}  // namespace setpoint::twin
