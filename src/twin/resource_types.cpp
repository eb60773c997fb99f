#include "twin/resource_types.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "twin/api_shapes.h"

namespace setpoint::twin {

namespace {

using base::Json;

constexpr ResourceType kTypes[] =
    {
        {"AWS::Account", "Id", true,
         R"({"Status":"ACTIVE","Email":"account-$ID@example.com","JoinedMethod":"CREATED"})"},
        {"AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", false,
         R"({"AutoScalingGroupARN":"arn:aws:autoscaling:$REGION:$ACCOUNT:autoScalingGroup:0:autoScalingGroupName/$ID","MinSize":0,"MaxSize":1,"DesiredCapacity":1,"DefaultCooldown":300,"HealthCheckType":"EC2","HealthCheckGracePeriod":0,"AvailabilityZones":[],"LoadBalancerNames":[],"TargetGroupARNs":[],"Instances":[],"CreatedTime":"2024-01-01T00:00:00.000Z","Tags":[]})"},
        {"AWS::AutoScaling::LaunchConfiguration", "LaunchConfigurationName", false,
         R"({"LaunchConfigurationARN":"arn:aws:autoscaling:$REGION:$ACCOUNT:launchConfiguration:0:launchConfigurationName/$ID","CreatedTime":"2024-01-01T00:00:00.000Z","SecurityGroups":[],"BlockDeviceMappings":[],"InstanceMonitoring":{"Enabled":true},"EbsOptimized":false})"},
        {"AWS::CloudTrail::Trail", "Name", false,
         R"({"S3BucketName":"","IncludeGlobalServiceEvents":true,"IsMultiRegionTrail":false,"HomeRegion":"$REGION","TrailARN":"arn:aws:cloudtrail:$REGION:$ACCOUNT:trail/$ID","LogFileValidationEnabled":false,"HasCustomEventSelectors":false,"HasInsightSelectors":false,"IsOrganizationTrail":false,"IsLogging":false,"Tags":[]})"},
        {"AWS::CloudWatch::Alarm", "AlarmName", false,
         R"({"AlarmArn":"arn:aws:cloudwatch:$REGION:$ACCOUNT:alarm:$ID","StateValue":"INSUFFICIENT_DATA","ActionsEnabled":true,"Tags":[]})"},
        {"AWS::CloudFormation::Stack", "StackName", false,
         R"({"StackId":"arn:aws:cloudformation:$REGION:$ACCOUNT:stack/$ID/0","StackStatus":"CREATE_COMPLETE","CreationTime":"2024-01-01T00:00:00.000Z","NotificationARNs":[],"EnableTerminationProtection":false,"Capabilities":[],"Parameters":[],"Outputs":[],"Tags":[]})"},
        {"AWS::CodeBuild::Project", "name", false,
         R"({"arn":"arn:aws:codebuild:$REGION:$ACCOUNT:project/$ID","Tags":[]})"},
        {"AWS::Config::ConfigurationRecorder", "name", false,
         R"({"recordingGroup":{"allSupported":true,"includeGlobalResourceTypes":false,"resourceTypes":[]},"Recording":false})"},
        {"AWS::Config::DeliveryChannel", "name", false, R"({})"},
        {"AWS::DynamoDB::Table", "TableName", false,
         R"({"TableStatus":"ACTIVE","TableArn":"arn:aws:dynamodb:$REGION:$ACCOUNT:table/$ID","TableId":"$ID","ItemCount":0,"TableSizeBytes":0,"CreationDateTime":"2024-01-01T00:00:00.000Z","DeletionProtectionEnabled":false,"PointInTime":false,"Tags":[]})"},
        {"AWS::EC2::EIP", "AllocationId", false, R"({"Domain":"vpc","Tags":[]})"},
        {"AWS::EC2::FlowLog", "FlowLogId", false,
         R"({"FlowLogStatus":"ACTIVE","DeliverLogsStatus":"SUCCESS","TrafficType":"ALL","LogDestinationType":"cloud-watch-logs","MaxAggregationInterval":600,"Tags":[]})"},
        {"AWS::EC2::Image", "ImageId", false,
         R"({"OwnerId":"$ACCOUNT","Public":false,"State":"available","Architecture":"x86_64","ImageType":"machine","BlockDeviceMappings":[],"LaunchPermissions":[],"Tags":[]})"},
        {"AWS::EC2::Instance", "InstanceId", false,
         R"({"InstanceType":"t3.micro","State":{"Code":16,"Name":"running"},"LaunchTime":"2024-01-01T00:00:00.000Z","Monitoring":{"State":"disabled"},"SecurityGroups":[],"NetworkInterfaces":[],"BlockDeviceMappings":[],"MetadataOptions":{"State":"applied","HttpTokens":"optional","HttpPutResponseHopLimit":1,"HttpEndpoint":"enabled","HttpProtocolIpv6":"disabled","InstanceMetadataTags":"disabled"},"Attributes":{"DisableApiTermination":false},"Tags":[]})"},
        {"AWS::EC2::InternetGateway", "InternetGatewayId", false,
         R"({"OwnerId":"$ACCOUNT","Attachments":[],"Tags":[]})"},
        {"AWS::EC2::NetworkAcl", "NetworkAclId", false,
         R"({"OwnerId":"$ACCOUNT","IsDefault":false,"Associations":[],"Entries":[],"Tags":[]})"},
        {"AWS::EC2::NetworkInterface", "NetworkInterfaceId", false,
         R"({"OwnerId":"$ACCOUNT","Status":"available","InterfaceType":"interface","SourceDestCheck":true,"Groups":[],"PrivateIpAddresses":[],"Tags":[]})"},
        {"AWS::EC2::RouteTable", "RouteTableId", false,
         R"({"OwnerId":"$ACCOUNT","Associations":[],"Routes":[],"PropagatingVgws":[],"Tags":[]})"},
        {"AWS::EC2::SecurityGroup", "GroupId", false,
         R"({"OwnerId":"$ACCOUNT","Description":"","GroupName":"$ID","Tags":[]})"},
        {"AWS::EC2::Snapshot", "SnapshotId", false,
         R"({"OwnerId":"$ACCOUNT","State":"completed","Progress":"100%","StartTime":"2024-01-01T00:00:00.000Z","VolumeSize":8,"Encrypted":false,"Description":"","CreateVolumePermissions":[],"StorageTier":"standard","Tags":[]})"},
        {"AWS::EC2::Subnet", "SubnetId", false,
         R"({"OwnerId":"$ACCOUNT","State":"available","MapPublicIpOnLaunch":false,"DefaultForAz":false,"AssignIpv6AddressOnCreation":false,"Ipv6CidrBlockAssociationSet":[],"AvailabilityZone":"$REGIONa","SubnetArn":"arn:aws:ec2:$REGION:$ACCOUNT:subnet/$ID","Tags":[]})"},
        {"AWS::EC2::Volume", "VolumeId", false,
         R"({"State":"available","Size":8,"VolumeType":"gp3","Encrypted":false,"AvailabilityZone":"$REGIONa","CreateTime":"2024-01-01T00:00:00.000Z","Attachments":[],"Tags":[]})"},
        {"AWS::EC2::VPC", "VpcId", false,
         R"({"OwnerId":"$ACCOUNT","State":"available","IsDefault":false,"InstanceTenancy":"default","DhcpOptionsId":"default","CidrBlockAssociationSet":[],"Ipv6CidrBlockAssociationSet":[],"Attributes":{"EnableDnsSupport":true,"EnableDnsHostnames":false},"Tags":[]})"},
        {"AWS::ECR::Repository", "repositoryName", false,
         R"({"repositoryArn":"arn:aws:ecr:$REGION:$ACCOUNT:repository/$ID","registryId":"$ACCOUNT","repositoryUri":"$ACCOUNT.dkr.ecr.$REGION.amazonaws.com/$ID","createdAt":"2024-01-01T00:00:00.000Z","imageTagMutability":"MUTABLE","imageScanningConfiguration":{"scanOnPush":false},"encryptionConfiguration":{"encryptionType":"AES256"},"Tags":[]})"},
        {"AWS::ECS::Cluster", "clusterArn", false,
         R"({"status":"ACTIVE","registeredContainerInstancesCount":0,"runningTasksCount":0,"pendingTasksCount":0,"activeServicesCount":0,"settings":[],"capacityProviders":[],"defaultCapacityProviderStrategy":[],"Tags":[]})"},
        {"AWS::ECS::Service", "serviceArn", false,
         R"({"status":"ACTIVE","desiredCount":0,"launchType":"EC2","loadBalancers":[],"events":[],"deployments":[],"Tags":[]})"},
        {"AWS::ECS::TaskDefinition", "taskDefinitionArn", false,
         R"({"status":"ACTIVE","containerDefinitions":[],"volumes":[],"Tags":[]})"},
        {"AWS::ElasticLoadBalancingV2::Listener", "ListenerArn", false,
         R"({"Port":80,"Protocol":"HTTP","DefaultActions":[],"Tags":[]})"},
        {"AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn", false,
         R"({"Scheme":"internal","Type":"application","State":{"Code":"active"},"SecurityGroups":[],"AvailabilityZones":[],"Attributes":{},"Tags":[]})"},
        {"AWS::GuardDuty::Detector", "DetectorId", false,
         R"({"Status":"ENABLED","CreatedAt":"2024-01-01T00:00:00.000Z","FindingPublishingFrequency":"SIX_HOURS","ServiceRole":"arn:aws:iam::$ACCOUNT:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty","Tags":[]})"},
        {"AWS::GuardDuty::Finding", "Id", false,
         R"({"AccountId":"$ACCOUNT","Region":"$REGION","Partition":"aws","SchemaVersion":"2.0","Type":"","Title":"","Description":"","Severity":5.0,"Arn":"arn:aws:guardduty:$REGION:$ACCOUNT:detector/0/finding/$ID","CreatedAt":"2024-01-01T00:00:00.000Z","UpdatedAt":"2024-01-01T00:00:00.000Z","Resource":{},"Service":{"Archived":false,"Count":1}})"},
        {"AWS::IAM::AccessKey", "AccessKeyId", true, R"({"Status":"Active","CreateDate":"2024-01-01T00:00:00.000Z"})"},
        {"AWS::IAM::Group", "GroupName", true,
         R"({"Path":"/","GroupId":"$ID","Arn":"arn:aws:iam::$ACCOUNT:group/$ID","CreateDate":"2024-01-01T00:00:00.000Z","Policies":{},"AttachedPolicies":[]})"},
        {"AWS::IAM::Policy", "Arn", true,
         R"({"Path":"/","DefaultVersionId":"v1","IsAttachable":true,"CreateDate":"2024-01-01T00:00:00.000Z","UpdateDate":"2024-01-01T00:00:00.000Z","Tags":[]})"},
        {"AWS::IAM::Role", "RoleName", true,
         R"({"Path":"/","RoleId":"$ID","Arn":"arn:aws:iam::$ACCOUNT:role/$ID","CreateDate":"2024-01-01T00:00:00.000Z","MaxSessionDuration":3600,"Policies":{},"AttachedPolicies":[],"Tags":[]})"},
        {"AWS::IAM::User", "UserName", true,
         R"({"Path":"/","UserId":"$ID","Arn":"arn:aws:iam::$ACCOUNT:user/$ID","CreateDate":"2024-01-01T00:00:00.000Z","Policies":{},"AttachedPolicies":[],"Groups":[],"MFADevices":[],"Tags":[]})"},
        {"AWS::KMS::Key", "KeyId", false,
         R"({"AWSAccountId":"$ACCOUNT","Arn":"arn:aws:kms:$REGION:$ACCOUNT:key/$ID","CreationDate":"2024-01-01T00:00:00.000Z","Enabled":true,"Description":"","KeyUsage":"ENCRYPT_DECRYPT","KeyState":"Enabled","Origin":"AWS_KMS","KeyManager":"CUSTOMER","CustomerMasterKeySpec":"SYMMETRIC_DEFAULT","KeySpec":"SYMMETRIC_DEFAULT","EncryptionAlgorithms":["SYMMETRIC_DEFAULT"],"MultiRegion":false,"KeyRotationEnabled":false,"Tags":[]})"},
        {"AWS::Lambda::Function", "FunctionName", false,
         R"({"FunctionArn":"arn:aws:lambda:$REGION:$ACCOUNT:function:$ID","Runtime":"python3.11","Handler":"index.handler","Role":"","CodeSize":0,"Description":"","Timeout":3,"MemorySize":128,"LastModified":"2024-01-01T00:00:00.000+0000","Version":"$LATEST","State":"Active","LastUpdateStatus":"Successful","PackageType":"Zip","Architectures":["x86_64"],"TracingConfig":{"Mode":"PassThrough"},"Tags":[]})"},
        {"AWS::Logs::LogGroup", "logGroupName", false,
         R"({"arn":"arn:aws:logs:$REGION:$ACCOUNT:log-group:$ID:*","creationTime":1704067200000,"metricFilterCount":0,"storedBytes":0,"MetricFilters":{},"Tags":[]})"},
        {"AWS::Organizations::Organization", "Id", true, R"({"FeatureSet":"ALL"})"},
        {"AWS::Organizations::OrganizationalUnit", "Id", true, R"({"Name":"$ID","ParentId":"r-root"})"},
        {"AWS::RDS::DBCluster", "DBClusterIdentifier", false,
         R"({"DBClusterArn":"arn:aws:rds:$REGION:$ACCOUNT:cluster:$ID","Status":"available","Engine":"aurora-mysql","StorageEncrypted":false,"DeletionProtection":false,"BackupRetentionPeriod":1,"CopyTagsToSnapshot":false,"IAMDatabaseAuthenticationEnabled":false,"MultiAZ":false,"VpcSecurityGroups":[],"DBClusterMembers":[],"EnabledCloudwatchLogsExports":[],"Tags":[]})"},
        {"AWS::RDS::DBClusterSnapshot", "DBClusterSnapshotIdentifier", false,
         R"({"DBClusterSnapshotArn":"arn:aws:rds:$REGION:$ACCOUNT:cluster-snapshot:$ID","Status":"available","SnapshotType":"manual","StorageEncrypted":false,"Attributes":{"restore":[]},"Tags":[]})"},
        {"AWS::RDS::DBInstance",
         "DBInstanceIdentifier", false, R"({"DbiResourceId":"db-$ID","DBInstanceArn":"arn:aws:rds:$REGION:$ACCOUNT:db:$ID","DBInstanceClass":"db.t3.micro","Engine":"mysql","DBInstanceStatus":"available","MasterUsername":"admin","AllocatedStorage":20,"BackupRetentionPeriod":1,"PubliclyAccessible":false,"StorageEncrypted":false,"DeletionProtection":false,"MultiAZ":false,"AutoMinorVersionUpgrade":true,"CopyTagsToSnapshot":false,"IAMDatabaseAuthenticationEnabled":false,"MonitoringInterval":0,"PerformanceInsightsEnabled":false,"EnabledCloudwatchLogsExports":[],"VpcSecurityGroups":[],"DBParameterGroups":[],"PendingModifiedValues":{},"Tags":[]})"},
        {"AWS::RDS::DBSnapshot", "DBSnapshotIdentifier", false,
         R"({"DBSnapshotArn":"arn:aws:rds:$REGION:$ACCOUNT:snapshot:$ID","Status":"available","SnapshotType":"manual","Encrypted":false,"Attributes":{"restore":[]},"Tags":[]})"},
        {"AWS::Redshift::Cluster", "ClusterIdentifier", false,
         R"({"ClusterStatus":"available","NodeType":"ra3.large","NumberOfNodes":2,"MasterUsername":"awsuser","DBName":"dev","AllowVersionUpgrade":true,"AutomatedSnapshotRetentionPeriod":1,"PubliclyAccessible":false,"Encrypted":false,"EnhancedVpcRouting":false,"VpcSecurityGroups":[],"Logging":{"LoggingEnabled":false},"Tags":[]})"},
        {"AWS::S3::AccountPublicAccessBlock", "AccountId", true, R"({})"},
        {"AWS::S3::Bucket", "Name", false, R"({"CreationDate":"2024-01-01T00:00:00.000Z","Tags":[]})"},
        {"AWS::SecretsManager::Secret", "Name", false,
         R"({"ARN":"arn:aws:secretsmanager:$REGION:$ACCOUNT:secret:$ID-a1b2c3","RotationEnabled":false,"CreatedDate":"2024-01-01T00:00:00.000Z","LastChangedDate":"2024-01-01T00:00:00.000Z","Versions":{},"Tags":[]})"},
        {"AWS::SecurityHub::Finding", "Id", false,
         R"({"SchemaVersion":"2018-10-08","ProductArn":"arn:aws:securityhub:$REGION:$ACCOUNT:product/$ACCOUNT/default","AwsAccountId":"$ACCOUNT","Region":"$REGION","GeneratorId":"","Title":"","Description":"","CreatedAt":"2024-01-01T00:00:00.000Z","UpdatedAt":"2024-01-01T00:00:00.000Z","Severity":{"Label":"MEDIUM","Normalized":40},"Resources":[],"Workflow":{"Status":"NEW"},"WorkflowState":"NEW","RecordState":"ACTIVE"})"},
        {"AWS::StepFunctions::StateMachine", "stateMachineArn", false,
         R"({"name":"","status":"ACTIVE","type":"STANDARD","definition":"{}","roleArn":"arn:aws:iam::$ACCOUNT:role/states","creationDate":"2024-01-01T00:00:00.000Z","Tags":[]})"},
        {"AWS::SecurityHub::Hub", "HubArn", false,
         R"({"SubscribedAt":"2024-01-01T00:00:00.000Z","AutoEnableControls":true,"ControlFindingGenerator":"SECURITY_CONTROL","Tags":[]})"},
        {"AWS::SNS::Topic", "TopicArn", false, R"({"Attributes":{},"Tags":[]})"},
        {"AWS::SQS::Queue", "QueueName", false, R"({"Attributes":{},"Tags":[]})"},
        {"AWS::SSM::Document", "Name", false,
         R"({"Owner":"$ACCOUNT","DocumentVersion":"1","Status":"Active","DocumentType":"Command","DocumentFormat":"JSON","SchemaVersion":"2.2","AccountIds":[],"Tags":[]})"},
        {"AWS::SSM::Parameter", "Name", false,
         R"({"Type":"String","Value":"","Version":1,"LastModifiedDate":"2024-01-01T00:00:00.000Z","Tier":"Standard","DataType":"text","Tags":[]})"},
};

std::string with_owner(std::string text, const StateKey& key) {
  for (const auto& [name, value] : {std::pair<std::string_view, const std::string&>{"$ACCOUNT", key.account},
                                    {"$REGION", key.region},
                                    {"$ID", key.id}}) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

void fill_strings(Json& value, const StateKey& key) {
  if (value.is_string()) value = with_owner(value.get<std::string>(), key);
  if (value.is_structured()) {
    for (Json& item : value) fill_strings(item, key);
  }
}

const char* kind_of(const Json& value) {
  if (value.is_boolean()) return "true or false";
  if (value.is_number()) return "a number";
  if (value.is_array()) return "a list";
  return value.is_object() ? "a map" : "text";
}

// A member that the models did not know when an answer was read is text, whatever it is; it must be given back so. A time
// may be text or a number, as in the protocols.
bool reads_as(const Json& wanted, const Json& given) {
  if (given.is_number() && wanted.is_string()) return base::parse_iso8601(wanted.get<std::string>()).has_value();
  if (!given.is_string()) return false;
  const std::string& text = given.get_ref<const std::string&>();
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  if (wanted.is_number()) return !text.empty() && std::from_chars(text.data(), end, number).ptr == end;
  return wanted.is_boolean() && (text == "true" || text == "false");
}

// The operations read a member as what its default is. A policy may be a map or its text; lists and maps of items are
// sorted out where they are read.
base::Status check_kinds(const Json& document, const ResourceType& type, const Json& defaults) {
  for (const auto& [name, value] : defaults.items()) {
    const Json& given = base::member(document, name);
    if (given.is_null() || reads_as(value, given)) continue;
    std::string_view wanted = kind_of(value), seen = kind_of(given);
    bool policy = name.ends_with("Policy") || name.ends_with("PolicyDocument");
    if (wanted == seen || (policy && (given.is_string() || given.is_object()))) continue;
    if (value.is_structured() && given.is_structured()) continue;
    return base::fail(base::ErrorCode::invalid_input, "{} of a {} is {}, not {}", name, type.type, wanted, seen);
  }
  return {};
}

void fill_defaults(Json& document, Json defaults, const StateKey& key) {
  fill_strings(defaults, key);
  for (auto& [name, value] : defaults.items()) {
    if (base::member(document, name).is_null()) document[name] = std::move(value);
  }
}

}  // namespace

std::span<const ResourceType> resource_types() { return kTypes; }

const ResourceType* find_resource_type(std::string_view type) {
  auto found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const ResourceType& entry) { return type == entry.type; });
  return found == std::end(kTypes) ? nullptr : found;
}

base::Result<std::pair<StateKey, Json>> document_from_api(const std::string& account, const std::string& region,
                                                          std::string_view type, Json api) {
  const ResourceType* known = find_resource_type(type);
  if (!known) return base::fail(base::ErrorCode::unsupported, "the twin does not model {}", type.substr(0, 100));
  if (!api.is_object()) return base::fail(base::ErrorCode::invalid_input, "a {} is written as a map", type);
  TRY_VOID(to_document_shape(account, region, type, api));
  std::string id = base::string_member(api, known->id_member);
  if (id.empty())
    return base::fail(base::ErrorCode::invalid_input, "a {} needs its {}, as text", type, known->id_member);
  Json defaults = Json::parse(known->defaults);
  TRY_VOID(check_kinds(api, *known, defaults));
  StateKey key{account, known->global ? "global" : region, std::string(type), id};
  fill_defaults(api, std::move(defaults), key);
  return std::pair{std::move(key), std::move(api)};
}

Json api_from_document(std::string_view type, const Json& document) {
  const ResourceType* known = find_resource_type(type);
  return to_api_shape({{}, {}, std::string(type), known ? base::string_member(document, known->id_member) : ""},
                      document);
}

}  // namespace setpoint::twin
