#include "response/parameters.h"

#include <gtest/gtest.h>

namespace setpoint::response {
namespace {

using base::Json;

class RemediationBinding : public testing::Test {
 protected:
  RemediationBinding() {
    resource_.key = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
    resource_.tags = {{"Owner", "anna@example.org"}};
    resource_.item = Json::parse(R"({"configuration": {"vpcId": "vpc-1", "ipPermissions": [
      {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}, {"cidrIp": "10.0.0.0/8"}]}]}})");
    evidence_.resize(1);
    evidence_[0].path = "/configuration/ipPermissions/0/ipv4Ranges/0/cidrIp";
  }
  base::Result<Json> bind(const Json& with) {
    return bind_remediation(with, {resource_, evidence_, parameters_, event_, now_});
  }

  model::Resource resource_;
  std::vector<model::Evidence> evidence_;
  Json parameters_ = {{"port", 22}};
  Json event_;
  base::Timestamp now_;
};

TEST_F(RemediationBinding, WholeValuesKeepTheirTypeAndEmbeddedOnesBecomeText) {
  auto bound = bind({{"GroupId", "{{resource.id}}"},
                     {"Ports", {"{{ parameters.port }}"}},
                     {"Note", "port {{parameters.port}} of {{resource.tags.Owner}}"},
                     {"IpPermissions", "{{evidence.IpPermissions}}"}});
  ASSERT_TRUE(bound) << bound.error().text();
  EXPECT_EQ(
      base::canonical(*bound),
      R"({"GroupId":"sg-1","IpPermissions":[{"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"ToPort":22}],)"
      R"("Note":"port 22 of anna@example.org","Ports":[22]})");
}

TEST_F(RemediationBinding, AReferenceToNothingIsAnError) {
  EXPECT_EQ(bind({{"X", "{{resource.nothing}}"}}).error().code, base::ErrorCode::invalid_input);
  EXPECT_FALSE(bind({{"X", "{{evidence.Other}}"}}));
  EXPECT_FALSE(bind({{"X", {"a {{parameters.none}}"}}}));
}

TEST_F(RemediationBinding, ValuesThatAreNoTextStayAsTheyAre) {
  Json with = {{"Days", 30}, {"Force", false}, {"None", nullptr}, {"List", {1, true}}, {"Map", {{"a", 1.5}}}};
  EXPECT_EQ(*bind(with), with);
}

TEST_F(RemediationBinding, AnEventAndTheTimeCanBeAskedFor) {
  event_ = Json::parse(R"({"detail": {"resource": {"accessKeyDetails": {"userName": "ada", "count": 3}}}})");
  now_ = base::parse_iso8601("2026-11-22T02:48:55.123Z").value();
  EXPECT_EQ((*bind({{"X", "{{event.detail.resource.accessKeyDetails.userName}}"}}))["X"], "ada");
  EXPECT_EQ((*bind({{"X", "{{event.detail.resource.accessKeyDetails.count}}"}}))["X"], 3);
  EXPECT_EQ((*bind({{"X", "{{now}}"}}))["X"], "2026-11-22T02:48:55Z");
  EXPECT_EQ((*bind({{"X", "until {{ now+4h }}"}}))["X"], "until 2026-11-22T06:48:55Z");
  for (const char* bad : {"{{now+}}", "{{now+soon}}", "{{now-4h}}", "{{nowhere}}", "{{event.detail.none}}"})
    EXPECT_FALSE(bind({{"X", bad}})) << bad;
}

TEST_F(RemediationBinding, ValuesFromTheCloudAreNotExpandedAgain) {
  resource_.tags["Owner"] = "{{resource.id}}";
  EXPECT_EQ((*bind({{"X", "{{resource.tags.Owner}}"}}))["X"], "{{resource.id}}");
}

}  // namespace
}  // namespace setpoint::response
