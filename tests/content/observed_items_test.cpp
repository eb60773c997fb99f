// What the Observer renders must be what the rules read: an API's answer, rendered as a configuration item, is judged
// by every control of its type. A control that stays UNKNOWN on it looks for a name that the item does not have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/aws/config_item.h"
#include "standards/standards.h"

namespace setpoint {
namespace {

using base::Json;
using model::Verdict;
using standards::Standards;
using ::testing::UnorderedElementsAre;

const Standards& library() {
  static const Standards loaded = [] {
    base::Diagnostics diagnostics;
    return Standards::load(std::string(SETPOINT_SOURCE_DIR) + "/content/standards", diagnostics);
  }();
  return loaded;
}

std::map<std::string, Verdict> judged(std::string_view type, const char* api_object) {
  cloud::aws::ItemContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  auto resource = cloud::aws::to_configuration_item(type, Json::parse(api_object), context);
  std::map<std::string, Verdict> out;
  for (const standards::Judged& one : library().judge(resource)) out[one.control->id] = one.judgement.verdict;
  return out;
}

std::vector<std::string> having(const std::map<std::string, Verdict>& all, Verdict verdict) {
  std::vector<std::string> out;
  for (const auto& [control, given] : all) {
    if (given == verdict) out.push_back(control);
  }
  return out;
}

TEST(ObservedItems, ABucketThatIsSetUpWell) {
  auto all = judged("AWS::S3::Bucket", R"json({"Name": "orchard", "CreationDate": "2025-05-19T11:02:44Z",
    "Policy": "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}]}",
    "Acl": {"Owner": {"ID": "75aa"}, "Grants": [{"Grantee": {"ID": "75aa", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]},
    "PublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true}},
    "Encryption": {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}]}},
    "Versioning": {"Status": "Enabled", "MFADelete": "Enabled"},
    "Logging": {"LoggingEnabled": {"TargetBucket": "orchard-logs", "TargetPrefix": ""}},
    "Lifecycle": {"Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 400}}]},
    "ObjectLock": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}})json");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre());
  EXPECT_GE(having(all, Verdict::compliant).size(), 12u);
}

TEST(ObservedItems, ABucketThatIsNot) {
  auto all = judged("AWS::S3::Bucket", R"json({"Name": "orchard",
    "Policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"*\"}]}",
    "Acl": {"Owner": {"ID": "75aa"}, "Grants": [{"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers", "Type": "Group"}, "Permission": "READ"}]},
    "Encryption": {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}},
    "Versioning": {}, "Logging": {}})json");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("S3.12", "S3.13", "S3.14", "S3.15", "S3.17",
                                                                        "S3.2", "S3.3", "S3.5", "S3.8", "S3.9"));
}

TEST(ObservedItems, TheAccountsBlock) {
  auto all = judged("AWS::S3::AccountPublicAccessBlock", R"({"AccountId": "111122223333", "BlockPublicAcls": true,
    "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": false})");
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("S3.1"));
}

TEST(ObservedItems, AUserOfGetAccountAuthorizationDetails) {
  auto all = judged("AWS::IAM::User", R"({"UserName": "deploy", "UserId": "AIDAEXAMPLE", "Path": "/",
    "Arn": "arn:aws:iam::111122223333:user/deploy", "GroupList": [],
    "UserPolicyList": [{"PolicyName": "all", "PolicyDocument":
      "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22kms%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"}],
    "AttachedManagedPolicies": []})");
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("IAM.2", "KMS.2"));
  // MFA devices and passwords take calls of their own, which the reading does not make yet.
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre("IAM.19", "IAM.5"));
}

TEST(ObservedItems, APolicyOfGetAccountAuthorizationDetails) {
  auto all = judged("AWS::IAM::Policy", R"({"PolicyName": "all", "PolicyId": "ANPAEXAMPLE",
    "Arn": "arn:aws:iam::111122223333:policy/all", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1",
      "IsDefaultVersion": true, "Document":
      "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}]})");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("IAM.1", "KMS.1"));
}

TEST(ObservedItems, AKeyWithoutRotation) {
  auto all = judged("AWS::KMS::Key", R"({"KeyId": "5d3f7a10", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/5d3f7a10",
    "KeyManager": "CUSTOMER", "Origin": "AWS_KMS", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeyState": "PendingDeletion",
    "Policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}",
    "KeyRotationEnabled": false})");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("KMS.3", "KMS.5"));
}

