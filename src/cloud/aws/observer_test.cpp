#include "cloud/aws/observer.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "cloud/aws/actuator.h"
#include "cloud/aws/config_item.h"

namespace setpoint::cloud::aws {
namespace {

using base::ErrorCode;
using base::Json;

// An account on the wire, by the codecs' other end: answers each operation from a table.
class TableTransport final : public Transport {
 public:
  explicit TableTransport(std::shared_ptr<ModelCatalog> catalog) : catalog_(std::move(catalog)) {}
  std::map<std::string, Json> outputs;        // "s3 GetBucketPolicy" -> output
  std::map<std::string, std::string> errors;  // -> AWS code
  std::vector<DecodedRequest> seen;

  base::Result<HttpResponse> send(const HttpRequest& request, const SendOptions&) override {
    auto decoded = decode_request(*catalog_, request);
    if (!decoded) return base::fail(decoded.error());
    std::lock_guard lock(mutex_);
    seen.push_back(*decoded);
    const OperationModel& operation = *decoded->operation;
    const std::string name = fmt::format("{} {}", operation.service->name, operation.name);
    if (errors.count(name)) {
      ServiceError wrong;
      wrong.code = errors[name];
      wrong.message = "as scripted";
      return encode_error(*operation.service, decoded->protocol, wrong, "r");
    }
    return encode_response(operation, outputs.count(name) ? outputs[name] : Json::object(), "r");
  }

 private:
  std::shared_ptr<ModelCatalog> catalog_;
  std::mutex mutex_;
};

struct Fixture {
  std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  base::ManualClock clock{base::Timestamp{1'800'000'000'000}};
  base::SeededRandom random{7};
  TableTransport transport{catalog};
  Client client{[this] {
    ClientOptions options;
    options.catalog = catalog;
    options.transport = &transport;
    options.clock = &clock;
    options.random = &random;
    options.credentials = [](const std::string&) -> base::Result<Credentials> {
      Credentials keys;
      keys.access_key = "AKID";
      keys.secret_key = Secret("secret");
      return keys;
    };
    return options;
  }()};
  AwsObserver observer{client};
  std::vector<model::Resource> found;
  DiscoveryReport discover(std::string type) {
    auto report = observer.discover({.account = "111122223333", .regions = {"eu-west-1"}, .types = {std::move(type)}},
                                    [&](model::Resource resource) { found.push_back(std::move(resource)); });
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : DiscoveryReport{};
  }
};

model::ApiCall call_of(std::string service, std::string operation, Json parameters) {
  model::ApiCall call;
  call.account = "111122223333";
  call.region = "eu-west-1";
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.parameters = std::move(parameters);
  return call;
}

const Json kGroup =
    Json::parse(R"({"GroupId":"sg-1","GroupName":"web","VpcId":"vpc-1","OwnerId":"111122223333","Description":"d",
  "IpPermissions":[{"FromPort":22,"ToPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"x"}],"Ipv6Ranges":[],
                    "PrefixListIds":[],"UserIdGroupPairs":[{"GroupId":"sg-2","UserId":"1"}]}],"IpPermissionsEgress":[],
  "Tags":[{"Key":"env","Value":"prod"}]})");

TEST(Observer, RefusesWhatMayChangeSomething) {
  Fixture f;
  auto refused = f.observer.read(call_of("ec2", "DeleteVpc", {{"VpcId", "vpc-1"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_TRUE(f.transport.seen.empty());
  EXPECT_TRUE(f.observer.read(call_of("ec2", "DescribeVpcs", Json::object())));
}

TEST(Observer, RendersASecurityGroupAsAwsConfigDoes) {
  Fixture f;
  f.transport.outputs["ec2 DescribeSecurityGroups"] = {{"SecurityGroups", {kGroup}}};
  EXPECT_TRUE(f.discover("AWS::EC2::SecurityGroup").complete());
  ASSERT_EQ(f.found.size(), 1u);
  const model::Resource& group = f.found[0];
  EXPECT_EQ(group.key.text(), "aws/111122223333/eu-west-1/AWS::EC2::SecurityGroup/sg-1");
  EXPECT_EQ(group.arn, "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1");
  EXPECT_EQ(group.tags.at("env"), "prod");
  EXPECT_EQ(group.relations.at(0).id, "vpc-1");
  const Json& permission = group.item["configuration"]["ipPermissions"][0];
  EXPECT_EQ(permission["ipv4Ranges"], Json::parse(R"([{"cidrIp":"0.0.0.0/0","description":"x"}])"));
  EXPECT_EQ(permission["ipRanges"], Json::parse(R"(["0.0.0.0/0"])"));
  EXPECT_EQ(permission["userIdGroupPairs"][0]["groupId"], "sg-2");
}

TEST(Observer, AFailedListIsUnreadAndNotEmpty) {
  Fixture f;
  f.transport.errors["ec2 DescribeSecurityGroups"] = "UnauthorizedOperation";
  const DiscoveryReport report = f.discover("AWS::EC2::SecurityGroup");
  ASSERT_EQ(report.unread.size(), 1u);
  EXPECT_EQ(report.unread[0].region, "eu-west-1");
  EXPECT_EQ(report.unread[0].why.code, ErrorCode::access_denied);
}

TEST(Observer, ATypeNobodyKnowsIsUnread) {
  Fixture f;
  EXPECT_FALSE(f.discover("AWS::Nothing::Here").complete());
}

Fixture& with_bucket(Fixture& f) {
  f.transport.outputs["s3 ListBuckets"] =
      Json::parse(R"({"Buckets":[{"Name":"my-bucket","CreationDate":"2026-11-21T19:23:00.000Z"}]})");
  f.transport.outputs["s3 GetBucketLocation"] = {{"LocationConstraint", "eu-west-1"}};
  f.transport.outputs["s3 GetBucketPolicy"] = {{"Policy", R"({"Version":"2012-10-17"})"}};
  f.transport.outputs["s3 GetPublicAccessBlock"] =
      Json::parse(R"({"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":false}})");
  f.transport.outputs["s3 GetBucketEncryption"] = Json::parse(
      R"({"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"k"},"BucketKeyEnabled":true}]}})");
  f.transport.outputs["s3 GetBucketVersioning"] = {{"Status", "Enabled"}};
  f.transport.outputs["s3 GetBucketAcl"] = Json::parse(
      R"({"Owner":{"ID":"o"},"Grants":[{"Grantee":{"Type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"},"Permission":"READ"}]})");
  f.transport.errors["s3 GetBucketLifecycleConfiguration"] = "NoSuchLifecycleConfiguration";
  f.transport.errors["s3 GetObjectLockConfiguration"] = "ObjectLockConfigurationNotFoundError";
  f.transport.errors["s3 GetBucketTagging"] = "NoSuchTagSet";
  f.transport.errors["s3 GetBucketOwnershipControls"] = "OwnershipControlsNotFoundError";
  return f;
}

