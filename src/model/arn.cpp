#include "model/arn.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace setpoint::model {

namespace {

// How an ARN's resource part holds the id: after "kind/", after "kind:", the last step of a path, or the whole of it.
enum class IdForm { rest, last, whole, arn };

struct TypeRow {
  std::string_view service;
  std::string_view kind;  // the word before the first '/' or ':'; "" where the resource part has none
  std::string_view type;
  IdForm form = IdForm::rest;
  bool global = false;
};

constexpr TypeRow kTypes[] = {
    {"acm", "certificate", "AWS::ACM::Certificate", IdForm::arn},
    {"apigateway", "", "AWS::ApiGateway::RestApi", IdForm::arn},
    {"autoscaling", "autoScalingGroup", "AWS::AutoScaling::AutoScalingGroup", IdForm::arn},
    {"autoscaling", "launchConfiguration", "AWS::AutoScaling::LaunchConfiguration", IdForm::arn},
    {"cloudformation", "stack", "AWS::CloudFormation::Stack", IdForm::arn},
    {"cloudfront", "distribution", "AWS::CloudFront::Distribution", IdForm::rest, true},
    {"cloudtrail", "trail", "AWS::CloudTrail::Trail"},
    {"cloudwatch", "alarm", "AWS::CloudWatch::Alarm"},
    {"codebuild", "project", "AWS::CodeBuild::Project"},
    {"dynamodb", "table", "AWS::DynamoDB::Table"},
    {"ec2", "customer-gateway", "AWS::EC2::CustomerGateway"},
    {"ec2", "elastic-ip", "AWS::EC2::EIP"},
    {"ec2", "image", "AWS::EC2::Image"},
    {"ec2", "instance", "AWS::EC2::Instance"},
    {"ec2", "internet-gateway", "AWS::EC2::InternetGateway"},
    {"ec2", "launch-template", "AWS::EC2::LaunchTemplate"},
    {"ec2", "natgateway", "AWS::EC2::NatGateway"},
    {"ec2", "network-acl", "AWS::EC2::NetworkAcl"},
    {"ec2", "network-interface", "AWS::EC2::NetworkInterface"},
    {"ec2", "route-table", "AWS::EC2::RouteTable"},
    {"ec2", "security-group", "AWS::EC2::SecurityGroup"},
    {"ec2", "snapshot", "AWS::EC2::Snapshot"},
    {"ec2", "subnet", "AWS::EC2::Subnet"},
    {"ec2", "transit-gateway", "AWS::EC2::TransitGateway"},
    {"ec2", "volume", "AWS::EC2::Volume"},
    {"ec2", "vpc", "AWS::EC2::VPC"},
    {"ec2", "vpc-flow-log", "AWS::EC2::FlowLog"},
    {"ecr", "repository", "AWS::ECR::Repository"},
    {"ecs", "cluster", "AWS::ECS::Cluster", IdForm::arn},
    {"ecs", "service", "AWS::ECS::Service", IdForm::arn},
    {"ecs", "task-definition", "AWS::ECS::TaskDefinition", IdForm::arn},
    {"eks", "cluster", "AWS::EKS::Cluster"},
    {"elasticfilesystem", "file-system", "AWS::EFS::FileSystem"},
    {"elasticloadbalancing", "loadbalancer", "AWS::ElasticLoadBalancing::LoadBalancer"},
    {"es", "domain", "AWS::Elasticsearch::Domain"},
    {"guardduty", "detector", "AWS::GuardDuty::Detector"},
    {"iam", "group", "AWS::IAM::Group", IdForm::last, true},
    {"iam", "policy", "AWS::IAM::Policy", IdForm::last, true},
    {"iam", "role", "AWS::IAM::Role", IdForm::last, true},
    {"iam", "user", "AWS::IAM::User", IdForm::last, true},
    {"kinesis", "stream", "AWS::Kinesis::Stream"},
    {"kms", "key", "AWS::KMS::Key"},
    {"lambda", "function", "AWS::Lambda::Function"},
    {"logs", "log-group", "AWS::Logs::LogGroup"},
    {"rds", "cluster", "AWS::RDS::DBCluster"},
    {"rds", "cluster-snapshot", "AWS::RDS::DBClusterSnapshot"},
    {"rds", "db", "AWS::RDS::DBInstance"},
    {"rds", "es", "AWS::RDS::EventSubscription"},
    {"rds", "secgrp", "AWS::RDS::DBSecurityGroup"},
    {"rds", "snapshot", "AWS::RDS::DBSnapshot"},
    {"rds", "subgrp", "AWS::RDS::DBSubnetGroup"},
    {"redshift", "cluster", "AWS::Redshift::Cluster"},
    {"s3", "", "AWS::S3::Bucket", IdForm::whole},
    {"secretsmanager", "secret", "AWS::SecretsManager::Secret", IdForm::arn},
    {"sns", "", "AWS::SNS::Topic", IdForm::arn},
    {"sqs", "", "AWS::SQS::Queue", IdForm::whole},
    {"ssm", "document", "AWS::SSM::Document"},
};

// Security Hub's spellings that camel case does not give.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kAsffTypes = {{
    {"AwsAutoScalingAutoScalingGroup", "AWS::AutoScaling::AutoScalingGroup"},
    {"AwsCertificateManagerCertificate", "AWS::ACM::Certificate"},
    {"AwsApiGatewayRestApi", "AWS::ApiGateway::RestApi"},
    {"AwsApiGatewayStage", "AWS::ApiGateway::Stage"},
    {"AwsCloudFrontDistribution", "AWS::CloudFront::Distribution"},
    {"AwsCloudTrailTrail", "AWS::CloudTrail::Trail"},
    {"AwsCodeBuildProject", "AWS::CodeBuild::Project"},
    {"AwsDynamoDbTable", "AWS::DynamoDB::Table"},
    {"AwsEc2Eip", "AWS::EC2::EIP"},
    {"AwsEc2Vpc", "AWS::EC2::VPC"},
    {"AwsElasticsearchDomain", "AWS::Elasticsearch::Domain"},
    {"AwsElbLoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"},
    {"AwsElbv2LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    {"AwsEfsFileSystem", "AWS::EFS::FileSystem"},
    {"AwsIamAccessKey", "AWS::IAM::AccessKey"},
    {"AwsLogsLogGroup", "AWS::Logs::LogGroup"},
    {"AwsOpenSearchServiceDomain", "AWS::OpenSearch::Domain"},
    {"AwsRdsDbCluster", "AWS::RDS::DBCluster"},
    {"AwsRdsDbClusterSnapshot", "AWS::RDS::DBClusterSnapshot"},
    {"AwsRdsDbInstance", "AWS::RDS::DBInstance"},
    {"AwsRdsDbSnapshot", "AWS::RDS::DBSnapshot"},
    {"AwsRdsDbSecurityGroup", "AWS::RDS::DBSecurityGroup"},
    {"AwsSecretsManagerSecret", "AWS::SecretsManager::Secret"},
    {"AwsStepFunctionStateMachine", "AWS::StepFunctions::StateMachine"},
}};

