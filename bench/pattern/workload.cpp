#include "workload.h"

#include <fmt/format.h>

#include <array>

#include "draw.h"

namespace setpoint::bench {

namespace {

struct Service {
  const char* name;
  const char* target;  // the request parameter that names what it is about
  std::vector<const char*> calls;
};

const std::vector<Service> kServices = {
    {"ec2",
     "instanceId",
     {"DescribeInstances", "RunInstances", "StopInstances", "TerminateInstances", "AuthorizeSecurityGroupIngress",
      "RevokeSecurityGroupIngress", "CreateSecurityGroup", "DeleteSecurityGroup", "DescribeSecurityGroups",
      "ModifySnapshotAttribute", "CreateVolume", "DeleteVolume", "AttachVolume", "DescribeVolumes", "CreateRoute",
      "DeleteFlowLogs"}},
    {"s3",
     "bucketName",
     {"ListBuckets", "GetBucketPolicy", "PutBucketPolicy", "PutBucketAcl", "DeleteBucketPolicy",
      "PutBucketPublicAccessBlock", "DeletePublicAccessBlock", "PutBucketLogging", "PutBucketVersioning",
      "GetBucketAcl"}},
    {"iam",
     "userName",
     {"ListUsers", "CreateUser", "DeleteUser", "CreateAccessKey", "DeleteAccessKey", "AttachUserPolicy",
      "PutUserPolicy", "CreateLoginProfile", "DeactivateMFADevice", "UpdateAssumeRolePolicy", "GetUser", "PassRole"}},
    {"sts", "roleArn", {"AssumeRole", "AssumeRoleWithSAML", "GetCallerIdentity", "GetSessionToken"}},
    {"kms",
     "keyId",
     {"Decrypt", "Encrypt", "GenerateDataKey", "ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy", "CreateGrant",
      "DescribeKey"}},
    {"lambda",
     "functionName",
     {"CreateFunction20150331", "UpdateFunctionCode20150331v2", "DeleteFunction20150331", "AddPermission20150331v2",
      "ListFunctions20150331"}},
    {"rds",
     "dBInstanceIdentifier",
     {"CreateDBInstance", "DeleteDBInstance", "ModifyDBInstance", "ModifyDBSnapshotAttribute", "DescribeDBInstances",
      "StopDBInstance"}},
    {"cloudtrail",
     "name",
     {"CreateTrail", "DeleteTrail", "StopLogging", "StartLogging", "UpdateTrail", "LookupEvents"}},
    {"config",
     "ruleName",
     {"PutConfigRule", "DeleteConfigRule", "StopConfigurationRecorder", "DescribeConfigRules", "PutEvaluations"}},
    {"cloudformation",
     "stackName",
     {"CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "ExecuteChangeSet"}},
    {"logs",
     "logGroupName",
     {"CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DescribeLogGroups", "CreateLogStream"}},
    {"monitoring", "alarmName", {"PutMetricAlarm", "DeleteAlarms", "DescribeAlarms", "DisableAlarmActions"}},
    {"elasticloadbalancing",
     "name",
     {"CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "DescribeTargetHealth"}},
    {"autoscaling",
     "groupName",
     {"CreateAutoScalingGroup", "SetDesiredCapacity", "UpdateAutoScalingGroup", "TerminateInstanceInAutoScalingGroup"}},
    {"ssm",
     "name",
     {"GetParameter", "PutParameter", "SendCommand", "StartSession", "StartAutomationExecution",
      "UpdateInstanceInformation"}},
    {"secretsmanager",
     "secretId",
     {"GetSecretValue", "CreateSecret", "DeleteSecret", "PutSecretValue", "RotateSecret"}},
    {"dynamodb", "tableName", {"CreateTable", "DeleteTable", "DescribeTable", "UpdateTable", "ListTables"}},
    {"sqs", "queueName", {"CreateQueue", "DeleteQueue", "SetQueueAttributes", "ListQueues"}},
    {"sns", "topicName", {"CreateTopic", "DeleteTopic", "Subscribe", "Unsubscribe"}},
    {"ecs", "cluster", {"CreateCluster", "CreateService", "UpdateService", "RegisterTaskDefinition", "RunTask"}},
    {"eks", "name", {"CreateCluster", "DeleteCluster", "UpdateClusterConfig", "DescribeCluster"}},
    {"ecr", "repositoryName", {"GetAuthorizationToken", "BatchGetImage", "PutImage", "SetRepositoryPolicy"}},
    {"guardduty", "detectorId", {"CreateDetector", "DeleteDetector", "GetFindings", "ArchiveFindings"}},
    {"securityhub", "productArn", {"BatchImportFindings", "BatchUpdateFindings", "DisableSecurityHub"}},
    {"organizations", "accountId", {"CreateAccount", "LeaveOrganization", "AttachPolicy", "DetachPolicy"}},
    {"route53", "hostedZoneId", {"ChangeResourceRecordSets", "CreateHostedZone", "DeleteHostedZone"}},
    {"events", "name", {"PutRule", "DeleteRule", "PutTargets", "RemoveTargets", "DisableRule"}},
    {"wafv2", "name", {"CreateWebACL", "UpdateWebACL", "DeleteWebACL"}},
    {"backup", "backupVaultName", {"StartBackupJob", "DeleteRecoveryPoint", "CreateBackupPlan"}},
    {"glue", "jobName", {"CreateJob", "StartJobRun", "GetTables"}}};

const std::array kRegions = {"eu-central-1",   "us-east-1",      "eu-west-1",  "us-west-2",
                             "ap-southeast-1", "ap-northeast-1", "us-east-2",  "ca-central-1",
                             "sa-east-1",      "ap-south-1",     "eu-north-1", "eu-west-2"};
const std::array kTeams = {"claims", "pricing", "login", "search", "ledger", "stock", "fleet", "mail",
                           "video",  "legal",   "hr",    "radar",  "store",  "maps",  "chat",  "labs"};
const std::array kStages = {"prod", "prod", "test", "dev"};
const std::array kDuties = {"Admin", "Reader", "Deployer", "BreakGlass", "Auditor", "Pipeline", "Network", "Data"};
const std::array kErrors = {"AccessDenied", "Client.UnauthorizedOperation", "ThrottlingException",
                            "ValidationException", "NoSuchBucket"};
const std::array kAgents = {
    "aws-cli/2.15.{} Python/3.11.8 Linux/6.1.0 source/x86_64.debian.12 prompt/off command/{}.{}",
    "Boto3/1.34.{} md/Botocore#1.34.{} ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython "
    "cfg/retry-mode#standard {}",
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.{} (+https://www.terraform.io) terraform-provider-aws/5.{}.0 "
    "aws-sdk-go-v2/1.25.0 os/linux lang/go#1.21.8 {}",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/12{}.0.0.0 Safari/537.36 console {} "
    "{}"};
const std::array kSizes = {"size", "iops", "timeout", "memorySize", "desiredCapacity", "retentionInDays"};
const std::array kReads = {"Describe", "List", "Get", "Lookup", "Batch"};

const std::vector<std::string>& accounts() {
  static const std::vector<std::string> kAccounts = [] {
    Draw draw(99);
    std::vector<std::string> out;
    for (int i = 0; i < 500; ++i) out.push_back(std::to_string(draw.between(100000000000, 999999999999)));
    return out;
  }();
  return kAccounts;
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Trail {
 public:
  explicit Trail(std::uint64_t seed) : draw_(seed) {}

  std::string event() {
    const Service& service = draw_.skewed(kServices);
    std::string call = draw_.skewed(service.calls);
    account_ = draw_.skewed(accounts());
    team_ = draw_.any(kTeams);
    stage_ = draw_.any(kStages);
    std::string region = draw_.skewed(kRegions), when = time();
    std::string detail = fmt::format(
        R"({{"eventVersion":"1.09","userIdentity":{},"eventTime":"{}","eventSource":"{}.amazonaws.com","eventName":"{}","awsRegion":"{}","sourceIPAddress":"{}","userAgent":"{}",{}"requestParameters":{},"responseElements":{},"requestID":"{}","eventID":"{}","readOnly":{},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{}","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{}.{}.amazonaws.com"}}}})",
        identity(), when, service.name, call, region, address(), agent(service.name, call), error(), request(service),
        response(), uuid(), uuid(), is_read(call), account_, service.name, region);
    return fmt::format(
        R"({{"version":"0","id":"{}","detail-type":"AWS API Call via CloudTrail","source":"aws.{}","account":"{}","time":"{}","region":"{}","resources":[],"detail":{}}})",
        uuid(), service.name, account_, when, region, detail);
  }

 private:
  std::string uuid() {
    return draw_.hex(8) + "-" + draw_.hex(4) + "-" + draw_.hex(4) + "-" + draw_.hex(4) + "-" + draw_.hex(12);
  }
  std::string time() {
    return fmt::format("2026-{:02}-{:02}T{:02}:{:02}:{:02}Z", draw_.between(1, 9), draw_.between(1, 28),
                       draw_.below(24), draw_.below(60), draw_.below(60));
  }
  static bool is_read(std::string_view call) {
    for (std::string_view verb : kReads) {
      if (call.starts_with(verb)) return true;
    }
    return false;
  }

  std::string address() {
    switch (draw_.below(6)) {
      case 0:
        return fmt::format("198.51.100.{}", draw_.between(1, 254));
      case 1:
        return fmt::format("203.0.113.{}", draw_.between(1, 254));
      case 2:
        return fmt::format("2001:db8:{:x}::{:x}", draw_.below(256), draw_.between(1, 65535));
      case 3:
        return std::string(draw_.any(kServices).name) + ".amazonaws.com";
      default:
        return fmt::format("10.{}.{}.{}", draw_.below(64), draw_.below(256), draw_.between(1, 254));
    }
  }

  std::string agent(std::string_view service, std::string_view call) {
    return fmt::format(fmt::runtime(draw_.any(kAgents)), draw_.below(60), service, call);
  }

  std::string error() {
    if (!draw_.percent(6)) return {};
    return fmt::format(R"("errorCode":"{}","errorMessage":"the principal may not do this: no policy allows it",)",
                       draw_.any(kErrors));
  }

  std::string identity() {
    std::string key = draw_.letters(16);
    if (draw_.percent(15))
      return fmt::format(R"({{"type":"AWSService","invokedBy":"{}.amazonaws.com"}})", draw_.any(kServices).name);
    if (draw_.percent(15)) {
      return fmt::format(
          R"({{"type":"IAMUser","principalId":"AIDA{}","arn":"arn:aws:iam::{}:user/{}-svc","accountId":"{}","accessKeyId":"AKIA{}","userName":"{}-svc"}})",
          key, account_, team_, account_, key, team_);
    }
    std::string role = fmt::format("{}-{}", team_, draw_.any(kDuties)), session = "i-0" + draw_.hex(16);
    return fmt::format(
        R"({{"type":"AssumedRole","principalId":"AROA{}:{}","arn":"arn:aws:sts::{}:assumed-role/{}/{}","accountId":"{}","accessKeyId":"ASIA{}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{}","arn":"arn:aws:iam::{}:role/{}","accountId":"{}","userName":"{}"}},"attributes":{{"creationDate":"{}","mfaAuthenticated":"{}"}}}}}})",
        key, session, account_, role, session, account_, key, key, account_, role, account_, role, time(),
        draw_.percent(30));
  }

  std::string request(const Service& service) {
    std::string out = fmt::format(R"({{"{}":"{}-{}-{}")", service.target, team_, stage_, draw_.hex(6));
    for (int i = 0; i < 2; ++i) out += fmt::format(R"(,"{}":{})", draw_.any(kSizes), draw_.between(1, 10000));
    if (std::string_view(service.name) == "ec2") {
      out += fmt::format(
          R"(,"ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":{0},"toPort":{0},"ipRanges":{{"items":[{{"cidrIp":"0.0.0.0/0"}}]}}}},{{"ipProtocol":"udp","fromPort":53,"toPort":53}}]}})",
          draw_.any(std::array{22, 443, 3389, 5432}));
    }
    out += R"(,"tags":[)";
    for (int i = 0; i < 3; ++i)
      out += fmt::format(R"({}{{"key":"Team","value":"{}"}},{{"key":"Stage","value":"{}"}})", i ? "," : "",
                         draw_.any(kTeams), stage_);
    return out + "]}";
  }

  std::string response() {
    return draw_.percent(50) ? "null"
                             : fmt::format(R"({{"requestId":"{}","_return":true,"status":"ACTIVE","revision":"{}"}})",
                                           uuid(), draw_.hex(24));
  }

  Draw draw_;
  std::string account_, team_, stage_;
};

// One pattern at a time. Where exact fields are not wanted, every equality is said in another way.
class Author {
 public:
  Author(std::uint64_t seed, Mix mix) : draw_(seed), mix_(mix) {}

  std::string pattern() {
    service_ = &draw_.any(kServices);
    detail_.clear();
    field("eventSource", equal(std::string(service_->name) + ".amazonaws.com"));
    calls_ = calls();
    specialise();
    if (!calls_.empty()) field("eventName", calls_);
    std::string out = "{\"source\":[" + equal("aws." + std::string(service_->name)) + "]";
    if (mix_.exact_fields) out += ",\"detail-type\":[\"AWS API Call via CloudTrail\"]";
    if (draw_.percent(++written_ > 1000 ? 98 : 85)) out += ",\"account\":[" + account_list() + "]";
    if (draw_.percent(30)) out += ",\"region\":[" + equal(draw_.any(kRegions)) + "]";
    return out + ",\"detail\":{" + detail_ + "}}";
  }

 private:
  void field(std::string_view name, const std::string& members) {
    detail_ += fmt::format("{}\"{}\":[{}]", detail_.empty() ? "" : ",", name, members);
  }
  void raw(const std::string& text) { detail_ += (detail_.empty() ? "" : ",") + text; }

  // The value itself, or a prefix or suffix that only it is likely to have.
  std::string equal(const std::string& text) {
    if (mix_.exact_fields) return in_quotes(text);
    if (text.starts_with("aws.") || draw_.percent(60))
      return fmt::format(R"({{"prefix":"{}"}})", text.substr(0, text.size() - 1));
    return fmt::format(R"({{"suffix":"{}"}})", text.substr(1));
  }

  std::string calls() {
    std::string out;
    for (std::uint64_t i = draw_.between(1, 4); i > 0; --i)
      out += (out.empty() ? "" : ",") + equal(draw_.any(service_->calls));
    return out;
  }
  std::string account_list() {
    std::string out = equal(draw_.any(accounts()));
    if (draw_.percent(25)) out += "," + equal(draw_.any(accounts()));
    return out;
  }

  void specialise() {
    std::uint64_t kind = draw_.below(100);
    if (kind < 30) return;
    if (kind < 43) return by_prefix();
    if (kind < 56) return by_exclusion();
    if (kind < 66) return by_number();
    if (kind < 74 && mix_.exact_fields)
      return field("sourceIPAddress", fmt::format(R"({{"cidr":"10.{}.0.0/16"}})", draw_.below(64)));
    if (kind < 84) return by_wildcard();
    if (kind < 93) return field("errorCode", draw_.percent(50) ? R"({"exists":true})" : R"({"exists":false})");
    if (!mix_.exact_fields) return raw(R"("userIdentity":{"arn":[{"suffix":":root"}]})");
    if (kind < 97) return field("errorCode", fmt::format(R"({{"equals-ignore-case":"{}"}})", "accessdenied"));
    raw(R"("$or":[{"errorCode":[{"exists":true}]},{"userIdentity":{"type":["Root"]}},{"sourceIPAddress":[{"cidr":"203.0.113.0/24"}]}])");
  }

  void by_prefix() {
    if (draw_.percent(40)) {
      calls_ = fmt::format(R"({{"prefix":"{}"}})", draw_.any(std::array{"Delete", "Create", "Put", "Update", "Stop"}));
    } else if (draw_.percent(50)) {
      raw(fmt::format(R"("userIdentity":{{"arn":[{{"prefix":"arn:aws:sts::{}:assumed-role/{}-"}}]}})",
                      draw_.any(accounts()), draw_.any(kTeams)));
    } else {
      raw(fmt::format(R"("requestParameters":{{"{}":[{{"prefix":"{}-prod-"}}]}})", service_->target,
                      draw_.any(kTeams)));
    }
  }

  void by_exclusion() {
    switch (draw_.below(4)) {
      case 0:
        return raw(R"("userIdentity":{"type":[{"anything-but":["AWSService","Root"]}]})");
      case 1:
        return field("awsRegion",
                     fmt::format(R"({{"anything-but":["{}","{}"]}})", draw_.any(kRegions), draw_.any(kRegions)));
      case 2:
        return field("sourceIPAddress", R"({"anything-but":{"suffix":".amazonaws.com"}})");
      default:
        return field("errorCode", R"({"anything-but":{"equals-ignore-case":["throttlingexception"]}})");
    }
  }

  void by_number() {
    std::uint64_t low = draw_.between(1, 9000);
    const char* name = draw_.any(kSizes);
    if (draw_.percent(20))
      return raw(
          R"("requestParameters":{"ipPermissions":{"items":{"fromPort":[{"numeric":["<=",22]}],"toPort":[{"numeric":[">=",22]}]}}})");
    if (draw_.percent(50))
      return raw(fmt::format(R"("requestParameters":{{"{}":[{{"numeric":[">=",{},"<",{}]}}]}})", name, low, low + 500));
    raw(fmt::format(R"("requestParameters":{{"{}":[{{"numeric":[">",{}]}}]}})", name, low));
  }

  void by_wildcard() {
    switch (draw_.below(3)) {
      case 0:
        return field("userAgent",
                     fmt::format(R"({{"wildcard":"*{}*"}})", draw_.any(std::array{"Terraform", "aws-cli", "Boto3",
                                                                                  "console", "HashiCorp*provider"})));
      case 1:
        return raw(fmt::format(
            R"("userIdentity":{{"sessionContext":{{"sessionIssuer":{{"arn":[{{"wildcard":"arn:aws:iam::*:role/{}-{}"}}]}}}}}})",
            draw_.any(kTeams), draw_.any(kDuties)));
      default:
        return raw(fmt::format(R"("requestParameters":{{"{}":[{{"wildcard":"{}-*-0*"}}]}})", service_->target,
                               draw_.any(kTeams)));
    }
  }

  Draw draw_;
  Mix mix_;
  const Service* service_ = nullptr;
  std::string detail_, calls_;
  std::size_t written_ = 0;
};

}  // namespace

std::vector<std::string> trail_events(std::size_t count, std::uint64_t seed) {
  Trail trail(seed);
  std::vector<std::string> out(count);
  for (std::string& event : out) event = trail.event();
  return out;
}

std::vector<std::string> trail_patterns(std::size_t count, std::uint64_t seed, Mix mix) {
  Author author(seed, mix);
  std::vector<std::string> out(count);
  for (std::string& pattern : out) pattern = author.pattern();
  return out;
}

}  // namespace setpoint::bench
