#include "cloud/aws/observed_types.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {

namespace {

using base::Json;

constexpr std::string_view kBucket = R"({"Bucket":"$Name"})";
constexpr ObservedPart kBucketParts[] = {
    {"GetBucketPolicy", kBucket, "Policy", "Policy", "NoSuchBucketPolicy"},
    {"GetBucketAcl", kBucket, "", "Acl", ""},
    {"GetPublicAccessBlock", kBucket, "", "PublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"},
    {"GetBucketEncryption", kBucket, "", "Encryption", "ServerSideEncryptionConfigurationNotFoundError"},
    {"GetBucketVersioning", kBucket, "", "Versioning", ""},
    {"GetBucketLogging", kBucket, "", "Logging", ""},
    {"GetBucketLifecycleConfiguration", kBucket, "", "Lifecycle", "NoSuchLifecycleConfiguration"},
    {"GetObjectLockConfiguration", kBucket, "", "ObjectLock", "ObjectLockConfigurationNotFoundError"},
    {"GetBucketOwnershipControls", kBucket, "", "OwnershipControls", "OwnershipControlsNotFoundError"},
    {"GetBucketTagging", kBucket, "TagSet", "Tags", "NoSuchTagSet"},
    {"GetBucketRequestPayment", kBucket, "", "RequestPayment", ""},
};
constexpr ObservedPart kKeyParts[] = {
    {"DescribeKey", R"({"KeyId":"$KeyId"})", "KeyMetadata", "", ""},
    {"GetKeyPolicy", R"({"KeyId":"$KeyId","PolicyName":"default"})", "Policy", "Policy", "NotFoundException"},
    {"GetKeyRotationStatus", R"({"KeyId":"$KeyId"})", "KeyRotationEnabled", "KeyRotationEnabled",
     "UnsupportedOperationException KMSInvalidStateException"},
    {"ListResourceTags", R"({"KeyId":"$KeyId"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kFunctionParts[] = {
    {"GetPolicy", R"({"FunctionName":"$FunctionName"})", "Policy", "Policy", "ResourceNotFoundException"},
    {"ListTags", R"({"Resource":"$FunctionArn"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kTopicParts[] = {
    {"GetTopicAttributes", R"({"TopicArn":"$TopicArn"})", "Attributes", "Attributes", ""},
    {"ListTagsForResource", R"({"ResourceArn":"$TopicArn"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kQueueParts[] = {
    {"GetQueueAttributes", R"({"QueueUrl":"$QueueUrl","AttributeNames":["All"]})", "Attributes", "Attributes", ""},
    {"ListQueueTags", R"({"QueueUrl":"$QueueUrl"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kDocumentParts[] = {
    {"DescribeDocumentPermission", R"({"Name":"$Name","PermissionType":"Share"})", "AccountIds", "AccountIds", ""},
};
constexpr ObservedPart kRecorderParts[] = {
    {"DescribeConfigurationRecorderStatus", R"({"ConfigurationRecorderNames":["$name"]})",
     "ConfigurationRecordersStatus[0].recording", "Recording", ""},
};
constexpr ObservedPart kDetectorParts[] = {
    {"GetDetector", R"({"DetectorId":"$DetectorId"})", "", "", ""},
};
constexpr ObservedPart kTrailParts[] = {
    {"GetTrailStatus", R"({"Name":"$TrailARN"})", "IsLogging", "IsLogging", ""},
};

constexpr std::string_view kAuthorization = "GetAccountAuthorizationDetails";

using Reach = ObservedType::Reach;

constexpr ObservedType kTypes[] = {
    {"AWS::EC2::SecurityGroup", "ec2", "DescribeSecurityGroups", R"({"MaxResults":1000})", "SecurityGroups", "",
     R"({"GroupIds":["$ID"]})", "InvalidGroup.NotFound InvalidGroupId.Malformed"},
    {"AWS::EC2::VPC", "ec2", "DescribeVpcs", "{}", "Vpcs", "", R"({"VpcIds":["$ID"]})", "InvalidVpcID.NotFound"},
    {"AWS::EC2::Subnet", "ec2", "DescribeSubnets", "{}", "Subnets", "", R"({"SubnetIds":["$ID"]})",
     "InvalidSubnetID.NotFound"},
    {"AWS::EC2::Instance", "ec2", "DescribeInstances", R"({"MaxResults":1000})", "Reservations[].Instances[]", "",
     R"({"InstanceIds":["$ID"]})", "InvalidInstanceID.NotFound"},
    {"AWS::EC2::Volume", "ec2", "DescribeVolumes", R"({"MaxResults":500})", "Volumes", "", R"({"VolumeIds":["$ID"]})",
     "InvalidVolume.NotFound"},
    {"AWS::S3::Bucket", "s3", "ListBuckets", "{}", "Buckets", "", "", "NoSuchBucket", Reach::buckets, kBucketParts},
    {"AWS::S3::AccountPublicAccessBlock", "s3control", "GetPublicAccessBlock", R"({"AccountId":"$ACCOUNT"})",
     "[PublicAccessBlockConfiguration]", "", R"({"AccountId":"$ACCOUNT"})", "", Reach::global},
    {"AWS::IAM::User", "iam", kAuthorization, R"({"Filter":["User"]})", "UserDetailList", "", "", "", Reach::global},
    {"AWS::IAM::Role", "iam", kAuthorization, R"({"Filter":["Role"]})", "RoleDetailList", "", "", "", Reach::global},
    {"AWS::IAM::Group", "iam", kAuthorization, R"({"Filter":["Group"]})", "GroupDetailList", "", "", "", Reach::global},
    {"AWS::IAM::Policy", "iam", kAuthorization, R"({"Filter":["LocalManagedPolicy"]})", "Policies", "", "", "",
     Reach::global},
    {"AWS::KMS::Key", "kms", "ListKeys", "{}", "Keys", "", "", "NotFoundException", Reach::regional, kKeyParts},
    {"AWS::CloudTrail::Trail", "cloudtrail", "DescribeTrails", R"({"includeShadowTrails":false})", "trailList", "",
     R"({"trailNameList":["$ID"],"includeShadowTrails":false})", "TrailNotFoundException", Reach::regional,
     kTrailParts},
    {"AWS::CloudWatch::Alarm", "cloudwatch", "DescribeAlarms", R"({"AlarmTypes":["MetricAlarm"]})", "MetricAlarms", "",
     R"({"AlarmNames":["$ID"]})", ""},
    {"AWS::Logs::LogGroup", "logs", "DescribeLogGroups", "{}", "logGroups", "", R"({"logGroupNamePrefix":"$ID"})",
     "ResourceNotFoundException"},
    {"AWS::Lambda::Function", "lambda", "ListFunctions", "{}", "Functions", "", "", "ResourceNotFoundException",
     Reach::regional, kFunctionParts},
    {"AWS::RDS::DBInstance", "rds", "DescribeDBInstances", "{}", "DBInstances", "", "", "DBInstanceNotFound"},
    {"AWS::SNS::Topic", "sns", "ListTopics", "{}", "Topics", "", "", "NotFound", Reach::regional, kTopicParts},
    {"AWS::SQS::Queue", "sqs", "ListQueues", R"({"MaxResults":1000})", "QueueUrls", "QueueUrl", "",
     "AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist", Reach::regional, kQueueParts},
    {"AWS::SSM::Document", "ssm", "ListDocuments", R"({"Filters":[{"Key":"Owner","Values":["Self"]}]})",
     "DocumentIdentifiers", "", "", "InvalidDocument", Reach::regional, kDocumentParts},
    {"AWS::SecretsManager::Secret", "secretsmanager", "ListSecrets", "{}", "SecretList", "", "",
     "ResourceNotFoundException"},
    {"AWS::Config::ConfigurationRecorder", "config", "DescribeConfigurationRecorders", "{}", "ConfigurationRecorders",
     "", "", "NoSuchConfigurationRecorderException", Reach::regional, kRecorderParts},
    {"AWS::GuardDuty::Detector", "guardduty", "ListDetectors", "{}", "DetectorIds", "DetectorId", "",
     "BadRequestException", Reach::regional, kDetectorParts},
};

std::string resolved(const std::string& text, const Json& object, std::string_view account, std::string_view id) {
  if (!text.starts_with('$')) return text;
  if (text == "$ACCOUNT") return std::string(account);
  if (text == "$ID") return std::string(id);
  return base::string_member(object, text.substr(1));
}

void fill(Json& value, const Json& object, std::string_view account, std::string_view id) {
  if (value.is_string()) value = resolved(value.get<std::string>(), object, account, id);
  if (!value.is_structured()) return;
  for (Json& item : value) fill(item, object, account, id);
}

}  // namespace

std::span<const ObservedType> observed_types() { return kTypes; }

const ObservedType* find_observed_type(std::string_view type) {
  auto found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const ObservedType& row) { return row.type == type; });
  return found == std::end(kTypes) ? nullptr : &*found;
}

Json fill_parameters(std::string_view pattern, const Json& object, std::string_view account, std::string_view id) {
  Json parameters = *base::parse_json(pattern);
  fill(parameters, object, account, id);
  return parameters;
}

bool lists_code(std::string_view codes, std::string_view code) {
  if (code.empty()) return false;
  while (!codes.empty()) {
    const std::string_view one = codes.substr(0, codes.find(' '));
    if (one == code) return true;
    codes.remove_prefix(std::min(codes.size(), one.size() + 1));
  }
  return false;
}

}  // namespace setpoint::cloud::aws