TEST(Observer, PutsABucketsSettingsWhereAwsConfigHasThem) {
  Fixture f;
  EXPECT_TRUE(with_bucket(f).discover("AWS::S3::Bucket").complete());
  ASSERT_EQ(f.found.size(), 1u);
  const Json& more = f.found[0].item["supplementaryConfiguration"];
  EXPECT_EQ(more["BucketPolicy"]["policyText"], R"({"Version":"2012-10-17"})");
  EXPECT_EQ(more["PublicAccessBlockConfiguration"]["blockPublicAcls"], true);
  EXPECT_EQ(more["ServerSideEncryptionConfiguration"]["rules"][0]["applyServerSideEncryptionByDefault"]["sseAlgorithm"],
            "aws:kms");
  EXPECT_EQ(more["BucketVersioningConfiguration"]["status"], "Enabled");
  EXPECT_EQ(more["BucketLoggingConfiguration"]["destinationBucketName"], nullptr);
  EXPECT_EQ(Json::parse(more["AccessControlList"].get<std::string>())["grantList"][0]["grantee"], "AllUsers");
  EXPECT_FALSE(more.contains("BucketLifecycleConfiguration"));
}

TEST(Observer, ABucketWithAnUnreadablePartIsUnknownAndNamed) {
  Fixture f;
  with_bucket(f).transport.errors["s3 GetBucketPolicy"] = "AccessDenied";
  const DiscoveryReport report = f.discover("AWS::S3::Bucket");
  ASSERT_EQ(f.found.size(), 1u);
  EXPECT_EQ(f.found[0].knowledge, model::Knowledge::unknown);
  ASSERT_EQ(report.unread.size(), 1u);
  EXPECT_NE(report.unread[0].why.where.find("my-bucket"), std::string::npos);
}

TEST(Observer, TellsDeletedFromUnreadable) {
  Fixture f;
  f.transport.errors["ec2 DescribeSecurityGroups"] = "InvalidGroup.NotFound";
  const model::ResourceKey key{.provider = "aws",
                               .account = "111122223333",
                               .region = "eu-west-1",
                               .type = "AWS::EC2::SecurityGroup",
                               .id = "sg-9"};
  auto gone = f.observer.observe(key);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->knowledge, model::Knowledge::deleted);
  f.transport.errors["ec2 DescribeSecurityGroups"] = "UnauthorizedOperation";
  EXPECT_EQ(f.observer.observe(key).error().code, ErrorCode::access_denied);
}

TEST(Observer, FindsAUserByNameOrId) {
  Fixture f;
  f.transport.outputs["iam GetAccountAuthorizationDetails"] = Json::parse(
      R"({"UserDetailList":[{"UserName":"ann","UserId":"AIDA1","Arn":"a"},{"UserName":"bob","UserId":"AIDA2","Arn":"b"}]})");
  for (const char* id : {"bob", "AIDA2"}) {
    auto user =
        f.observer.observe({.provider = "aws", .account = "1", .region = "global", .type = "AWS::IAM::User", .id = id});
    ASSERT_TRUE(user) << user.error().text();
    EXPECT_EQ(user->key.id, "AIDA2");
    EXPECT_EQ(user->item["configuration"]["userName"], "bob");
    EXPECT_EQ(user->key.region, "global");
  }
}

