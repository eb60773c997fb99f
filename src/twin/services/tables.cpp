#include "twin/services/tables.h"

namespace setpoint::twin::services {

std::vector<Table> tables() {
  return {ec2_security_group_operations,
          ec2_tag_operations,
          ec2_network_operations,
          ec2_compute_operations,
          sts_operations,
          s3_setting_operations,
          s3_bucket_operations,
          iam_principal_operations,
          iam_account_operations,
          kms_operations,
          cloudtrail_operations,
          ssm_operations,
          sns_sqs_operations,
          lambda_logs_operations,
          rds_operations,
          data_store_operations};
}

}  // namespace setpoint::twin::services
