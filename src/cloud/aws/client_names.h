// How AWS calls its services: the SDKs' serviceId against the boto3 client name, where one does not follow from the
// other (lower case, hyphens for spaces). Facts of AWS's own naming, not a choice of ours.
#pragma once

#include <string_view>
#include <utility>

namespace setpoint::cloud::aws {

inline constexpr std::pair<std::string_view, std::string_view> kClientNames[] = {
    {"API Gateway", "apigateway"},
    {"Alexa For Business", "alexaforbusiness"},
    {"App Mesh", "appmesh"},
    {"Application Auto Scaling", "application-autoscaling"},
    {"Application Discovery Service", "discovery"},
    {"Auto Scaling", "autoscaling"},
    {"Auto Scaling Plans", "autoscaling-plans"},
    {"CloudHSM V2", "cloudhsmv2"},
    {"CloudSearch Domain", "cloudsearchdomain"},
    {"CloudWatch Logs", "logs"},
    {"Cognito Identity Provider", "cognito-idp"},
    {"Config Service", "config"},
    {"Cost Explorer", "ce"},
    {"Cost and Usage Report Service", "cur"},
    {"Data Pipeline", "datapipeline"},
    {"Database Migration Service", "dms"},
    {"Device Farm", "devicefarm"},
    {"Direct Connect", "directconnect"},
    {"Directory Service", "ds"},
    {"DynamoDB Streams", "dynamodbstreams"},
    {"Elastic Beanstalk", "elasticbeanstalk"},
    {"Elastic Load Balancing", "elb"},
    {"Elastic Load Balancing v2", "elbv2"},
    {"Elastic Transcoder", "elastictranscoder"},
    {"Elasticsearch Service", "es"},
    {"EventBridge", "events"},
    {"Global Accelerator", "globalaccelerator"},
    {"IoT 1Click Devices Service", "iot1click-devices"},
    {"IoT 1Click Projects", "iot1click-projects"},
    {"IoT Data Plane", "iot-data"},
    {"IoT Events", "iotevents"},
    {"IoT Events Data", "iotevents-data"},
    {"IoT Jobs Data Plane", "iot-jobs-data"},
    {"IoT Wireless", "iotwireless"},
    {"Kinesis Analytics", "kinesisanalytics"},
    {"Kinesis Analytics V2", "kinesisanalyticsv2"},
    {"Kinesis Video", "kinesisvideo"},
    {"Lex Model Building Service", "lex-models"},
    {"Lex Models V2", "lexv2-models"},
    {"Lex Runtime Service", "lex-runtime"},
    {"Lex Runtime V2", "lexv2-runtime"},
    {"Machine Learning", "machinelearning"},
    {"Marketplace Commerce Analytics", "marketplacecommerceanalytics"},
    {"Marketplace Entitlement Service", "marketplace-entitlement"},
    {"Marketplace Metering", "meteringmarketplace"},
    {"Migration Hub", "mgh"},
    {"Resource Groups Tagging API", "resourcegroupstaggingapi"},
    {"Route 53", "route53"},
    {"Route 53 Domains", "route53domains"},
    {"S3 Control", "s3control"},
    {"SFN", "stepfunctions"},
    {"Secrets Manager", "secretsmanager"},
    {"ServerlessApplicationRepository", "serverlessrepo"},
    {"Service Catalog", "servicecatalog"},
    {"Service Catalog AppRegistry", "servicecatalog-appregistry"},
    {"SimpleDB", "sdb"},
    {"Storage Gateway", "storagegateway"},
    {"CloudWatch Events", ""},  // the old name of EventBridge: "events" is EventBridge
};

}  // namespace setpoint::cloud::aws
