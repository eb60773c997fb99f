#include "cloud/aws/codec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace setpoint::cloud::aws {
namespace {

using base::Json;

const ModelCatalog& catalog() {
  static std::shared_ptr<ModelCatalog> shared = *ModelCatalog::open_default({});
  return *shared;
}

const OperationModel& operation(std::string_view service, std::string_view name) {
  return **catalog().operation(service, name);
}

HttpRequest request_of(const OperationModel& op, const Json& parameters) {
  auto encoded = encode_request(op, parameters);
  EXPECT_TRUE(encoded) << (encoded ? "" : encoded.error().text());
  if (!encoded) return {};
  encoded->http.host = encoded->host_prefix + "host.example";
  set_header(
      encoded->http.headers, "Authorization",
      fmt::format(
          "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=00",
          op.service->signing_name));
  return encoded->http;
}

HttpRequest raw_request(std::string method, std::string host, std::string query, std::string body,
                        std::string_view signed_for) {
  HttpRequest request;
  request.method = std::move(method);
  request.host = std::move(host);
  request.query = std::move(query);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  if (signed_for.empty()) return request;
  request.headers.emplace_back(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/{}/aws4_request, SignedHeaders=host, "
                  "Signature=0",
                  signed_for));
  return request;
}

struct Case {
  const char* service;
  const char* operation;
  const char* parameters;
  const char* output;
};

class RoundTrip : public testing::TestWithParam<Case> {};

TEST_P(RoundTrip, ServerReadsWhatTheClientWrote) {
  const OperationModel& op = operation(GetParam().service, GetParam().operation);
  const Json parameters = Json::parse(GetParam().parameters);
  auto decoded = decode_request(catalog(), request_of(op, parameters));
  ASSERT_TRUE(decoded) << decoded.error().text();
  EXPECT_EQ(decoded->operation, &op) << decoded->operation->name;
  decoded->parameters.erase("ContentMD5");  // the client adds it
  EXPECT_EQ(decoded->parameters, parameters);
  EXPECT_EQ(decoded->region, "eu-west-1");
  EXPECT_TRUE(decoded->warnings.empty()) << decoded->warnings[0];
}

TEST_P(RoundTrip, ClientReadsWhatTheServerWrote) {
  const OperationModel& op = operation(GetParam().service, GetParam().operation);
  const Json output = Json::parse(GetParam().output);
  const HttpResponse response = encode_response(op, output, "req-1");
  std::vector<std::string> warnings;
  auto decoded = decode_response(op, response, &warnings);
  ASSERT_TRUE(decoded) << decoded.error().text() << "\n" << response.body;
  EXPECT_EQ(decoded->output, output) << response.body;
  EXPECT_EQ(decoded->request_id, "req-1");
  EXPECT_TRUE(warnings.empty()) << warnings[0];
}

// A quick stand-in for fuzz/cloud in every run: bent bytes give an error or a value, never a crash.
TEST_P(RoundTrip, SurvivesBentBytes) {
  const OperationModel& op = operation(GetParam().service, GetParam().operation);
  const HttpRequest request = request_of(op, Json::parse(GetParam().parameters));
  const HttpResponse response = encode_response(op, Json::parse(GetParam().output), "req-1");
  std::mt19937 random(7);
  auto bend = [&](std::string text) {
    for (int i = 0; i < 3 && !text.empty(); ++i) text[random() % text.size()] = static_cast<char>(random());
    return random() % 4 == 0 ? text.substr(0, text.empty() ? 0 : random() % text.size()) : text;
  };
  for (int round = 0; round < 200; ++round) {
    HttpRequest bent = request;
    bent.body = bend(bent.body);
    bent.path = bend(bent.path);
    bent.query = bend(bent.query);
    auto decoded = decode_request(catalog(), bent);
    if (!decoded) {
      EXPECT_FALSE(decoded.error().message.empty());
    }
    HttpResponse bent_response = response;
    bent_response.body = bend(bent_response.body);
    bent_response.status = round % 2 == 0 ? 200 : 400;
    auto result = decode_response(op, bent_response);
    if (round % 2 == 1) {
      EXPECT_FALSE(result);
    }
  }
}