TEST(ConfigItem, GoesThereAndBack) {
  const ItemContext context{
      .account = "111122223333", .region = "eu-west-1", .captured_at = {1'800'000'000'000}, .source = "test"};
  const std::pair<const char*, Json> objects[] = {
      {"AWS::EC2::SecurityGroup", kGroup},
      {"AWS::EC2::Volume",
       Json::parse(R"({"VolumeId":"vol-1","Encrypted":true,"Size":8,"Attachments":[{"InstanceId":"i-1"}],"Tags":[]})")},
      {"AWS::S3::Bucket", Json::parse(R"({"Name":"b","CreationDate":"2026-11-21T19:23:00.000Z","Policy":"{}",
          "PublicAccessBlock":{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true}},"Versioning":{"Status":"Suspended","MFADelete":"Disabled"},
          "Logging":{"LoggingEnabled":{"TargetBucket":"l","TargetPrefix":"p/"}},
          "Encryption":{"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}},
          "Acl":{"Owner":{"ID":"o","DisplayName":"d"},"Grants":[{"Grantee":{"Type":"CanonicalUser","ID":"o","DisplayName":"d"},"Permission":"FULL_CONTROL"}]}})")},
      {"AWS::KMS::Key",
       Json::parse(R"({"KeyId":"k","AWSAccountId":"1","KeyState":"Enabled","Policy":"{}","KeyRotationEnabled":true})")},
      {"AWS::SNS::Topic", Json::parse(R"({"TopicArn":"arn:t","Attributes":{"TopicArn":"arn:t","Policy":"{}"}})")},
      {"AWS::Config::ConfigurationRecorder",
       Json::parse(R"({"name":"default","recordingGroup":{"allSupported":true},"Recording":true})")},
      {"AWS::GuardDuty::Detector", Json::parse(R"({"DetectorId":"d","Status":"DISABLED"})")},
      {"AWS::CloudWatch::Alarm", Json::parse(R"({"AlarmName":"a","OKActions":[],"ActionsEnabled":true})")},
      {"AWS::RDS::DBInstance",
       Json::parse(R"({"DBInstanceIdentifier":"d","DbiResourceId":"db-1","PubliclyAccessible":true})")},
  };
  for (const auto& [type, object] : objects) {
    const model::Resource item = to_configuration_item(type, object, context);
    auto back = from_configuration_item(item.item);
    ASSERT_TRUE(back) << type << back.error().text();
    EXPECT_EQ(*back, object) << type << "\n" << item.item.dump(1);
    EXPECT_EQ(to_configuration_item(type, *back, context).state_digest(), item.state_digest()) << type;
  }
}

TEST(ConfigurationItem, TheOrderOfTagsIsNoState) {
  ItemContext context{.account = "111122223333", .region = "eu-west-1", .captured_at = {}};
  auto digest = [&](const char* tags) {
    Json group = {{"GroupId", "sg-1"}, {"Tags", Json::parse(tags)}};
    return to_configuration_item("AWS::EC2::SecurityGroup", group, context).state_digest();
  };
  base::Digest one = digest(R"([{"Key": "Owner", "Value": "a"}, {"Key": "Name", "Value": "b"}])");
  EXPECT_EQ(one, digest(R"([{"Key": "Name", "Value": "b"}, {"Key": "Owner", "Value": "a"}])"));
  EXPECT_NE(one, digest(R"([{"Key": "Name", "Value": "a"}, {"Key": "Owner", "Value": "b"}])"));
}

TEST(ConfigItem, ReadsTheOlderFormOfRanges) {
  auto group = from_configuration_item(
      Json::parse(R"({"resourceType":"AWS::EC2::SecurityGroup","configuration":{"groupId":"sg-1",
      "ipPermissions":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":["0.0.0.0/0"],"prefixListIds":[],"userIdGroupPairs":[]}]}})"));
  ASSERT_TRUE(group);
  EXPECT_EQ((*group)["IpPermissions"][0]["IpRanges"], Json::parse(R"([{"CidrIp":"0.0.0.0/0"}])"));
}

TEST(Actuator, SendsNothingWithoutADecisionThatCoversTheCall) {
  Fixture f;
  AwsActuator actuator(f.client);
  const model::ApiCall call = call_of("ec2", "CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"Size", 8}});
  model::Decision decision;
  EXPECT_EQ(actuator.apply(call, decision, "t").error().code, ErrorCode::refused);
  decision.effect = model::Effect::permit;
  decision.covered = {call.digest()};
  decision.valid_until = f.clock.now() + std::chrono::hours(1);
  const model::ApiCall other = call_of("ec2", "CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"Size", 9}});
  EXPECT_EQ(actuator.apply(other, decision, "t").error().code, ErrorCode::refused);
  EXPECT_TRUE(f.transport.seen.empty());
  ASSERT_TRUE(actuator.apply(call, decision, "token-1"));
  EXPECT_EQ(f.transport.seen.at(0).parameters["ClientToken"], "token-1");
}

}  // namespace
}  // namespace setpoint::cloud::aws
