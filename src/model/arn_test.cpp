#include "model/arn.h"

#include <gtest/gtest.h>

namespace setpoint::model {
namespace {

std::string key(std::string_view arn) {
  auto found = key_of_arn(arn);
  return found ? found->text() : "none";
}

TEST(Arn, KeysHaveTheIdThatAwsConfigUses) {
  EXPECT_EQ(key("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"),
            "aws/111122223333/eu-west-1/AWS::EC2::SecurityGroup/sg-1");
  EXPECT_EQ(key("arn:aws:s3:::logs-bucket"), "aws//global/AWS::S3::Bucket/logs-bucket");
  EXPECT_EQ(key("arn:aws:s3:::logs-bucket/some/key"), "aws//global/AWS::S3::Bucket/logs-bucket");
  EXPECT_EQ(key("arn:aws:iam::111122223333:user/division/ann"), "aws/111122223333/global/AWS::IAM::User/ann");
  EXPECT_EQ(key("arn:aws:rds:eu-west-1:111122223333:snapshot:rds:nightly"),
            "aws/111122223333/eu-west-1/AWS::RDS::DBSnapshot/rds:nightly");
  EXPECT_EQ(key("arn:aws:lambda:us-east-1:111122223333:function:resize:prod"),
            "aws/111122223333/us-east-1/AWS::Lambda::Function/resize");
  EXPECT_EQ(key("arn:aws:sns:us-east-1:111122223333:alerts"),
            "aws/111122223333/us-east-1/AWS::SNS::Topic/arn:aws:sns:us-east-1:111122223333:alerts");
  EXPECT_EQ(key("AWS::::Account:111122223333"), "aws/111122223333/global/AWS::::Account/111122223333");
}

TEST(Arn, LoadBalancersOfBothGenerationsAreToldApart) {
  EXPECT_EQ(key_of_arn("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/classic")->type,
            "AWS::ElasticLoadBalancing::LoadBalancer");
  EXPECT_EQ(key_of_arn("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1f")->type,
            "AWS::ElasticLoadBalancingV2::LoadBalancer");
}

TEST(Arn, WhatIsNoArnIsRefused) {
  for (const char* text : {"", "sg-1", "arn:aws:ec2", "arn:aws:ec2:eu-west-1:111122223333:", "nra:aws:ec2:r:a:x/y"}) {
    EXPECT_EQ(key(text), "none") << text;
  }
}

TEST(Arn, UnlistedTypesKeepTheArnsWords) {
  EXPECT_EQ(key("arn:aws:xray:us-east-1:111122223333:group/web"), "aws/111122223333/us-east-1/AWS::xray::group/web");
}

TEST(AsffType, GoesBothWays) {
  for (const char* type :
       {"AWS::EC2::SecurityGroup", "AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::IAM::User", "AWS::::Account",
        "AWS::DynamoDB::Table", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::VPC"}) {
    EXPECT_EQ(type_of_asff(asff_of_type(type)), type);
  }
  EXPECT_EQ(type_of_asff("AwsEc2SecurityGroup"), "AWS::EC2::SecurityGroup");
  EXPECT_EQ(type_of_asff("Other"), "");
  EXPECT_EQ(asff_of_type("Microsoft.Compute/disks"), "Other");
}

TEST(ResourceKey, AzureTypesSurviveTheRoundTrip) {
  ResourceKey original{"azure", "sub-1", "westeurope", "Microsoft.Insights/components", "/subscriptions/sub-1/x"};
  EXPECT_EQ(original.text(), "azure/sub-1/westeurope/Microsoft.Insights%2Fcomponents//subscriptions/sub-1/x");
  auto parsed = parse_resource_key(original.text());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, original);
}

TEST(Resource, StateDigestIsOfTheCanonicalState) {
  Resource resource;
  resource.tags = {{"b", "2"}, {"a", "\"1\""}};
  resource.item = {{"configuration", {{"z", 1}, {"a", nullptr}}}, {"configurationItemCaptureTime", "now"}};
  base::Json state = {{"configuration", resource.item["configuration"]},
                      {"supplementaryConfiguration", nullptr},
                      {"tags", resource.tags}};
  EXPECT_EQ(resource.state_digest(), base::digest_of(state));
  base::Digest before = resource.state_digest();
  resource.item["configurationItemCaptureTime"] = "later";
  EXPECT_EQ(resource.state_digest(), before);
}

}  // namespace
}  // namespace setpoint::model
