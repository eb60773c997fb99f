// The table of ways back: for each kind of change, the calls that undo it. That they give the very state back is proven
// on the twin by the cases of our runbooks (setpoint runbook test).
#include "cloud/aws/inverse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/aws/config_item.h"
#include "cloud/aws/inverse_rows.h"

namespace setpoint::cloud::aws {
namespace {

using base::Json;
using model::Knowledge;
using model::Resource;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Resource item(std::string_view type, const char* api) {
  ItemContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  Resource out = to_configuration_item(type, Json::parse(api), context);
  out.key.type = std::string(type);
  if (out.key.id.empty()) out.key.id = "setting";
  return out;
}

Resource gone(Resource resource) {
  resource.knowledge = Knowledge::deleted;
  resource.item = Json::object();
  return resource;
}

// "s3:PutBucketPolicy {canonical parameters}"
std::vector<std::string> undo(const Resource& after, const Resource& before) {
  auto calls = restoring_calls(after, before);
  if (!calls) return {"no way: " + calls.error().message};
  std::vector<std::string> out;
  for (const model::ApiCall& call : *calls)
    out.push_back(call.service + ":" + call.operation + " " + base::canonical(call.parameters));
  return out;
}

std::vector<std::string> undo(std::string_view type, const char* after, const char* before) {
  return undo(item(type, after), item(type, before));
}

TEST(Inverse, PutsASettingBackOrTakesItAway) {
  const char* type = "AWS::S3::Bucket";
  EXPECT_THAT(undo(type, R"({"Name":"b","Policy":"{}"})", R"({"Name":"b"})"),
              ElementsAre(R"(s3:DeleteBucketPolicy {"Bucket":"b"})"));
  EXPECT_THAT(undo(type, R"({"Name":"b"})", R"({"Name":"b","Policy":"{}"})"),
              ElementsAre(R"(s3:PutBucketPolicy {"Bucket":"b","Policy":"{}"})"));
  EXPECT_THAT(undo(type, R"({"Name":"b","Logging":{"LoggingEnabled":{"TargetBucket":"l","TargetPrefix":""}}})",
                   R"({"Name":"b"})"),
              ElementsAre(R"(s3:PutBucketLogging {"Bucket":"b","BucketLoggingStatus":{}})"));
}

TEST(Inverse, SaysWhyThereIsNone) {
  EXPECT_THAT(undo("AWS::S3::Bucket", R"({"Name":"b","Versioning":{"Status":"Enabled"}})", R"({"Name":"b"})"),
              ElementsAre(HasSubstr("never switched off again")));
  EXPECT_THAT(undo("AWS::KMS::Key", R"({"KeyId":"k","KeyState":"Disabled"})",
                   R"({"KeyId":"k","KeyState":"PendingDeletion","DeletionDate":"2026-02-01"})"),
              ElementsAre(HasSubstr("runs from today")));
  EXPECT_THAT(
      undo("AWS::Lambda::Function", R"({"FunctionName":"f","Runtime":"a"})", R"({"FunctionName":"f","Runtime":"b"})"),
      ElementsAre(HasSubstr("'Runtime'")));
  EXPECT_THAT(undo(item("AWS::S3::Bucket", R"({"Name":"b"})"), gone(item("AWS::S3::Bucket", R"({"Name":"b"})"))),
              ElementsAre(HasSubstr("take AWS::S3::Bucket away again")));
}

TEST(Inverse, DoesNotGuessAStateThatWasNotRead) {
  Resource unknown = item("AWS::S3::Bucket", R"({"Name":"b"})");
  unknown.knowledge = Knowledge::unknown;
  EXPECT_THAT(undo(unknown, item("AWS::S3::Bucket", R"({"Name":"b"})")), ElementsAre(HasSubstr("not known for sure")));
}

TEST(Inverse, TogglesBothWays) {
  const char* type = "AWS::KMS::Key";
  EXPECT_THAT(undo(type, R"({"KeyId":"k","KeyRotationEnabled":true})", R"({"KeyId":"k","KeyRotationEnabled":false})"),
              ElementsAre(R"(kms:DisableKeyRotation {"KeyId":"k"})"));
  EXPECT_THAT(undo(type, R"({"KeyId":"k","KeyRotationEnabled":false})", R"({"KeyId":"k","KeyRotationEnabled":true})"),
              ElementsAre(R"(kms:EnableKeyRotation {"KeyId":"k"})"));
}

TEST(Inverse, JoinsRowsOfOneOperation) {
  EXPECT_THAT(
      undo("AWS::RDS::DBInstance",
           R"({"DBInstanceIdentifier":"d","DbiResourceId":"db-1","DeletionProtection":true,"MultiAZ":true})",
           R"({"DBInstanceIdentifier":"d","DbiResourceId":"db-1","DeletionProtection":false,"MultiAZ":false})"),
      ElementsAre(
          R"(rds:ModifyDBInstance {"ApplyImmediately":true,"DBInstanceIdentifier":"d","DeletionProtection":false,"MultiAZ":false})"));
}

TEST(Inverse, TakesAwayWhatCameAndBringsBackSettings) {
  Resource log = item("AWS::EC2::FlowLog", R"({"FlowLogId":"fl-1"})");
  log.key.id = "fl-1";
  EXPECT_THAT(undo(log, gone(log)), ElementsAre(R"(ec2:DeleteFlowLogs {"FlowLogIds":["fl-1"]})"));
  EXPECT_THAT(undo(gone(log), log), ElementsAre(HasSubstr("another id")));
  Resource policy = item("AWS::IAM::AccountPasswordPolicy", R"({"MinimumPasswordLength":8,"RequireSymbols":true})");
  EXPECT_THAT(undo(policy, gone(policy)), ElementsAre("iam:DeleteAccountPasswordPolicy {}"));
  EXPECT_THAT(undo(gone(policy), policy),
              ElementsAre(R"(iam:UpdateAccountPasswordPolicy {"MinimumPasswordLength":8,"RequireSymbols":true})"));
}

TEST(Inverse, GivesARegionItsDefaultsBack) {
  const char* type = "AWS::EC2::RegionSettings";
  const char* never_set = R"({"KmsKeyId":"alias/aws/ebs","ImageBlockPublicAccess":"unblocked"})";
  const char* set = R"({"KmsKeyId":"alias/own","ImageBlockPublicAccess":"block-new-sharing"})";
  EXPECT_THAT(undo(type, set, never_set),
              ElementsAre("ec2:ResetEbsDefaultKmsKeyId {}", "ec2:DisableImageBlockPublicAccess {}"));
  EXPECT_THAT(undo(type, never_set, set),
              ElementsAre(R"(ec2:ModifyEbsDefaultKmsKeyId {"KmsKeyId":"alias/own"})",
                          R"(ec2:EnableImageBlockPublicAccess {"ImageBlockPublicAccessState":"block-new-sharing"})"));
}

TEST(Inverse, AttachesAndDetachesPolicies) {
  const char* with =
      R"({"UserName":"u","UserId":"AIDA1","AttachedManagedPolicies":[{"PolicyName":"P","PolicyArn":"arn:p"}],
                         "UserPolicyList":[{"PolicyName":"i","PolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%7D"}]})";
  const char* without = R"({"UserName":"u","UserId":"AIDA1","AttachedManagedPolicies":[],"UserPolicyList":[]})";
  EXPECT_THAT(
      undo("AWS::IAM::User", without, with),
      ElementsAre(
          R"(iam:AttachUserPolicy {"PolicyArn":"arn:p","UserName":"u"})",
          R"(iam:PutUserPolicy {"PolicyDocument":"{\"Version\":\"2012-10-17\"}","PolicyName":"i","UserName":"u"})"));
  EXPECT_THAT(undo("AWS::IAM::User", with, without),
              ElementsAre(R"(iam:DetachUserPolicy {"PolicyArn":"arn:p","UserName":"u"})",
                          R"(iam:DeleteUserPolicy {"PolicyName":"i","UserName":"u"})"));
}

TEST(Inverse, WritesAFunctionsStatementsAgain) {
  const char* statement =
      R"({"FunctionName":"f","Policy":"{\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\",\"Condition\":{\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::b\"}}}]}"})";
  EXPECT_THAT(
      undo("AWS::Lambda::Function", R"({"FunctionName":"f"})", statement),
      ElementsAre(
          R"(lambda:AddPermission {"Action":"lambda:InvokeFunction","FunctionName":"f","Principal":"s3.amazonaws.com","SourceArn":"arn:aws:s3:::b","StatementId":"s"})"));
  EXPECT_THAT(undo("AWS::Lambda::Function", statement, R"({"FunctionName":"f"})"),
              ElementsAre(R"(lambda:RemovePermission {"FunctionName":"f","StatementId":"s"})"));
  const char* strange =
      R"({"FunctionName":"f","Policy":"{\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}}]}"})";
  EXPECT_THAT(undo("AWS::Lambda::Function", R"({"FunctionName":"f"})", strange),
              ElementsAre(HasSubstr("cannot be written by AddPermission")));
}