const Case kCases[] = {
    {"ec2", "RevokeSecurityGroupIngress",
     R"({"GroupId":"sg-1","IpPermissions":[{"FromPort":22,"ToPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"a & b <c>"}]}]})",
     R"({"Return":true,"UnknownIpPermissions":[{"FromPort":1,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]})"},
    {"ec2", "DescribeSecurityGroups", R"({"Filters":[{"Name":"vpc-id","Values":["vpc-1","vpc-2"]}],"MaxResults":5})",
     R"({"SecurityGroups":[{"GroupId":"sg-1","GroupName":"a\nb","IpPermissions":[],"Tags":[{"Key":"k","Value":""}]}],"NextToken":"x"})"},
    {"ec2", "DescribeVolumes", R"({"VolumeIds":["vol-1"]})",
     R"({"Volumes":[{"VolumeId":"vol-1","Encrypted":false,"Size":8,"CreateTime":"2026-11-21T19:23:00.000Z"}]})"},
    {"iam", "CreateUser", R"({"UserName":"bob","Tags":[{"Key":"a","Value":"b"}]})",
     R"({"User":{"UserName":"bob","Arn":"arn:aws:iam::1:user/bob","CreateDate":"2026-11-21T19:23:00.000Z"}})"},
    {"iam", "GetAccountSummary", R"({})", R"({"SummaryMap":{"Users":3,"AccountMFAEnabled":1}})"},
    {"sns", "SetTopicAttributes", R"({"TopicArn":"t","AttributeName":"KmsMasterKeyId","AttributeValue":"k"})", R"({})"},
    {"sns", "Publish",
     R"({"TopicArn":"t","Message":"m","MessageAttributes":{"a":{"DataType":"String","StringValue":"v"}}})",
     R"({"MessageId":"1"})"},
    {"rds", "ModifyDBInstance",
     R"({"DBInstanceIdentifier":"d","PubliclyAccessible":false,"VpcSecurityGroupIds":["sg-1"]})",
     R"({"DBInstance":{"DBInstanceIdentifier":"d","AllocatedStorage":20,"DBSubnetGroup":{"Subnets":[{"SubnetIdentifier":"s"}]}}})"},
    {"elbv2", "DescribeLoadBalancers", R"({"Names":["x"]})", R"({"LoadBalancers":[{"LoadBalancerName":"x"}]})"},
    {"ssm", "PutParameter", R"({"Name":"/a","Value":"ü€😀","Type":"String","Overwrite":true})",
     R"({"Version":2,"Tier":"Standard"})"},
    {"kms", "Encrypt", R"({"KeyId":"k","Plaintext":"aGVsbG8="})", R"({"CiphertextBlob":"AAEC","KeyId":"k"})"},
    {"dynamodb", "PutItem", R"({"TableName":"t","Item":{"id":{"S":"1"},"n":{"N":"2"},"b":{"B":"AQI="}}})",
     R"({"Attributes":{"id":{"S":"1"}}})"},
    {"cloudtrail", "LookupEvents", R"({"StartTime":"2026-11-21T19:23:00.000Z","MaxResults":3})",
     R"({"Events":[{"EventId":"1","EventTime":"2026-11-21T19:23:00.000Z","ReadOnly":"true"}]})"},
    {"lambda", "AddPermission",
     R"({"FunctionName":"f","StatementId":"s","Action":"lambda:InvokeFunction","Principal":"*"})",
     R"({"Statement":"{}"})"},
    {"lambda", "ListFunctions", R"({"MaxItems":3,"Marker":"a b"})", R"({"Functions":[{"FunctionName":"f"}]})"},
    {"securityhub", "BatchUpdateFindings",
     R"({"FindingIdentifiers":[{"Id":"i","ProductArn":"p"}],"Workflow":{"Status":"RESOLVED"}})",
     R"({"ProcessedFindings":[{"Id":"i","ProductArn":"p"}],"UnprocessedFindings":[]})"},
    {"s3", "ListBuckets", R"({})",
     R"({"Buckets":[{"Name":"b","CreationDate":"2026-11-21T19:23:00.000Z"}],"Owner":{"DisplayName":"d","ID":"1"}})"},
    {"s3", "PutBucketEncryption",
     R"({"Bucket":"b","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BucketKeyEnabled":true}]}})",
     R"({})"},
    {"s3", "GetBucketEncryption", R"({"Bucket":"b"})",
     R"({"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":false}]}})"},
    {"s3", "PutBucketPolicy", R"({"Bucket":"b","Policy":"{\"Version\":\"2012-10-17\"}"})", R"({})"},
    {"s3", "GetBucketPolicy", R"({"Bucket":"b"})", R"({"Policy":"{\"Version\":\"2012-10-17\"}"})"},
    {"s3", "GetBucketLocation", R"({"Bucket":"b"})", R"({"LocationConstraint":"eu-west-1"})"},
    {"s3", "GetBucketAcl", R"({"Bucket":"b"})",
     R"({"Owner":{"ID":"1"},"Grants":[{"Permission":"READ","Grantee":{"Type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"}}]})"},
    {"s3", "ListObjectsV2", R"({"Bucket":"b","Prefix":"a/b c+d","MaxKeys":5})",
     R"({"Contents":[{"Key":"a/b","Size":5,"ETag":"\"x\""}],"IsTruncated":false,"KeyCount":1,"Name":"b"})"},
    {"s3", "GetObject", R"({"Bucket":"b","Key":"a/b c+d/ü"})",
     R"({"Body":"aGVsbG8=","ContentLength":5,"Metadata":{"k":"v"}})"},
    {"s3", "PutObject", R"({"Bucket":"b","Key":"k","Body":"aGVsbG8=","Metadata":{"owner":"me"}})",
     R"({"ETag":"\"e\""})"},
    {"s3", "CopyObject", R"({"Bucket":"b","Key":"k","CopySource":"x/y"})", R"({"CopyObjectResult":{"ETag":"\"e\""}})"},
    {"s3", "UploadPart", R"({"Bucket":"b","Key":"k","PartNumber":2,"UploadId":"u","Body":"AAEC"})",
     R"({"ETag":"\"e\""})"},
    {"s3", "HeadBucket", R"({"Bucket":"b"})", R"({})"},
    {"s3", "DeleteObjects", R"({"Bucket":"b","Delete":{"Objects":[{"Key":"a"},{"Key":"b"}],"Quiet":true}})",
     R"({"Deleted":[{"Key":"a"}]})"},
    {"s3control", "PutPublicAccessBlock",
     R"({"AccountId":"111122223333","PublicAccessBlockConfiguration":{"BlockPublicAcls":true}})", R"({})"},
    {"s3control", "GetPublicAccessBlock", R"({"AccountId":"111122223333"})",
     R"({"PublicAccessBlockConfiguration":{"BlockPublicAcls":true}})"},
    {"route53", "ListHostedZones", R"({"MaxItems":"5"})",
     R"({"HostedZones":[{"Id":"/hostedzone/1","Name":"a."}],"IsTruncated":false,"Marker":"","MaxItems":"5"})"},
    {"route53", "ChangeTagsForResource",
     R"({"ResourceType":"hostedzone","ResourceId":"Z1","AddTags":[{"Key":"a","Value":"b"}]})", R"({})"},
    {"cloudwatch", "PutMetricAlarm",
     R"({"AlarmName":"a","Period":60,"Threshold":1.5,"AlarmActions":["x"],"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanThreshold"})",
     R"({})"},
    {"sqs", "GetQueueAttributes", R"({"QueueUrl":"http://q","AttributeNames":["All"]})",
     R"({"Attributes":{"Policy":"{}"}})"},
    {"cloudformation", "DescribeStacks", R"({"StackName":"s"})",
     R"({"Stacks":[{"StackName":"s","Parameters":[{"ParameterKey":"a"}]}]})"},
    {"autoscaling", "DescribeAutoScalingGroups", R"({})",
     R"({"AutoScalingGroups":[{"AutoScalingGroupName":"a","MinSize":1}]})"},
    {"redshift", "DescribeClusters", R"({})",
     R"({"Clusters":[{"ClusterIdentifier":"c","ClusterNodes":[{"NodeRole":"LEADER"}]}]})"},
};
INSTANTIATE_TEST_SUITE_P(Operations, RoundTrip, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.service) + "_" + each.param.operation; });

