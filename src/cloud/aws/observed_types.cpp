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

constexpr ObservedPart kUserParts[] = {
    {"GetLoginProfile", R"({"UserName":"$UserName"})", "LoginProfile", "LoginProfile", "NoSuchEntity"},
    {"ListMFADevices", R"({"UserName":"$UserName"})", "MFADevices", "MFADevices", ""},
};
constexpr ObservedPart kVpcParts[] = {
    {"DescribeFlowLogs", R"({"Filter":[{"Name":"resource-id","Values":["$VpcId"]}]})", "FlowLogs", "FlowLogs", ""},
};
constexpr ObservedPart kSnapshotParts[] = {
    {"DescribeSnapshotAttribute", R"({"SnapshotId":"$SnapshotId","Attribute":"createVolumePermission"})",
     "CreateVolumePermissions", "CreateVolumePermissions", ""},
};
constexpr ObservedPart kDatabaseSnapshotParts[] = {
    {"DescribeDBSnapshotAttributes", R"({"DBSnapshotIdentifier":"$DBSnapshotIdentifier"})",
     "DBSnapshotAttributesResult.DBSnapshotAttributes", "Attributes", ""},
};
constexpr ObservedPart kClusterSnapshotParts[] = {
    {"DescribeDBClusterSnapshotAttributes", R"({"DBClusterSnapshotIdentifier":"$DBClusterSnapshotIdentifier"})",
     "DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes", "Attributes", ""},
};
constexpr ObservedPart kWarehouseParts[] = {
    {"DescribeLoggingStatus", R"({"ClusterIdentifier":"$ClusterIdentifier"})", "", "Logging", ""},
};
constexpr ObservedPart kTableParts[] = {
    {"DescribeTable", R"({"TableName":"$TableName"})", "Table", "", ""},
    {"DescribeContinuousBackups", R"({"TableName":"$TableName"})",
     "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus", "PointInTime", ""},
    {"ListTagsOfResource", R"({"ResourceArn":"$TableArn"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kRepositoryParts[] = {
    {"GetLifecyclePolicy", R"({"repositoryName":"$repositoryName"})", "lifecyclePolicyText", "lifecyclePolicyText",
     "LifecyclePolicyNotFoundException"},
    {"GetRepositoryPolicy", R"({"repositoryName":"$repositoryName"})", "policyText", "repositoryPolicyText",
     "RepositoryPolicyNotFoundException"},
    {"ListTagsForResource", R"({"resourceArn":"$repositoryArn"})", "tags", "Tags", ""},
};
constexpr ObservedPart kDefinitionParts[] = {
    {"DescribeTaskDefinition", R"({"taskDefinition":"$taskDefinitionArn"})", "taskDefinition", "", ""},
    {"ListTagsForResource", R"({"resourceArn":"$taskDefinitionArn"})", "tags", "tags", ""},
};
constexpr ObservedPart kContainerClusterParts[] = {
    {"DescribeClusters", R"({"clusters":["$clusterArn"],"include":["SETTINGS","CONFIGURATIONS","TAGS"]})",
     "clusters[0]", "", ""},
};
constexpr ObservedPart kProjectParts[] = {
    {"BatchGetProjects", R"({"names":["$name"]})", "projects[0]", "", ""},
};
constexpr ObservedPart kBalancerParts[] = {
    {"DescribeLoadBalancerAttributes", R"({"LoadBalancerArn":"$LoadBalancerArn"})", "Attributes", "Attributes", ""},
    {"DescribeTags", R"({"ResourceArns":["$LoadBalancerArn"]})", "TagDescriptions[0].Tags", "Tags", ""},
};
constexpr ObservedPart kAlarmParts[] = {
    {"ListTagsForResource", R"({"ResourceARN":"$AlarmArn"})", "Tags", "Tags", ""},
};
constexpr ObservedPart kMachineParts[] = {
    {"DescribeStateMachine", R"({"stateMachineArn":"$stateMachineArn"})", "", "", ""},
};
constexpr ObservedPart kAccountParts[] = {
    {"GetAccountSummary", "{}", "SummaryMap", "AccountSummary", "", "iam"},
    {"GetAccountPasswordPolicy", "{}", "PasswordPolicy", "PasswordPolicy", "NoSuchEntity", "iam"},
    {"GetEbsEncryptionByDefault", "{}", "EbsEncryptionByDefault", "EbsEncryptionByDefault", "", "ec2"},
    {"GetSnapshotBlockPublicAccessState", "{}", "State", "SnapshotBlockPublicAccessState", "", "ec2"},
};

constexpr std::string_view kAuthorization = "GetAccountAuthorizationDetails";

using Reach = ObservedType::Reach;

constexpr ObservedType kTypes[] = {
    {"AWS::EC2::SecurityGroup", "ec2", "DescribeSecurityGroups", R"({"MaxResults":1000})", "SecurityGroups", "",
     R"({"GroupIds":["$ID"]})", "InvalidGroup.NotFound InvalidGroupId.Malformed"},
    {"AWS::EC2::VPC", "ec2", "DescribeVpcs", "{}", "Vpcs", "", R"({"VpcIds":["$ID"]})", "InvalidVpcID.NotFound",
     Reach::regional, kVpcParts},
    {"AWS::EC2::Subnet", "ec2", "DescribeSubnets", "{}", "Subnets", "", R"({"SubnetIds":["$ID"]})",
     "InvalidSubnetID.NotFound"},
    {"AWS::EC2::Instance", "ec2", "DescribeInstances", R"({"MaxResults":1000})", "Reservations[].Instances[]", "",
     R"({"InstanceIds":["$ID"]})", "InvalidInstanceID.NotFound"},
    {"AWS::EC2::Volume", "ec2", "DescribeVolumes", R"({"MaxResults":500})", "Volumes", "", R"({"VolumeIds":["$ID"]})",
     "InvalidVolume.NotFound"},
    {"AWS::S3::Bucket", "s3", "ListBuckets", "{}", "Buckets", "", "", "NoSuchBucket", Reach::buckets, kBucketParts},
    {"AWS::S3::AccountPublicAccessBlock", "s3control", "GetPublicAccessBlock", R"({"AccountId":"$ACCOUNT"})",
     "[PublicAccessBlockConfiguration]", "", R"({"AccountId":"$ACCOUNT"})", "", Reach::global},
    {"AWS::IAM::User", "iam", kAuthorization, R"({"Filter":["User"]})", "UserDetailList", "", "", "", Reach::global,
     kUserParts},
    {"AWS::IAM::Role", "iam", kAuthorization, R"({"Filter":["Role"]})", "RoleDetailList", "", "", "", Reach::global},
    {"AWS::IAM::Group", "iam", kAuthorization, R"({"Filter":["Group"]})", "GroupDetailList", "", "", "", Reach::global},
    {"AWS::IAM::Policy", "iam", kAuthorization, R"({"Filter":["LocalManagedPolicy"]})", "Policies", "", "", "",
     Reach::global},
    {"AWS::KMS::Key", "kms", "ListKeys", "{}", "Keys", "", "", "NotFoundException", Reach::regional, kKeyParts},
    {"AWS::CloudTrail::Trail", "cloudtrail", "DescribeTrails", R"({"includeShadowTrails":false})", "trailList", "",
     R"({"trailNameList":["$ID"],"includeShadowTrails":false})", "TrailNotFoundException", Reach::regional,
     kTrailParts},
    {"AWS::CloudWatch::Alarm", "cloudwatch", "DescribeAlarms", R"({"AlarmTypes":["MetricAlarm"]})", "MetricAlarms", "",
     R"({"AlarmNames":["$ID"]})", "ResourceNotFound", Reach::regional, kAlarmParts},
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
    {"AWS::::Account", "sts", "GetCallerIdentity", "{}", "[Account]", "AccountId", "", "", Reach::regional,
     kAccountParts},
    {"AWS::EC2::Snapshot", "ec2", "DescribeSnapshots", R"({"OwnerIds":["self"]})", "Snapshots", "",
     R"({"SnapshotIds":["$ID"]})", "InvalidSnapshot.NotFound", Reach::regional, kSnapshotParts},
    {"AWS::EC2::FlowLog", "ec2", "DescribeFlowLogs", "{}", "FlowLogs", "", R"({"FlowLogIds":["$ID"]})",
     "InvalidFlowLogId.NotFound"},
    {"AWS::EC2::NetworkAcl", "ec2", "DescribeNetworkAcls", "{}", "NetworkAcls", "", R"({"NetworkAclIds":["$ID"]})",
     "InvalidNetworkAclID.NotFound"},
    {"AWS::EC2::NetworkInterface", "ec2", "DescribeNetworkInterfaces", "{}", "NetworkInterfaces", "",
     R"({"NetworkInterfaceIds":["$ID"]})", "InvalidNetworkInterfaceID.NotFound"},
    {"AWS::EC2::EIP", "ec2", "DescribeAddresses", "{}", "Addresses", "", R"({"AllocationIds":["$ID"]})",
     "InvalidAllocationID.NotFound"},
    {"AWS::RDS::DBCluster", "rds", "DescribeDBClusters", "{}", "DBClusters", "", "", "DBClusterNotFoundFault"},
    {"AWS::RDS::DBSnapshot", "rds", "DescribeDBSnapshots", "{}", "DBSnapshots", "", "", "DBSnapshotNotFound",
     Reach::regional, kDatabaseSnapshotParts},
    {"AWS::RDS::DBClusterSnapshot", "rds", "DescribeDBClusterSnapshots", "{}", "DBClusterSnapshots", "", "",
     "DBClusterSnapshotNotFoundFault", Reach::regional, kClusterSnapshotParts},
    {"AWS::Redshift::Cluster", "redshift", "DescribeClusters", "{}", "Clusters", "", R"({"ClusterIdentifier":"$ID"})",
     "ClusterNotFound", Reach::regional, kWarehouseParts},
    {"AWS::DynamoDB::Table", "dynamodb", "ListTables", "{}", "TableNames", "TableName", "", "ResourceNotFoundException",
     Reach::regional, kTableParts},
    {"AWS::AutoScaling::AutoScalingGroup", "autoscaling", "DescribeAutoScalingGroups", "{}", "AutoScalingGroups", "",
     "", ""},
    {"AWS::AutoScaling::LaunchConfiguration", "autoscaling", "DescribeLaunchConfigurations", "{}",
     "LaunchConfigurations", "", "", ""},
    {"AWS::ECR::Repository", "ecr", "DescribeRepositories", "{}", "repositories", "", R"({"repositoryNames":["$ID"]})",
     "RepositoryNotFoundException", Reach::regional, kRepositoryParts},
    {"AWS::ECS::Cluster", "ecs", "ListClusters", "{}", "clusterArns", "clusterArn", "", "ClusterNotFoundException",
     Reach::regional, kContainerClusterParts},
    {"AWS::ECS::TaskDefinition", "ecs", "ListTaskDefinitions", "{}", "taskDefinitionArns", "taskDefinitionArn", "", "",
     Reach::regional, kDefinitionParts},
    {"AWS::CodeBuild::Project", "codebuild", "ListProjects", "{}", "projects", "name", "", "", Reach::regional,
     kProjectParts},
    {"AWS::ElasticLoadBalancingV2::LoadBalancer", "elbv2", "DescribeLoadBalancers", "{}", "LoadBalancers", "",
     R"({"LoadBalancerArns":["$ID"]})", "LoadBalancerNotFound", Reach::regional, kBalancerParts},
    {"AWS::StepFunctions::StateMachine", "stepfunctions", "ListStateMachines", "{}", "stateMachines", "", "",
     "StateMachineDoesNotExist", Reach::regional, kMachineParts},
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
