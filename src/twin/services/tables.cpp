#include "twin/services/tables.h"

#include "twin/services/s3.h"

namespace setpoint::twin::services {

std::vector<Table> tables() {
  return {ec2_security_group_operations,
          ec2_tag_operations,
          ec2_network_operations,
          ec2_listing_operations,
          ec2_instance_operations,
          ec2_storage_operations,
          ec2_setting_operations,
          ec2_vpc_operations,
          ec2_launch_operations,
          sts_operations,
          s3_setting_operations,
          s3_bucket_operations,
          s3_object_operations,
          iam_principal_operations,
          iam_account_operations,
          instance_profile_operations,
          kms_operations,
          cloudtrail_operations,
          ssm_operations,
          sns_sqs_operations,
          lambda_logs_operations,
          rds_operations,
          data_store_operations,
          secret_operations,
          codebuild_operations,
          elbv2_operations,
          ecs_operations,
          organizations_operations,
          tagging_operations,
          cloudformation_operations,
          execution_operations,
          config_operations,
          config_resource_operations,
          cloudwatch_alarm_operations,
          cloudwatch_metric_operations,
          autoscaling_operations,
          guardduty_operations,
          securityhub_operations};
}

}  // namespace setpoint::twin::services
