#include "cloud/aws/credential_chain.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>

#include <fstream>
#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {
namespace {

using base::ErrorCode;
using base::Json;

// STS, the container's and the instance's endpoint in one.
class Sources final : public Transport {
 public:
  std::shared_ptr<ModelCatalog> catalog = *ModelCatalog::open_default({});
  base::ManualClock* clock = nullptr;
  std::vector<HttpRequest> seen;
  bool sts_fails = false;
  base::Result<HttpResponse> send(const HttpRequest& request, const SendOptions&) override {
    seen.push_back(request);
    HttpResponse response;
    response.status = 200;
    if (request.host == "169.254.169.254" || request.host == "169.254.170.2") {
      const bool keys = request.path.ends_with("/my-role") || request.path.starts_with("/container");
      response.body =
          request.path == "/latest/api/token" ? "tok"
          : keys ? R"({"AccessKeyId":"ASIAI","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"})"
                 : "my-role";
      return response;
    }
    auto decoded = decode_request(*catalog, request);
    if (!decoded) return base::fail(decoded.error());
    if (sts_fails) return base::fail(ErrorCode::unreachable, "as scripted");
    const std::string expires = base::to_iso8601(clock->now() + std::chrono::hours(1));
    const Json keys = {{"AccessKeyId", "ASIA" + base::string_member(decoded->parameters, "RoleArn").substr(26)},
                       {"SecretAccessKey", "s"},
                       {"SessionToken", "t"},
                       {"Expiration", expires}};
    parameters.push_back(decoded->parameters);
    return encode_response(*decoded->operation, {{"Credentials", keys}}, "r");
  }
  std::vector<Json> parameters;
};

struct Fixture {
  base::ManualClock clock{base::Timestamp{1'800'000'000'000}};
  base::SeededRandom random{1};
  Sources sources;
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("setpoint-credentials-{}", ::getpid());
  std::map<std::string, std::string, std::less<>> values = {{"HOME", folder.string()},
                                                            {"AWS_EC2_METADATA_DISABLED", "true"}};

  Fixture() {
    sources.clock = &clock;
    std::filesystem::create_directories(folder / ".aws");
  }
  ~Fixture() { std::filesystem::remove_all(folder); }
  void config(const char* text) { std::ofstream(folder / ".aws" / "config") << text; }
  CredentialParts parts() {
    CredentialParts p;
    p.catalog = sources.catalog;
    p.transport = &sources;
    p.clock = &clock;
    p.random = &random;
    p.environment = Environment(values);
    return p;
  }
  base::Result<Credentials> get(std::string profile = {}) { return CredentialChain(parts(), std::move(profile)).get(); }
};

TEST(CredentialChain, TakesTheEnvironmentFirst) {
  Fixture f;
  f.config("[default]\naws_access_key_id = FILE\naws_secret_access_key = x\n");
  EXPECT_EQ(f.get()->access_key, "FILE");
  f.values["AWS_ACCESS_KEY_ID"] = "ENV";
  f.values["AWS_SECRET_ACCESS_KEY"] = "y";
  EXPECT_EQ(f.get()->access_key, "ENV");
  EXPECT_EQ(f.get("default")->access_key, "FILE");
}

TEST(CredentialChain, FollowsRolesThroughSourceProfiles) {
  Fixture f;
  f.config(
      "[profile base]\naws_access_key_id=BASE\naws_secret_access_key=x\n"
      "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/aa\nsource_profile = base\nexternal_id = e1\n"
      "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/bb\nsource_profile = a\n");
  auto credentials = f.get("b");
  ASSERT_TRUE(credentials) << credentials.error().text();
  ASSERT_EQ(f.sources.parameters.size(), 2u);
  EXPECT_EQ(f.sources.parameters[0]["ExternalId"], "e1");
  EXPECT_EQ(credentials->account, "111122223333");
}

TEST(CredentialChain, RefusesACircleAndAProfileThatIsNotThere) {
  Fixture f;
  f.config(
      "[profile a]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=b\n[profile "
      "b]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=a\n");
  EXPECT_EQ(f.get("a").error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(f.get("nobody").error().code, ErrorCode::unauthenticated);
}

TEST(CredentialChain, RunsACredentialProcess) {
  Fixture f;
  f.config(
      "[default]\ncredential_process = echo "
      "'{\"Version\":1,\"AccessKeyId\":\"PROC\",\"SecretAccessKey\":\"s\"}'\n[profile bad]\ncredential_process = "
      "false\n");
  EXPECT_EQ(f.get()->access_key, "PROC");
  EXPECT_EQ(f.get("bad").error().code, ErrorCode::unauthenticated);
}

TEST(CredentialChain, AsksContainerAndInstance) {
  Fixture f;
  f.values["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/container/1";
  EXPECT_EQ(f.get()->source, "container");
  f.values.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  f.values.erase("AWS_EC2_METADATA_DISABLED");
  EXPECT_EQ(f.get()->source, "instance");
  EXPECT_EQ(header(f.sources.seen.back().headers, "X-aws-ec2-metadata-token"), "tok");
  f.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://evil.example/x";
  EXPECT_EQ(f.get().error().code, ErrorCode::unauthenticated);
}

TEST(RoleCredentials, RenewBeforeTheyEndAndOutliveAFailure) {
  Fixture f;
  Credentials keys;
  keys.access_key = "A";
  keys.secret_key = Secret("b");
  RoleToAssume role;
  role.arn = "arn:aws:iam::111122223333:role/x";
  role.session_policy = {{"Version", "2012-10-17"}};
  RoleCredentials provider(f.parts(), std::make_shared<StaticCredentials>(keys), role);
  ASSERT_TRUE(provider.get());
  EXPECT_EQ(f.sources.parameters[0]["Policy"], R"({"Version":"2012-10-17"})");
  f.clock.advance(std::chrono::minutes(50));
  ASSERT_TRUE(provider.get());
  EXPECT_EQ(f.sources.parameters.size(), 1u);
  f.clock.advance(std::chrono::minutes(6));
  f.sources.sts_fails = true;
  EXPECT_TRUE(provider.get());
  f.clock.advance(std::chrono::minutes(5));
  EXPECT_FALSE(provider.get());
}

TEST(CredentialChain, NamesTheLineThatDoesNotRead) {
  auto wrong = parse_profiles("[a]\nx=1\nnonsense\n", "config");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "config:3");
}

}  // namespace
}  // namespace setpoint::cloud::aws