TEST(ObservedItems, ATrailOfOneRegion) {
  auto all =
      judged("AWS::CloudTrail::Trail", R"({"Name": "audit", "S3BucketName": "trails", "IsMultiRegionTrail": false,
    "TrailARN": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit", "LogFileValidationEnabled": false,
    "HasCustomEventSelectors": false, "IsLogging": true})");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant),
              UnorderedElementsAre("CloudTrail.1", "CloudTrail.2", "CloudTrail.4", "CloudTrail.5"));
}

TEST(ObservedItems, ADatabaseThatIsOpen) {
  auto all = judged("AWS::RDS::DBInstance",
                    R"({"DBInstanceIdentifier": "ledger", "DbiResourceId": "db-A", "Engine": "postgres",
    "DBInstanceArn": "arn:aws:rds:eu-west-1:111122223333:db:ledger", "MasterUsername": "postgres", "PubliclyAccessible": true,
    "StorageEncrypted": false, "DeletionProtection": false, "MultiAZ": false, "AutoMinorVersionUpgrade": false,
    "CopyTagsToSnapshot": false, "BackupRetentionPeriod": 0, "IAMDatabaseAuthenticationEnabled": false, "MonitoringInterval": 0,
    "Endpoint": {"Address": "x", "Port": 5432}})");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant),
              UnorderedElementsAre("RDS.10", "RDS.11", "RDS.13", "RDS.17", "RDS.2", "RDS.23", "RDS.25", "RDS.3",
                                   "RDS.36", "RDS.5", "RDS.6", "RDS.8", "RDS.9"));
}

TEST(ObservedItems, AMachineWithAPublicAddress) {
  auto all = judged("AWS::EC2::Instance", R"({"InstanceId": "i-1", "State": {"Code": 16, "Name": "running"},
    "VirtualizationType": "hvm", "PublicIpAddress": "203.0.113.4", "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"},
    "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]})");
  EXPECT_THAT(having(all, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(all, Verdict::non_compliant), UnorderedElementsAre("EC2.8", "EC2.9"));
}

TEST(ObservedItems, TheNetwork) {
  EXPECT_THAT(having(judged("AWS::EC2::Subnet", R"({"SubnetId": "subnet-1", "MapPublicIpOnLaunch": true})"),
                     Verdict::non_compliant),
              UnorderedElementsAre("EC2.15"));
  EXPECT_THAT(having(judged("AWS::EC2::Volume",
                            R"({"VolumeId": "vol-1", "Encrypted": false, "Attachments": [{"InstanceId": "i-1"}]})"),
                     Verdict::non_compliant),
              UnorderedElementsAre("EC2.3"));
  // Flow logs take a call of their own, which the reading does not make yet.
  EXPECT_THAT(having(judged("AWS::EC2::VPC", R"({"VpcId": "vpc-1"})"), Verdict::unknown),
              UnorderedElementsAre("EC2.6"));
}

TEST(ObservedItems, MessagesSecretsFunctionsAndLogs) {
  auto topic = judged(
      "AWS::SNS::Topic",
      R"json({"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Attributes": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t",
    "Policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"SNS:Publish\",\"Resource\":\"*\"}]}"}})json");
  EXPECT_THAT(having(topic, Verdict::non_compliant), UnorderedElementsAre("SNS.1", "SNS.4"));
  auto queue =
      judged("AWS::SQS::Queue", R"json({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "Attributes":
    {"QueueArn": "arn:aws:sqs:eu-west-1:111122223333:q", "SqsManagedSseEnabled": "false"}})json");
  EXPECT_THAT(having(queue, Verdict::non_compliant), UnorderedElementsAre("SQS.1"));
  EXPECT_THAT(having(queue, Verdict::unknown), UnorderedElementsAre());
  auto secret = judged("AWS::SecretsManager::Secret",
                       R"({"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-a1b2c3", "Name": "s"})");
  EXPECT_THAT(having(secret, Verdict::non_compliant), UnorderedElementsAre("SecretsManager.1"));
  EXPECT_THAT(having(secret, Verdict::unknown), UnorderedElementsAre());
  auto function = judged(
      "AWS::Lambda::Function",
      R"json({"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Runtime": "python2.7",
    "TracingConfig": {"Mode": "PassThrough"}, "Policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"*\"}]}"})json");
  EXPECT_THAT(having(function, Verdict::non_compliant),
              UnorderedElementsAre("Lambda.1", "Lambda.2", "Lambda.3", "Lambda.7"));
  auto group = judged(
      "AWS::Logs::LogGroup",
      R"({"logGroupName": "/g", "arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/g:*", "retentionInDays": 7})");
  EXPECT_THAT(having(group, Verdict::non_compliant), UnorderedElementsAre("CloudWatch.16", "SP.Logs.1"));
  auto alarm = judged("AWS::CloudWatch::Alarm", R"({"AlarmName": "a", "ActionsEnabled": false, "AlarmActions": []})");
  EXPECT_THAT(having(alarm, Verdict::non_compliant), UnorderedElementsAre("CloudWatch.15", "CloudWatch.17"));
}

