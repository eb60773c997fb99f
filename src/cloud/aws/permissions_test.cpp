#include "cloud/aws/permissions.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {
namespace {

std::string needed(std::string service, std::string operation, const char* parameters,
                   std::string region = "eu-west-1") {
  static std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  model::ApiCall call;
  call.account = "111122223333";
  call.region = std::move(region);
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.parameters = base::Json::parse(parameters);
  auto permissions = required_permissions(*catalog, call);
  if (!permissions) return permissions.error().text();
  std::string text;
  for (const model::Permission& p : *permissions) text += (text.empty() ? "" : " ") + p.action + "@" + p.resource;
  return text;
}

TEST(Permissions, NameActionAndResource) {
  EXPECT_EQ(needed("ec2", "RevokeSecurityGroupIngress", R"({"GroupId":"sg-1"})"),
            "ec2:RevokeSecurityGroupIngress@arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1");
  EXPECT_EQ(needed("ec2", "DescribeSecurityGroups", R"({"GroupIds":["sg-1"]})"), "ec2:DescribeSecurityGroups@*");
  EXPECT_EQ(needed("ec2", "ModifySnapshotAttribute", R"({"SnapshotId":"snap-1"})"),
            "ec2:ModifySnapshotAttribute@arn:aws:ec2:eu-west-1::snapshot/snap-1");
  EXPECT_EQ(needed("cloudwatch", "PutMetricAlarm", R"({"AlarmName":"a"})"),
            "cloudwatch:PutMetricAlarm@arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a");
  EXPECT_EQ(needed("ssm", "PutParameter", R"({"Name":"/a/b"})"),
            "ssm:PutParameter@arn:aws:ssm:eu-west-1:111122223333:parameter/a/b");
  EXPECT_EQ(needed("sqs", "SetQueueAttributes", R"({"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/q"})"),
            "sqs:SetQueueAttributes@arn:aws:sqs:eu-west-1:111122223333:q");
  EXPECT_EQ(needed("elbv2", "DescribeLoadBalancers", "{}"), "elasticloadbalancing:DescribeLoadBalancers@*");
}

TEST(Permissions, KnowTheNamesOfS3) {
  EXPECT_EQ(needed("s3", "ListObjectsV2", R"({"Bucket":"b"})"), "s3:ListBucket@arn:aws:s3:::b");
  EXPECT_EQ(needed("s3", "PutBucketEncryption", R"({"Bucket":"b"})", "cn-north-1"),
            "s3:PutEncryptionConfiguration@arn:aws-cn:s3:::b");
  EXPECT_EQ(needed("s3", "GetObject", R"({"Bucket":"b","Key":"x/y"})"), "s3:GetObject@arn:aws:s3:::b/x/y");
  EXPECT_EQ(needed("s3", "CopyObject", R"({"Bucket":"b","Key":"k","CopySource":"c/d"})"),
            "s3:GetObject@arn:aws:s3:::c/d s3:PutObject@arn:aws:s3:::b/k");
  EXPECT_EQ(needed("s3control", "PutPublicAccessBlock", R"({"AccountId":"111122223333"})"),
            "s3:PutAccountPublicAccessBlock@*");
}

TEST(Permissions, AddPassRole) {
  EXPECT_EQ(needed("ec2", "CreateFlowLogs",
                   R"({"ResourceIds":["vpc-1"],"DeliverLogsPermissionArn":"arn:aws:iam::111122223333:role/logs"})"),
            "ec2:CreateFlowLogs@arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1 "
            "iam:PassRole@arn:aws:iam::111122223333:role/logs");
}

TEST(Permissions, RefuseWhatTheModelsDoNotHave) {
  EXPECT_NE(needed("ec2", "Explode", "{}").find("no operation"), std::string::npos);
}

}  // namespace
}  // namespace setpoint::cloud::aws
