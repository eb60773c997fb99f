#include "workload.h"

#include <fmt/format.h>

#include <random>

namespace setpoint::guard {

namespace {

using Engine = std::mt19937_64;

bool one_in(Engine& engine, unsigned count) { return engine() % count == 0; }

std::string hex(Engine& engine) { return fmt::format("{:016x}", engine()); }

std::string security_group(Engine& engine) {
  std::string permissions;
  for (int port : {22, 80, 443, 3389}) {
    bool open = one_in(engine, 12);
    permissions += fmt::format(
        R"({}{{"ipProtocol":"tcp","fromPort":{},"toPort":{},"ipv4Ranges":[{{"cidrIp":"10.{}.0.0/16","description":"office"}}{}],"ipv6Ranges":[],"prefixListIds":[],"userIdGroupPairs":[]}})",
        permissions.empty() ? "" : ",", port, port, engine() % 256, open ? R"(,{"cidrIp":"0.0.0.0/0"})" : "");
  }
  return fmt::format(
      R"({{"groupId":"sg-{}","groupName":"app-{}","description":"application group","ownerId":"111122223333","vpcId":"vpc-{}","ipPermissions":[{}],"ipPermissionsEgress":[{{"ipProtocol":"-1","ipv4Ranges":[{{"cidrIp":"0.0.0.0/0"}}]}}],"tags":[{{"key":"team","value":"payments"}}]}})",
      hex(engine), engine() % 1000, hex(engine), permissions);
}

std::string bucket(Engine& engine) {
  return fmt::format(
      R"({{"name":"bucket-{}","creationDate":"2024-05-01T10:00:00.000Z","owner":{{"displayName":null,"id":"{}{}{}{}"}},"versioning":{{"status":"{}"}},"encryption":{{"rules":[{{"applyServerSideEncryptionByDefault":{{"sseAlgorithm":"{}","kmsMasterKeyId":"arn:aws:kms:eu-west-1:111122223333:key/{}"}},"bucketKeyEnabled":true}}]}},"publicAccessBlock":{{"blockPublicAcls":true,"ignorePublicAcls":{},"blockPublicPolicy":true,"restrictPublicBuckets":true}},"logging":{{"destinationBucketName":"logs-{}","logFilePrefix":"s3/"}},"lifecycle":{{"rules":[{{"id":"expire","status":"Enabled","expirationInDays":90}}]}}}})",
      hex(engine), hex(engine), hex(engine), hex(engine), hex(engine), one_in(engine, 8) ? "Suspended" : "Enabled",
      one_in(engine, 3) ? "AES256" : "aws:kms", hex(engine), one_in(engine, 10) ? "false" : "true", hex(engine));
}

std::string instance(Engine& engine) {
  return fmt::format(
      R"({{"instanceId":"i-{}","imageId":"ami-{}","instanceType":"m5.{}","ebsOptimized":{},"monitoring":{{"state":"enabled"}},"metadataOptions":{{"httpTokens":"{}","httpPutResponseHopLimit":1,"httpEndpoint":"enabled"}},"networkInterfaces":[{{"networkInterfaceId":"eni-{}","subnetId":"subnet-{}","association":null,"groups":[{{"groupId":"sg-{}"}}]}}],"blockDeviceMappings":[{{"deviceName":"/dev/xvda","ebs":{{"volumeId":"vol-{}","deleteOnTermination":true,"encrypted":{}}}}},{{"deviceName":"/dev/xvdb","ebs":{{"volumeId":"vol-{}","encrypted":true}}}}],"iamInstanceProfile":{{"arn":"arn:aws:iam::111122223333:instance-profile/app"}}}})",
      hex(engine), hex(engine), one_in(engine, 2) ? "large" : "xlarge", one_in(engine, 6) ? "false" : "true",
      one_in(engine, 6) ? "optional" : "required", hex(engine), hex(engine), hex(engine), hex(engine),
      one_in(engine, 9) ? "false" : "true", hex(engine));
}

std::string database(Engine& engine) {
  return fmt::format(
      R"({{"dBInstanceIdentifier":"db-{}","engine":"postgres","engineVersion":"15.4","dBInstanceClass":"db.m6g.large","storageEncrypted":{},"publiclyAccessible":{},"multiAZ":true,"backupRetentionPeriod":{},"deletionProtection":{},"autoMinorVersionUpgrade":true,"iAMDatabaseAuthenticationEnabled":true,"enabledCloudwatchLogsExports":["postgresql","upgrade"],"vpcSecurityGroups":[{{"vpcSecurityGroupId":"sg-{}","status":"active"}}],"dBSubnetGroup":{{"dBSubnetGroupName":"main","vpcId":"vpc-{}","subnets":[{{"subnetIdentifier":"subnet-{}"}},{{"subnetIdentifier":"subnet-{}"}}]}},"copyTagsToSnapshot":true,"monitoringInterval":60,"kmsKeyId":"arn:aws:kms:eu-west-1:111122223333:key/{}"}})",
      hex(engine), one_in(engine, 9) ? "false" : "true", one_in(engine, 12) ? "true" : "false", engine() % 20,
      one_in(engine, 5) ? "false" : "true", hex(engine), hex(engine), hex(engine), hex(engine), hex(engine));
}

struct Type {
  const char* name;
  std::string (*make)(Engine&);
};
constexpr Type kTypes[] = {{"AWS::EC2::SecurityGroup", security_group},
                           {"AWS::S3::Bucket", bucket},
                           {"AWS::EC2::Instance", instance},
                           {"AWS::RDS::DBInstance", database}};

std::string item(Engine& engine, std::size_t number) {
  const Type& type = kTypes[number % std::size(kTypes)];
  std::string id = hex(engine);
  return fmt::format(
      R"({{"version":"1.3","accountId":"111122223333","configurationItemCaptureTime":"2026-01-01T00:00:00.000Z","configurationItemStatus":"OK","configurationStateId":"{}","arn":"arn:aws:service:eu-west-1:111122223333:thing/{}","resourceType":"{}","resourceId":"{}","resourceName":"{}","awsRegion":"eu-west-1","availabilityZone":"Not Applicable","tags":{{"team":"payments","env":"prod"}},"relatedEvents":[],"relationships":[{{"resourceType":"AWS::EC2::VPC","resourceId":"vpc-{}","relationshipName":"Is contained in Vpc"}}],"configuration":{},"supplementaryConfiguration":{{}}}})",
      engine() % 1'000'000, id, type.name, id, id, hex(engine), type.make(engine));
}

// What controls ask, by type: {type, clauses}. The number in a rule varies the thresholds, so that no two are one.
struct Check {
  const char* type;
  const char* clauses;
};
constexpr Check kChecks[] = {
    {"AWS::EC2::SecurityGroup",
     "configuration.ipPermissions[ fromPort <= 22 toPort >= 22 ] {{ ipv4Ranges[*].cidrIp != '0.0.0.0/0' <<no ssh from "
     "anywhere>> }}"},
    {"AWS::EC2::SecurityGroup",
     "configuration.ipPermissions[ fromPort == 3389 ].ipv4Ranges[*].cidrIp != /^0\\.0\\.0\\.0/"},
    {"AWS::EC2::SecurityGroup",
     "configuration.groupName != 'default'\n  configuration.ipPermissions[*].ipProtocol != '-{0}'"},
    {"AWS::EC2::SecurityGroup", "when configuration.vpcId exists {{ configuration.ipPermissionsEgress !empty }}"},
    {"AWS::EC2::SecurityGroup",
     "configuration.ipPermissions[*] {{ when fromPort in r[{0},1024] {{ ipv4Ranges[*].cidrIp not in ['0.0.0.0/0', "
     "'1.0.0.0/8'] }} }}"},
    {"AWS::S3::Bucket",
     "configuration.publicAccessBlock {{ blockPublicAcls == true ignorePublicAcls == true blockPublicPolicy == true "
     "restrictPublicBuckets == true }}"},
    {"AWS::S3::Bucket", "configuration.versioning.status == 'Enabled'"},
    {"AWS::S3::Bucket",
     "configuration.encryption.rules[*].applyServerSideEncryptionByDefault.sseAlgorithm in ['AES256', 'aws:kms']"},
    {"AWS::S3::Bucket", "configuration.logging exists\n  configuration.logging.destinationBucketName == /^logs-/"},
    {"AWS::S3::Bucket",
     "some configuration.lifecycle.rules[*].status == 'Enabled'\n  configuration.lifecycle.rules[*].expirationInDays "
     "<= 3{0}0"},
    {"AWS::EC2::Instance", "configuration.metadataOptions.httpTokens == 'required' <<IMDSv2 only>>"},
    {"AWS::EC2::Instance", "configuration.blockDeviceMappings[*].ebs.encrypted == true"},
    {"AWS::EC2::Instance",
     "configuration.networkInterfaces[*].association is_null or configuration.networkInterfaces[*].association "
     "!exists"},
    {"AWS::EC2::Instance",
     "configuration.ebsOptimized == true\n  configuration.instanceType in ['m5.large', 'm5.xlarge', 'm5.{0}xlarge']"},
    {"AWS::EC2::Instance", "configuration.iamInstanceProfile.arn == /instance-profile\\/[a-z]+$/"},
    {"AWS::RDS::DBInstance", "configuration.storageEncrypted == true"},
    {"AWS::RDS::DBInstance", "configuration.publiclyAccessible == false"},
    {"AWS::RDS::DBInstance", "configuration.backupRetentionPeriod >= {0}\n  configuration.deletionProtection == true"},
    {"AWS::RDS::DBInstance", "configuration.enabledCloudwatchLogsExports[*] in ['postgresql', 'upgrade', 'audit{0}']"},
    {"AWS::RDS::DBInstance", "tags.env in ['prod', 'test']\n  configuration.multiAZ == true or tags.env != 'prod'"},
};

}  // namespace

std::vector<std::string> configuration_items(std::size_t count, std::uint64_t seed) {
  Engine engine(seed);
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(item(engine, i));
  return out;
}

std::string control_rules(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const Check& check = kChecks[i % std::size(kChecks)];
    out += fmt::format("rule control_{} when resourceType == '{}' {{\n  {}\n}}\n", i, check.type,
                       fmt::format(fmt::runtime(check.clauses), 1 + i / std::size(kChecks)));
  }
  return out;
}

std::string template_with(std::size_t resources) {
  Engine engine(7);
  std::string out = R"({"AWSTemplateFormatVersion":"2010-09-09","Resources":{)";
  for (std::size_t i = 0; i < resources; ++i) {
    const Type& type = kTypes[i % std::size(kTypes)];
    out += fmt::format(R"({}"Resource{}":{{"Type":"{}","Properties":{}}})", i > 0 ? "," : "", i, type.name,
                       type.make(engine));
  }
  return out + "}}";
}

std::string template_rules() {
  return R"(
let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]
rule encrypted when %buckets !empty {
  %buckets.Properties.encryption.rules[*].applyServerSideEncryptionByDefault.sseAlgorithm in ['AES256', 'aws:kms']
}
rule instances {
  AWS::EC2::Instance { Properties.metadataOptions.httpTokens == 'required' }
}
rule groups {
  AWS::EC2::SecurityGroup { Properties.ipPermissions[ fromPort == 22 ].ipv4Ranges[*].cidrIp != '0.0.0.0/0' }
}
rule databases {
  AWS::RDS::DBInstance { Properties { storageEncrypted == true publiclyAccessible == false } }
}
)";
}

}  // namespace setpoint::guard