// Service words of Security Hub's types and of AWS Config's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kServices = {{
    {"Ec2", "EC2"},
    {"Ecr", "ECR"},
    {"Ecs", "ECS"},
    {"Eks", "EKS"},
    {"Iam", "IAM"},
    {"Kms", "KMS"},
    {"Lambda", "Lambda"},
    {"Rds", "RDS"},
    {"Redshift", "Redshift"},
    {"S3", "S3"},
    {"Sns", "SNS"},
    {"Sqs", "SQS"},
    {"Ssm", "SSM"},
    {"Wafv2", "WAFv2"},
    {"Kinesis", "Kinesis"},
    {"CloudFormation", "CloudFormation"},
}};

std::string_view kind_of(std::string_view resource) {
  std::size_t end = resource.find_first_of("/:");
  return end == std::string_view::npos ? std::string_view() : resource.substr(0, end);
}

const TypeRow* row_of(const Arn& arn) {
  std::string_view kind = kind_of(arn.resource);
  for (const TypeRow& row : kTypes) {
    if (row.service == arn.service && (row.kind == kind || row.kind.empty())) return &row;
  }
  return nullptr;
}

std::string id_of(const Arn& arn, IdForm form, std::string_view text) {
  std::string_view resource = arn.resource;
  std::size_t cut = resource.find_first_of("/:");
  switch (form) {
    case IdForm::arn:
      return std::string(text);
    case IdForm::whole:
      return std::string(resource.substr(0, cut));
    case IdForm::last:
      return std::string(resource.substr(resource.rfind('/') + 1));
    case IdForm::rest:
      break;
  }
  return std::string(cut == std::string_view::npos ? resource : resource.substr(cut + 1));
}