TEST(Inverse, ClearsAnAttributeThatWasNotSet) {
  EXPECT_THAT(
      undo("AWS::SNS::Topic", R"({"TopicArn":"arn:t","Attributes":{"KmsMasterKeyId":"k","DisplayName":"d"}})",
           R"({"TopicArn":"arn:t","Attributes":{"DisplayName":"d"}})"),
      ElementsAre(
          R"(sns:SetTopicAttributes {"AttributeName":"KmsMasterKeyId","AttributeValue":"","TopicArn":"arn:t"})"));
}

TEST(Inverse, EqualStatesNeedNothing) {
  EXPECT_THAT(undo("AWS::S3::Bucket", R"({"Name":"b"})", R"({"Name":"b"})"), IsEmpty());
}

// A pattern that does not parse would be found only when somebody needs the undo.
TEST(InverseRows, HaveParametersThatParse) {
  for (const InverseRow& row : inverse_rows()) {
    for (const char* parameters : {row.set_parameters, row.clear_parameters}) {
      if (parameters == nullptr) continue;
      EXPECT_TRUE(Json::accept(parameters)) << row.type << " " << row.members << ": " << parameters;
    }
    bool leads_somewhere = row.build || !row.set.empty() || !row.clear.empty() || !row.because.empty();
    EXPECT_TRUE(leads_somewhere) << row.type << " " << row.members;
    EXPECT_TRUE(row.set.empty() || row.set_parameters != nullptr) << row.type << " " << row.members;
  }
}

}  // namespace
}  // namespace setpoint::cloud::aws
