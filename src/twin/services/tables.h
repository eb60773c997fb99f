// The tables of operations, one function a source file of this folder; service.h joins them.
#pragma once

#include <vector>

#include "twin/service.h"

namespace setpoint::twin::services {

std::vector<Operation> ec2_security_group_operations();
std::vector<Operation> ec2_tag_operations();
std::vector<Operation> ec2_network_operations();
std::vector<Operation> ec2_listing_operations();
std::vector<Operation> ec2_instance_operations();
std::vector<Operation> ec2_storage_operations();
std::vector<Operation> ec2_setting_operations();
std::vector<Operation> ec2_vpc_operations();
std::vector<Operation> ec2_launch_operations();
std::vector<Operation> sts_operations();
std::vector<Operation> s3_setting_operations();
std::vector<Operation> s3_bucket_operations();
std::vector<Operation> iam_principal_operations();
std::vector<Operation> iam_account_operations();
std::vector<Operation> instance_profile_operations();
std::vector<Operation> kms_operations();
std::vector<Operation> cloudtrail_operations();
std::vector<Operation> ssm_operations();
std::vector<Operation> sns_sqs_operations();
std::vector<Operation> lambda_logs_operations();
std::vector<Operation> rds_operations();
std::vector<Operation> data_store_operations();
std::vector<Operation> codebuild_operations();
std::vector<Operation> elbv2_operations();
std::vector<Operation> ecs_operations();
std::vector<Operation> organizations_operations();
std::vector<Operation> tagging_operations();
std::vector<Operation> cloudformation_operations();
std::vector<Operation> execution_operations();
std::vector<Operation> config_operations();
std::vector<Operation> config_resource_operations();
std::vector<Operation> cloudwatch_alarm_operations();
std::vector<Operation> cloudwatch_metric_operations();
std::vector<Operation> autoscaling_operations();
std::vector<Operation> guardduty_operations();
std::vector<Operation> securityhub_operations();
std::vector<Operation> secret_operations();

using Table = std::vector<Operation> (*)();
std::vector<Table> tables();

}  // namespace setpoint::twin::services