TEST(Encode, SaysWhichMemberIsWrong) {
  auto wrong = encode_request(operation("ec2", "RevokeSecurityGroupIngress"),
                              Json::parse(R"({"IpPermissions":[{"FromPort":"ssh"}]})"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::ErrorCode::invalid_input);
  EXPECT_EQ(wrong.error().where, "ec2 RevokeSecurityGroupIngress: IpPermissions[0].FromPort");
  EXPECT_FALSE(encode_request(operation("s3", "GetBucketAcl"), Json::object()));
}

TEST(Encode, PassesUnknownMembersOnWithAWarning) {
  auto encoded = encode_request(operation("ssm", "GetParameter"), Json{{"Name", "a"}, {"FromTheFuture", 1}});
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->http.body, R"({"FromTheFuture": 1, "Name": "a"})");
  ASSERT_EQ(encoded->warnings.size(), 1u);
  EXPECT_NE(encoded->warnings[0].find("FromTheFuture"), std::string::npos);
}

struct ErrorCase {
  const char* service;
  const char* operation;
  const char* code;
  int status;
  base::ErrorCode expected;
};
class AwsError : public testing::TestWithParam<ErrorCase> {};

TEST_P(AwsError, KeepsCodeMessageAndRequestId) {
  const OperationModel& op = operation(GetParam().service, GetParam().operation);
  const HttpResponse response =
      encode_error(*op.service, op.service->protocol,
                   {.code = GetParam().code, .message = "no & never", .status = GetParam().status}, "req-9");
  auto decoded = decode_response(op, response);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().detail, GetParam().code) << response.body;
  EXPECT_EQ(decoded.error().code, GetParam().expected);
  EXPECT_NE(decoded.error().message.find("no & never"), std::string::npos);
  EXPECT_EQ(decoded.error().hint, "request id req-9");
}

