#include "cloud/aws/sigv4.h"

#include <gtest/gtest.h>

#include "cloud/aws/endpoint.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {
namespace {

constexpr base::Timestamp kNow{1'440'938'160'000};  // 2015-08-30T12:36:00Z

Credentials example_keys() {
  Credentials keys;
  keys.access_key = "AKIDEXAMPLE";
  keys.secret_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  return keys;
}

HttpRequest request_to(std::string host, std::string path, std::string query) {
  HttpRequest request;
  request.host = std::move(host);
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}

// "Signature Version 4 test suite", case get-vanilla-query-order-key-case and get-vanilla: AWS's published vectors.
TEST(SigV4, GivesTheSignaturesOfAwsOwnTestSuite) {
  const Credentials keys = example_keys();
  HttpRequest plain = request_to("example.amazonaws.com", "/", "");
  sign(plain, {.credentials = keys, .region = "us-east-1", .service = "service", .now = kNow});
  EXPECT_EQ(
      header(plain.headers, "Authorization"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  HttpRequest ordered = request_to("example.amazonaws.com", "/", "Param2=value2&Param1=value1");
  sign(ordered, {.credentials = keys, .region = "us-east-1", .service = "service", .now = kNow});
  EXPECT_TRUE(header(ordered.headers, "Authorization")
                  .ends_with("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"));
}

ServiceMetadata service(std::string_view name) {
  ServiceMetadata metadata;
  metadata.name = metadata.signing_name = name;
  return metadata;
}

KeyLookup lookup() {
  return [](const std::string& access_key) -> std::optional<KeyEntry> {
    if (access_key != "AKIDEXAMPLE") return std::nullopt;
    KeyEntry entry;
    entry.secret_key = example_keys().secret_key;
    return entry;
  };
}

HttpRequest signed_request(std::string_view name) {
  HttpRequest request = request_to("h:8080", "/a%20b/../c", "policy&x=%2F");
  request.method = "POST";
  request.body = "body";
  request.headers = {{"Content-Type", "  text/plain;  a=b "}, {"X-Amz-Target", "T.Op"}};
  sign(request, {.credentials = example_keys(), .region = "eu-west-1", .service = name, .now = kNow});
  return request;
}

TEST(SigV4Verify, TakesWhatTheSignerMade) {
  for (const char* name : {"ec2", "s3"}) {
    auto caller = verify(signed_request(name), lookup(), kNow, service(name), Protocol::query);
    ASSERT_TRUE(caller) << caller.error().message;
    EXPECT_EQ(caller->scope.access_key, "AKIDEXAMPLE");
    EXPECT_EQ(caller->scope.region, "eu-west-1");
  }
}

std::string refusal(const HttpRequest& request, std::string_view name, Protocol protocol, base::Timestamp now = kNow) {
  auto caller = verify(request, lookup(), now, service(name), protocol);
  return caller ? "accepted" : caller.error().code;
}

TEST(SigV4Verify, RefusesWhatWasChangedOnTheWay) {
  HttpRequest body = signed_request("ec2"), query = body, path = body, method = body, signed_header = body,
              added = body;
  body.body += "x";
  query.query += "&y=1";
  path.path += "d";
  method.method = "PUT";
  set_header(signed_header.headers, "X-Amz-Target", "T.Other");
  added.headers.emplace_back("x-amz-meta", "1");
  for (const HttpRequest& changed : {body, query, path, method, signed_header, added}) {
    EXPECT_EQ(refusal(changed, "ec2", Protocol::query), "SignatureDoesNotMatch");
    EXPECT_EQ(refusal(changed, "ec2", Protocol::json), "InvalidSignatureException");
    EXPECT_EQ(refusal(changed, "ec2", Protocol::ec2), "AuthFailure");
  }
}

TEST(SigV4Verify, UsesTheCodesOfEachFrontEnd) {
  HttpRequest none = request_to("h", "/", "");
  EXPECT_EQ(refusal(none, "sts", Protocol::query), "MissingAuthenticationToken");
  EXPECT_EQ(refusal(none, "ssm", Protocol::json), "MissingAuthenticationTokenException");
  EXPECT_EQ(refusal(none, "s3", Protocol::rest_xml), "AccessDenied");
  HttpRequest other_key = signed_request("sts");
  std::string authorization(header(other_key.headers, "Authorization"));
  authorization.replace(authorization.find("AKID"), 4, "ZKID");
  set_header(other_key.headers, "Authorization", authorization);
  EXPECT_EQ(refusal(other_key, "sts", Protocol::query), "InvalidClientTokenId");
  EXPECT_EQ(refusal(other_key, "ssm", Protocol::json), "UnrecognizedClientException");
  EXPECT_EQ(refusal(other_key, "s3", Protocol::rest_xml), "InvalidAccessKeyId");
  set_header(other_key.headers, "Authorization", "AWS4-HMAC-SHA256 Credential=x");
  EXPECT_EQ(refusal(other_key, "sts", Protocol::query), "IncompleteSignature");
}

TEST(SigV4Verify, RefusesAClockThatIsOff) {
  const HttpRequest request = signed_request("sts");
  EXPECT_EQ(refusal(request, "sts", Protocol::query, kNow + std::chrono::minutes(4)), "accepted");
  EXPECT_EQ(refusal(request, "sts", Protocol::query, kNow + std::chrono::minutes(6)), "SignatureDoesNotMatch");
  EXPECT_EQ(refusal(request, "sts", Protocol::ec2, kNow + std::chrono::minutes(-6)), "RequestExpired");
  EXPECT_EQ(refusal(signed_request("s3"), "s3", Protocol::rest_xml, kNow + std::chrono::minutes(16)),
            "RequestTimeTooSkewed");
}

TEST(Secret, NeverShowsItself) { EXPECT_EQ(fmt::format("{}", Secret("hunter2")), "****"); }

ServiceMetadata endpoint_service(std::string_view name, std::string_view prefix, std::string_view id) {
  ServiceMetadata metadata;
  metadata.name = name;
  metadata.endpoint_prefix = prefix;
  metadata.service_id = id;
  return metadata;
}

TEST(Endpoint, FollowsPartitionAndService) {
  const EndpointSettings plain;
  EXPECT_EQ(resolve_endpoint(endpoint_service("ec2", "ec2", "EC2"), "eu-west-1", plain)->host,
            "ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(resolve_endpoint(endpoint_service("ec2", "ec2", "EC2"), "cn-north-1", plain)->host,
            "ec2.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(resolve_endpoint(endpoint_service("iam", "iam", "IAM"), "eu-west-1", plain)->host, "iam.amazonaws.com");
  EXPECT_EQ(resolve_endpoint(endpoint_service("iam", "iam", "IAM"), "eu-west-1", plain)->signing_region, "us-east-1");
  EXPECT_EQ(resolve_endpoint(endpoint_service("iam", "iam", "IAM"), "us-gov-east-1", plain)->host,
            "iam.us-gov.amazonaws.com");
  EXPECT_EQ(
      resolve_endpoint(endpoint_service("organizations", "organizations", "Organizations"), "eu-west-1", plain)->host,
      "organizations.us-east-1.amazonaws.com");
}

TEST(Endpoint, RefusesARegionThatWouldBeAnotherHost) {
  EXPECT_FALSE(resolve_endpoint(endpoint_service("ec2", "ec2", "EC2"), "evil.example/#", {}));
}

TEST(Endpoint, OverridesGoFromTheNarrowToTheWide) {
  EndpointSettings settings;
  settings.environment =
      Environment({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}, {"AWS_ENDPOINT_URL_S3_CONTROL", "https://x:2/base/"}});
  EXPECT_EQ(resolve_endpoint(endpoint_service("ec2", "ec2", "EC2"), "eu-west-1", settings)->host, "127.0.0.1:1");
  auto control = *resolve_endpoint(endpoint_service("s3control", "s3-control", "S3 Control"), "eu-west-1", settings);
  EXPECT_EQ(control.host, "x:2");
  EXPECT_EQ(control.base_path, "/base");
  settings.url = "http://localhost:9";
  EXPECT_EQ(resolve_endpoint(endpoint_service("s3control", "s3-control", "S3 Control"), "eu-west-1", settings)->host,
            "localhost:9");
  settings.url = "localhost:9";
  EXPECT_FALSE(resolve_endpoint(endpoint_service("ec2", "ec2", "EC2"), "eu-west-1", settings));
}

}  // namespace
}  // namespace setpoint::cloud::aws
