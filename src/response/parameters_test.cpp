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
  base::Result<Json> bind(const Json& with) { return bind_remediation(with, {resource_, evidence_, parameters_}); }

  model::Resource resource_;
  std::vector<model::Evidence> evidence_;
  Json parameters_ = {{"port", 22}};
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

TEST_F(RemediationBinding, ValuesFromTheCloudAreNotExpandedAgain) {
  resource_.tags["Owner"] = "{{resource.id}}";
  EXPECT_EQ((*bind({{"X", "{{resource.tags.Owner}}"}}))["X"], "{{resource.id}}");
}

}  // namespace
}  // namespace setpoint::response