TEST(ObservedItems, ClustersTablesWarehousesAndImages) {
  auto cluster = judged("AWS::RDS::DBCluster", R"({"DBClusterIdentifier": "orders", "DbClusterResourceId": "cluster-A",
    "DBClusterArn": "arn:aws:rds:eu-west-1:111122223333:cluster:orders", "Engine": "aurora-mysql", "MasterUsername": "admin",
    "StorageEncrypted": false, "DeletionProtection": false, "MultiAZ": false, "CopyTagsToSnapshot": false, "BackupRetentionPeriod": 1,
    "AutoMinorVersionUpgrade": false, "IAMDatabaseAuthenticationEnabled": false, "BacktrackWindow": 0})");
  EXPECT_THAT(having(cluster, Verdict::unknown), UnorderedElementsAre());
  EXPECT_THAT(having(cluster, Verdict::non_compliant),
              UnorderedElementsAre("RDS.12", "RDS.14", "RDS.15", "RDS.16", "RDS.24", "RDS.27", "RDS.34", "RDS.7"));
  auto table = judged("AWS::DynamoDB::Table",
                      R"({"TableName": "orders", "DeletionProtectionEnabled": false, "PointInTime": false})");
  EXPECT_THAT(having(table, Verdict::non_compliant), UnorderedElementsAre("DynamoDB.2", "DynamoDB.6"));
  auto warehouse = judged("AWS::Redshift::Cluster",
                          R"({"ClusterIdentifier": "reports", "PubliclyAccessible": true, "Encrypted": false,
    "AllowVersionUpgrade": false, "EnhancedVpcRouting": false, "MasterUsername": "awsuser", "AutomatedSnapshotRetentionPeriod": 1,
    "Logging": {"LoggingEnabled": false}})");
  EXPECT_THAT(having(warehouse, Verdict::non_compliant),
              UnorderedElementsAre("Redshift.1", "Redshift.10", "Redshift.3", "Redshift.4", "Redshift.6", "Redshift.7",
                                   "Redshift.8"));
  auto images =
      judged("AWS::ECR::Repository",
             R"({"repositoryName": "shop", "repositoryArn": "arn:aws:ecr:eu-west-1:111122223333:repository/shop",
    "imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": false}})");
  EXPECT_THAT(having(images, Verdict::non_compliant), UnorderedElementsAre("ECR.1", "ECR.2", "ECR.3"));
}

TEST(ObservedItems, SnapshotsAndGroups) {
  EXPECT_THAT(
      having(judged("AWS::EC2::Snapshot", R"({"SnapshotId": "snap-1", "CreateVolumePermissions": [{"Group": "all"}]})"),
             Verdict::non_compliant),
      UnorderedElementsAre("EC2.1"));
  EXPECT_THAT(having(judged("AWS::RDS::DBSnapshot",
                            R"({"DBSnapshotIdentifier": "s", "Encrypted": false, "Attributes": {"restore": ["all"]}})"),
                     Verdict::non_compliant),
              UnorderedElementsAre("RDS.1", "RDS.4"));
  EXPECT_THAT(
      having(judged("AWS::AutoScaling::AutoScalingGroup", R"({"AutoScalingGroupName": "web", "HealthCheckType": "EC2",
    "LoadBalancerNames": ["legacy"], "TargetGroupARNs": [], "AvailabilityZones": ["eu-west-1a"]})"),
             Verdict::non_compliant),
      UnorderedElementsAre("AutoScaling.1", "AutoScaling.2", "AutoScaling.6", "AutoScaling.9"));
}

TEST(ObservedItems, DocumentsRecordersAndDetectors) {
  EXPECT_THAT(having(judged("AWS::SSM::Document", R"({"Name": "d", "AccountIds": ["all"]})"), Verdict::non_compliant),
              UnorderedElementsAre("SSM.4"));
  EXPECT_THAT(having(judged("AWS::Config::ConfigurationRecorder",
                            R"({"name": "default", "recordingGroup": {"allSupported": false}, "Recording": false})"),
                     Verdict::non_compliant),
              UnorderedElementsAre("Config.1"));
  EXPECT_THAT(having(judged("AWS::GuardDuty::Detector", R"({"DetectorId": "12ab", "Status": "DISABLED"})"),
                     Verdict::non_compliant),
              UnorderedElementsAre("GuardDuty.1"));
}

}  // namespace
}  // namespace setpoint