// "arn:aws:lambda:r:a:function:name:alias" and a log group's trailing ":*" are the function and the group.
std::string without_qualifier(const Arn& arn, std::string id) {
  if (arn.service == "lambda" || arn.service == "logs") id = id.substr(0, id.find(':'));
  return id;
}

// "elasticloadbalancing:loadbalancer/app/name/id" is version 2; AWS Config's id of it is the whole ARN.
bool is_elbv2(const Arn& arn) {
  return arn.service == "elasticloadbalancing" &&
         (arn.resource.starts_with("loadbalancer/app/") || arn.resource.starts_with("loadbalancer/net/") ||
          arn.resource.starts_with("loadbalancer/gwy/"));
}

ResourceKey key_from(const Arn& arn, std::string type, std::string id, bool global) {
  return {"aws", arn.account, global || arn.region.empty() ? "global" : arn.region, std::move(type), std::move(id)};
}

// "AWS::::Account:111122223333", Security Hub's id of an account.
std::optional<ResourceKey> account_key(std::string_view text) {
  constexpr std::string_view kPrefix = "AWS::::Account:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  std::string account(text.substr(kPrefix.size()));
  return ResourceKey{"aws", account, "global", "AWS::::Account", account};
}

}  // namespace

std::optional<Arn> parse_arn(std::string_view text) {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (fields[0] != "arn" || fields[1].empty() || fields[2].empty() || text.empty()) return std::nullopt;
  return Arn{std::string(fields[1]), std::string(fields[2]), std::string(fields[3]), std::string(fields[4]),
             std::string(text)};
}

std::optional<ResourceKey> key_of_arn(std::string_view text) {
  if (auto account = account_key(text)) return account;
  std::optional<Arn> arn = parse_arn(text);
  if (!arn) return std::nullopt;
  if (is_elbv2(*arn)) return key_from(*arn, "AWS::ElasticLoadBalancingV2::LoadBalancer", std::string(text), false);
  if (const TypeRow* row = row_of(*arn)) {
    return key_from(*arn, std::string(row->type), without_qualifier(*arn, id_of(*arn, row->form, text)), row->global);
  }
  std::string kind(kind_of(arn->resource));
  std::string type = "AWS::" + arn->service + "::" + (kind.empty() ? "Resource" : kind);
  return key_from(*arn, std::move(type), id_of(*arn, IdForm::rest, text), false);
}

std::string type_of_asff(std::string_view asff_type) {
  if (asff_type == "AwsAccount") return "AWS::::Account";
  for (const auto& [asff, type] : kAsffTypes) {
    if (asff == asff_type) return std::string(type);
  }
  if (!asff_type.starts_with("Aws")) return {};
  std::string_view rest = asff_type.substr(3);
  for (const auto& [word, service] : kServices) {
    if (rest.starts_with(word) && rest.size() > word.size()) {
      return "AWS::" + std::string(service) + "::" + std::string(rest.substr(word.size()));
    }
  }
  return {};
}

std::string asff_of_type(std::string_view type) {
  if (type == "AWS::::Account") return "AwsAccount";
  for (const auto& [asff, config] : kAsffTypes) {
    if (config == type) return std::string(asff);
  }
  for (const auto& [word, service] : kServices) {
    std::string prefix = "AWS::" + std::string(service) + "::";
    if (type.starts_with(prefix)) return "Aws" + std::string(word) + std::string(type.substr(prefix.size()));
  }
  return "Other";
}

}  // namespace setpoint::model
