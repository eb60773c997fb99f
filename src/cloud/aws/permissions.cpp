#include "cloud/aws/permissions.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "cloud/aws/endpoint.h"
#include "cloud/aws/read_only.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

// IAM's prefix where it is not the signing name.
constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {{"cloudwatch", "cloudwatch"},
                                                                       {"resourcegroupstaggingapi", "tag"},
                                                                       {"dynamodbstreams", "dynamodb"},
                                                                       {"sso-admin", "sso"},
                                                                       {"sesv2", "ses"},
                                                                       {"ses", "ses"},
                                                                       {"pinpoint", "mobiletargeting"},
                                                                       {"iot-data", "iot"},
                                                                       {"opensearch", "es"},
                                                                       {"mturk", "mechanicalturk"},
                                                                       {"apigatewayv2", "apigateway"},
                                                                       {"cloudtrail-data", "cloudtrail-data"},
                                                                       {"savingsplans", "savingsplans"}};

// Operations whose action has another name.
struct Exception {
  std::string_view service, operation, action;
};
constexpr Exception kExceptions[] = {
    {"s3", "ListBuckets", "ListAllMyBuckets"},
    {"s3", "HeadBucket", "ListBucket"},
    {"s3", "ListObjects", "ListBucket"},
    {"s3", "ListObjectsV2", "ListBucket"},
    {"s3", "ListObjectVersions", "ListBucketVersions"},
    {"s3", "ListMultipartUploads", "ListBucketMultipartUploads"},
    {"s3", "ListParts", "ListMultipartUploadParts"},
    {"s3", "HeadObject", "GetObject"},
    {"s3", "CopyObject", "PutObject"},
    {"s3", "UploadPart", "PutObject"},
    {"s3", "UploadPartCopy", "PutObject"},
    {"s3", "CreateMultipartUpload", "PutObject"},
    {"s3", "CompleteMultipartUpload", "PutObject"},
    {"s3", "DeleteObjects", "DeleteObject"},
    {"s3", "GetBucketEncryption", "GetEncryptionConfiguration"},
    {"s3", "PutBucketEncryption", "PutEncryptionConfiguration"},
    {"s3", "DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"s3", "GetBucketLifecycle", "GetLifecycleConfiguration"},
    {"s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"s3", "PutBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"s3", "DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"s3", "PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3", "DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3", "GetBucketCors", "GetBucketCORS"},
    {"s3", "PutBucketCors", "PutBucketCORS"},
    {"s3", "DeleteBucketCors", "PutBucketCORS"},
    {"s3", "DeleteBucketTagging", "PutBucketTagging"},
    {"s3", "GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"s3", "PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"s3", "GetBucketReplication", "GetReplicationConfiguration"},
    {"s3", "PutBucketReplication", "PutReplicationConfiguration"},
    {"s3", "DeleteBucketReplication", "PutReplicationConfiguration"},
    {"s3", "GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"s3", "PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    {"s3", "DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    {"s3", "GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"s3", "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"s3", "GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"},
    {"s3", "PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"s3", "GetBucketInventoryConfiguration", "GetInventoryConfiguration"},
    {"s3", "PutBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"s3", "GetBucketMetricsConfiguration", "GetMetricsConfiguration"},
    {"s3", "PutBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"s3", "GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"},
    {"s3", "PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"s3control", "GetPublicAccessBlock", "GetAccountPublicAccessBlock"},
    {"s3control", "PutPublicAccessBlock", "PutAccountPublicAccessBlock"},
    {"s3control", "DeletePublicAccessBlock", "PutAccountPublicAccessBlock"},
    {"lambda", "Invoke", "InvokeFunction"},
    {"lambda", "InvokeAsync", "InvokeFunction"},
    {"lambda", "GetLayerVersionByArn", "GetLayerVersion"},
    {"dynamodb", "BatchExecuteStatement", "PartiQLSelect"},
};

// Which parameter names the resource, and its ARN. The first row of the service whose parameter the call has counts. $P
// partition, $R region, $A account, $V the value. A value that is an ARN already stands for itself.
struct ResourceRow {
  std::string_view service, parameter, pattern;
};
constexpr ResourceRow kResources[] = {
    {"s3", "Key", "arn:$P:s3:::$B/$V"},
    {"s3", "Bucket", "arn:$P:s3:::$V"},
    {"iam", "UserName", "arn:$P:iam::$A:user/$V"},
    {"iam", "RoleName", "arn:$P:iam::$A:role/$V"},
    {"iam", "GroupName", "arn:$P:iam::$A:group/$V"},
    {"iam", "InstanceProfileName", "arn:$P:iam::$A:instance-profile/$V"},
    {"iam", "PolicyArn", "$V"},
    {"iam", "PolicyName", "arn:$P:iam::$A:policy/$V"},
    {"iam", "SerialNumber", "$V"},
    {"sts", "RoleArn", "$V"},
    {"kms", "KeyId", "arn:$P:kms:$R:$A:key/$V"},
    {"cloudtrail", "TrailName", "arn:$P:cloudtrail:$R:$A:trail/$V"},
    {"cloudtrail", "Name", "arn:$P:cloudtrail:$R:$A:trail/$V"},
    {"cloudtrail", "ResourceId", "$V"},
    {"logs", "logGroupName", "arn:$P:logs:$R:$A:log-group:$V:*"},
    {"logs", "resourceArn", "$V"},
    {"cloudwatch", "AlarmName", "arn:$P:cloudwatch:$R:$A:alarm:$V"},
    {"cloudwatch", "AlarmNames", "arn:$P:cloudwatch:$R:$A:alarm:$V"},
    {"sns", "TopicArn", "$V"},
    {"sns", "ResourceArn", "$V"},
    {"sqs", "QueueName", "arn:$P:sqs:$R:$A:$V"},
    {"rds", "DBInstanceIdentifier", "arn:$P:rds:$R:$A:db:$V"},
    {"rds", "DBClusterIdentifier", "arn:$P:rds:$R:$A:cluster:$V"},
    {"rds", "DBSnapshotIdentifier", "arn:$P:rds:$R:$A:snapshot:$V"},
    {"rds", "DBClusterSnapshotIdentifier", "arn:$P:rds:$R:$A:cluster-snapshot:$V"},
    {"rds", "DBParameterGroupName", "arn:$P:rds:$R:$A:pg:$V"},
    {"rds", "ResourceName", "$V"},
    {"lambda", "FunctionName", "arn:$P:lambda:$R:$A:function:$V"},
    {"guardduty", "DetectorId", "arn:$P:guardduty:$R:$A:detector/$V"},
    {"secretsmanager", "SecretId", "arn:$P:secretsmanager:$R:$A:secret:$V-*"},
    {"secretsmanager", "Name", "arn:$P:secretsmanager:$R:$A:secret:$V-*"},
    {"dynamodb", "TableName", "arn:$P:dynamodb:$R:$A:table/$V"},
    {"dynamodb", "ResourceArn", "$V"},
    {"redshift", "ClusterIdentifier", "arn:$P:redshift:$R:$A:cluster:$V"},
    {"redshift", "ParameterGroupName", "arn:$P:redshift:$R:$A:parametergroup:$V"},
    {"autoscaling", "AutoScalingGroupName", "arn:$P:autoscaling:$R:$A:autoScalingGroup:*:autoScalingGroupName/$V"},
    {"ecr", "repositoryName", "arn:$P:ecr:$R:$A:repository/$V"},
    {"ecs", "cluster", "arn:$P:ecs:$R:$A:cluster/$V"},
    {"codebuild", "name", "arn:$P:codebuild:$R:$A:project/$V"},
    {"codebuild", "projectName", "arn:$P:codebuild:$R:$A:project/$V"},
    {"elbv2", "LoadBalancerArn", "$V"},
    {"elbv2", "ListenerArn", "$V"},
    {"elbv2", "TargetGroupArn", "$V"},
    {"cloudformation", "StackName", "arn:$P:cloudformation:$R:$A:stack/$V/*"},
};

constexpr std::pair<std::string_view, std::string_view> kEc2Ids[] = {{"sg-", "$R:$A:security-group"},
                                                                     {"sgr-", "$R:$A:security-group-rule"},
                                                                     {"i-", "$R:$A:instance"},
                                                                     {"vol-", "$R:$A:volume"},
                                                                     {"snap-", "$R::snapshot"},
                                                                     {"ami-", "$R::image"},
                                                                     {"vpc-", "$R:$A:vpc"},
                                                                     {"subnet-", "$R:$A:subnet"},
                                                                     {"acl-", "$R:$A:network-acl"},
                                                                     {"rtb-", "$R:$A:route-table"},
                                                                     {"igw-", "$R:$A:internet-gateway"},
                                                                     {"eipalloc-", "$R:$A:elastic-ip"},
                                                                     {"eni-", "$R:$A:network-interface"},
                                                                     {"fl-", "$R:$A:vpc-flow-log"},
                                                                     {"lt-", "$R:$A:launch-template"},
                                                                     {"nat-", "$R:$A:natgateway"},
                                                                     {"vpce-", "$R:$A:vpc-endpoint"},
                                                                     {"pl-", "$R:$A:prefix-list"},
                                                                     {"tgw-", "$R:$A:transit-gateway"},
                                                                     {"dopt-", "$R:$A:dhcp-options"}};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string partition_text(const model::ApiCall& call) { return std::string(to_string(partition_of(call.region))); }

std::string fill(std::string_view pattern, const model::ApiCall& call, const std::string& value) {
  std::string arn(pattern);
  replace_all(arn, "$P", partition_text(call));
  replace_all(arn, "$R", call.region);
  replace_all(arn, "$A", call.account);
  replace_all(arn, "$B", base::string_member(call.parameters, "Bucket"));
  replace_all(arn, "$V", value);  // last: a value is not a pattern
  return arn;
}

std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> texts;
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (!value.is_array()) return texts;
  for (const Json& item : value) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::set<std::string> ec2_resources(const model::ApiCall& call) {
  std::set<std::string> arns;
  if (is_read_only(call.service, call.operation)) return arns;  // Describe* has no resource-level permission
  for (auto& [name, value] : call.parameters.items()) {
    for (const std::string& text : texts_of(value)) {
      for (auto [prefix, kind] : kEc2Ids) {
        if (text.starts_with(prefix)) arns.insert(fill("arn:$P:ec2:" + std::string(kind) + "/$V", call, text));
      }
    }
  }
  return arns;
}

// https://sqs.eu-west-1.amazonaws.com/111122223333/name
std::set<std::string> queue_resources(const model::ApiCall& call) {
  const std::string url = base::string_member(call.parameters, "QueueUrl");
  const std::size_t slash = url.rfind('/');
  if (slash == std::string::npos || slash == 0) return {};
  const std::size_t before = url.rfind('/', slash - 1);
  model::ApiCall of_owner = call;
  if (std::string owner = url.substr(before + 1, slash - before - 1); owner.size() == 12) of_owner.account = owner;
  return {fill("arn:$P:sqs:$R:$A:$V", of_owner, url.substr(slash + 1))};
}

std::set<std::string> ssm_resources(const model::ApiCall& call) {
  const bool parameter = call.operation.find("Parameter") != std::string::npos;
  const bool document = call.operation.find("Document") != std::string::npos;
  std::set<std::string> arns;
  for (const char* member : {"Name", "Names", "DocumentName", "Path"}) {
    for (std::string name : texts_of(base::member(call.parameters, member))) {
      if (name.starts_with("arn:"))
        arns.insert(name);
      else if (name.starts_with('/'))
        name.erase(0, 1);
      if (parameter) arns.insert(fill("arn:$P:ssm:$R:$A:parameter/$V", call, name));
      if (document) arns.insert(fill("arn:$P:ssm:$R:$A:document/$V", call, name));
    }
  }
  return arns;
}

std::set<std::string> table_resources(const model::ApiCall& call) {
  std::set<std::string> arns;
  for (const ResourceRow& row : kResources) {
    if (row.service != call.service) continue;
    for (const std::string& value : texts_of(base::member(call.parameters, row.parameter))) {
      if (value.starts_with("alias/")) continue;  // a permission on an alias is none on its key
      arns.insert(value.starts_with("arn:") ? value : fill(row.pattern, call, value));
    }
    if (!arns.empty()) return arns;
  }
  return arns;
}

std::set<std::string> resources_of(const model::ApiCall& call) {
  if (call.service == "ec2") return ec2_resources(call);
  if (call.service == "ssm") return ssm_resources(call);
  if (call.service == "securityhub") return {fill("arn:$P:securityhub:$R:$A:hub/default", call, {})};
  std::set<std::string> arns = table_resources(call);
  if (arns.empty() && call.service == "sqs") arns = queue_resources(call);
  return arns;
}

std::string prefix_of(const ServiceModel& service) {
  for (auto [name, prefix] : kPrefixes) {
    if (name == service.name) return std::string(prefix);
  }
  return std::string(service.signing_name);
}

std::vector<std::string> actions_of(const OperationModel& operation) {
  const std::string prefix = prefix_of(*operation.service) + ":";
  if (prefix == "apigateway:") return {prefix + std::string(operation.http_method)};
  std::vector<std::string> actions;
  for (const Exception& e : kExceptions) {
    if (e.service == operation.service->name && e.operation == operation.name)
      actions.push_back(prefix + std::string(e.action));
  }
  if (actions.empty()) actions.push_back(prefix + std::string(operation.name));
  return actions;
}

// A role that a call hands to a service, anywhere in its parameters.
void collect_passed_roles(const Json& value, const std::string& partition, std::set<std::string>& roles) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (text.starts_with("arn:" + partition + ":iam::") && text.find(":role/") != std::string::npos) roles.insert(text);
  }
  if (!value.is_structured()) return;
  for (const Json& item : value) collect_passed_roles(item, partition, roles);
}

void add_passed_roles(const model::ApiCall& call, std::set<model::Permission>& needed) {
  if (call.service == "iam" || call.service == "sts" || is_read_only(call.service, call.operation)) return;
  std::set<std::string> roles;
  for (auto& [name, value] : call.parameters.items()) {
    // Principals of a grant or a policy are not handed over.
    if (name != "Principal" && name != "GranteePrincipal" && name.find("Policy") == std::string::npos)
      collect_passed_roles(value, partition_text(call), roles);
  }
  for (const std::string& role : roles) needed.insert({"iam:PassRole", role});
}

}  // namespace

base::Result<std::vector<model::Permission>> required_permissions(const ModelCatalog& catalog,
                                                                  const model::ApiCall& call) {
  TRY(const OperationModel* operation, catalog.operation(call.service, call.operation));
  std::set<model::Permission> needed;
  const std::set<std::string> arns = resources_of(call);
  for (const std::string& action : actions_of(*operation)) {
    if (arns.empty()) needed.insert({action, "*"});
    for (const std::string& arn : arns) needed.insert({action, arn});
  }
  if (call.service == "s3" && !base::string_member(call.parameters, "CopySource").empty()) {
    needed.insert({"s3:GetObject", fill("arn:$P:s3:::$V", call, base::string_member(call.parameters, "CopySource"))});
  }
  add_passed_roles(call, needed);
  return std::vector<model::Permission>(needed.begin(), needed.end());
}

}  // namespace setpoint::cloud::aws