const ErrorCase kErrors[] = {
    {"ec2", "DescribeSecurityGroups", "InvalidGroup.NotFound", 400, base::ErrorCode::not_found},
    {"ec2", "DescribeVpcs", "RequestLimitExceeded", 503, base::ErrorCode::throttled},
    {"ec2", "CreateVpc", "UnauthorizedOperation", 403, base::ErrorCode::access_denied},
    {"iam", "GetUser", "NoSuchEntity", 404, base::ErrorCode::not_found},
    {"ssm", "GetParameter", "ParameterNotFound", 400, base::ErrorCode::not_found},
    {"lambda", "GetPolicy", "ResourceNotFoundException", 404, base::ErrorCode::not_found},
    {"s3", "GetBucketPolicy", "NoSuchBucketPolicy", 404, base::ErrorCode::not_found},
    {"s3control", "GetPublicAccessBlock", "AccessDenied", 403, base::ErrorCode::access_denied},
    {"sts", "GetCallerIdentity", "ExpiredToken", 403, base::ErrorCode::unauthenticated},
    {"kms", "DescribeKey", "InternalFailure", 500, base::ErrorCode::unavailable},
};
INSTANTIATE_TEST_SUITE_P(Codes, AwsError, testing::ValuesIn(kErrors),
                         [](const auto& each) { return std::string(each.param.service) + "_" + each.param.operation; });

TEST(Decode, AnUnreadableAnswerIsCorruptedAndNeverEmpty) {
  HttpResponse cut = encode_response(operation("ec2", "DescribeVpcs"), Json{{"Vpcs", {{{"VpcId", "vpc-1"}}}}}, "r");
  cut.body.resize(cut.body.size() / 2);
  auto decoded = decode_response(operation("ec2", "DescribeVpcs"), cut);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, base::ErrorCode::corrupted);
}

TEST(Route, OlderClientsSpeakSqsAsQuery) {
  auto decoded = decode_request(
      catalog(), raw_request("POST", "127.0.0.1:1", "",
                             "Action=GetQueueAttributes&Version=2012-11-05&QueueUrl=q&AttributeName.1=All", "sqs"));
  ASSERT_TRUE(decoded) << decoded.error().text();
  EXPECT_EQ(decoded->operation->name, "GetQueueAttributes");
  EXPECT_EQ(decoded->protocol, Protocol::query);
  EXPECT_EQ(decoded->parameters, (Json{{"QueueUrl", "q"}, {"AttributeNames", {"All"}}}));
}

TEST(Route, OlderClientsAreAnsweredInQuery) {
  const OperationModel& op = operation("sqs", "GetQueueAttributes");
  const HttpResponse response = encode_response(op, Json{{"Attributes", {{"Policy", "p"}}}}, "r", Protocol::query);
  EXPECT_NE(response.body.find("<GetQueueAttributesResult><Attribute><Name>Policy</Name><Value>p</Value></Attribute>"),
            std::string::npos)
      << response.body;
}

TEST(Route, UnknownOperationsGetTheServicesOwnCode) {
  auto decoded = decode_request(catalog(), raw_request("POST", "h", "", "Action=Explode&Version=2016-11-15", "ec2"));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().detail, "InvalidAction");
}

TEST(Route, FindsTheBucketInTheHost) {
  auto decoded = decode_request(catalog(), raw_request("GET", "my-bucket.s3.eu-west-1.amazonaws.com", "acl", "", "s3"));
  ASSERT_TRUE(decoded) << decoded.error().text();
  EXPECT_EQ(decoded->operation->name, "GetBucketAcl");
  EXPECT_EQ(decoded->parameters, (Json{{"Bucket", "my-bucket"}}));
}

TEST(Route, AnUnsignedRequestIsToldSo) {
  auto decoded = decode_request(catalog(), raw_request("GET", "127.0.0.1:80", "", "", ""));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().detail, "MissingAuthenticationToken");
}

// Found by fuzz/cloud/aws_request_fuzz: what is not UTF-8 became a JSON string, and writing that threw.
TEST(Decode, TextThatIsNotUtf8IsRefusedInTheServicesOwnWords) {
  auto query = decode_request(catalog(),
                              raw_request("POST", "h", "", "Action=DescribeVpcs&Version=2016-11-15&Odd%ff=%fe", "ec2"));
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().detail, "MalformedQueryString") << query.error().text();
  auto key =
      decode_request(catalog(), raw_request("GET", "my-bucket.s3.eu-west-1.amazonaws.com", "prefix=%c3%28", "", "s3"));
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().text().find("is not UTF-8"), std::string::npos) << key.error().text();
  const HttpResponse answer{
      200, {}, "<DescribeVpcsResponse><vpcSet><item><vpcId>\xff</vpcId></item></vpcSet></DescribeVpcsResponse>"};
  EXPECT_FALSE(decode_response(operation("ec2", "DescribeVpcs"), answer));
}

TEST(Decode, HeadersThatAreNotUtf8AreReadAsLatin1) {
  const HttpResponse answer{200, {{"x-amz-meta-name", "caf\xe9"}}, ""};
  auto decoded = decode_response(operation("s3", "HeadObject"), answer);
  ASSERT_TRUE(decoded) << decoded.error().text();
  EXPECT_EQ(decoded->output["Metadata"]["name"], "caf\xc3\xa9");
}

TEST(Decode, AnErrorThatQuotesBytesCanBeWritten) {
  const OperationModel& op = operation("ssm", "GetParameter");
  const HttpResponse error = encode_error(*op.service, Protocol::json, {"ValidationException", "no '\xff'", 400}, "r");
  EXPECT_EQ(decode_response(op, error).error().detail, "ValidationException");
}

TEST(Decode, AnIntegerBeyondSixtyFourBitsIsAnError) {
  const HttpResponse answer{200, {}, R"({"Parameters": [{"Version": 1e300}]})"};
  EXPECT_FALSE(decode_response(operation("ssm", "DescribeParameters"), answer));
}

TEST(Encode, AHeaderIsOneLine) {
  const OperationModel& op = operation("s3", "PutObject");
  Json parameters = {{"Bucket", "my-bucket"}, {"Key", "k"}, {"CacheControl", "no-store\r\nx-amz-acl: public-read"}};
  auto encoded = encode_request(op, parameters);
  ASSERT_FALSE(encoded);
  EXPECT_NE(encoded.error().text().find("CacheControl"), std::string::npos) << encoded.error().text();
  parameters["CacheControl"] = "no-store";
  parameters["Metadata"] = {{"a: b\r\nx-amz-acl", "public-read"}};
  EXPECT_FALSE(encode_request(op, parameters));
  parameters["Metadata"] = {{"owner", "caf\xc3\xa9"}};
  EXPECT_TRUE(encode_request(op, parameters));
}

TEST(Validate, IsStrict) {
  base::Diagnostics diagnostics;
  validate(operation("s3", "PutBucketEncryption"),
           Json::parse(R"({"Buket":"b","ServerSideEncryptionConfiguration":{"Rules":"x"}})"), "doc.yaml", {3, 5},
           diagnostics);
  const std::string text = diagnostics.render();
  EXPECT_EQ(diagnostics.error_count(), 3u) << text;
  EXPECT_NE(text.find("did you mean 'Bucket'?"), std::string::npos) << text;
  EXPECT_NE(text.find("ServerSideEncryptionConfiguration.Rules must be a list"), std::string::npos) << text;
}

}  // namespace
}  // namespace setpoint::cloud::aws
