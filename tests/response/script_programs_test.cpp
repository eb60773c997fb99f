// Programs that a runbook's script starts: the AWS CLI's calls go through the gateway to the execution, as boto3's do.
// Unmodified `aws` from Debian, in the real sandbox.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "response/script_gateway.h"

namespace setpoint::response {
namespace {

using base::Json;
using runbook::ScriptResult;

const char* const kRunAws = R"(
import os, subprocess
def aws(*arguments, **changes):
    done = subprocess.run(["aws", *arguments], capture_output=True, text=True, env={**os.environ, **changes})
    return [done.returncode, done.stdout.strip(), done.stderr.strip()]
def handler(events, context):
)";

class ScriptPrograms : public testing::Test {
 protected:
  void SetUp() override {
    if (::access("/usr/bin/aws", X_OK) != 0) GTEST_SKIP() << "needs the AWS CLI";
    auto runner = runbook::ScriptRunner::start({});
    if (!runner) GTEST_SKIP() << runner.error().text();
    runner_.emplace(std::move(*runner));
    auto catalog = cloud::aws::ModelCatalog::open_default({});
    ASSERT_TRUE(catalog) << catalog.error().text();
    auto gateway = ScriptGateway::open(*catalog, random_);
    ASSERT_TRUE(gateway) << gateway.error().text();
    gateway_ = std::move(*gateway);
  }

  ScriptResult run(const std::string& body, const ScriptGateway::CallPath& path) {
    runbook::ScriptRequest request;
    request.runtime = "python3.11";
    request.handler = "handler";
    request.script = kRunAws + body;
    request.timeout = base::Milliseconds(120'000);
    request.account = "111122223333";
    request.region = "eu-west-1";
    auto answer = gateway_->serve(
        request, [&](const runbook::GatewayAddress& address) { return runner_->run(request, address); },
        [&](const model::ApiCall& call) {
          calls_.push_back(call);
          return path(call);
        });
    EXPECT_FALSE(answer.interrupted());
    EXPECT_TRUE(answer.result()) << answer.result().error().text();
    return answer.result() ? *answer.result() : ScriptResult{};
  }

  base::SystemRandom random_;
  std::optional<runbook::ScriptRunner> runner_;
  std::unique_ptr<ScriptGateway> gateway_;
  std::vector<model::ApiCall> calls_;
};

TEST_F(ScriptPrograms, TheAwsCliReachesTheExecution) {
  ScriptResult result =
      run("    return aws('ec2', 'describe-security-groups', '--group-ids', 'sg-1', '--query', "
          "'SecurityGroups[0].GroupName', '--output', 'text')",
          [](const model::ApiCall&) { return Json::parse(R"({"SecurityGroups": [{"GroupName": "web"}]})"); });
  EXPECT_EQ(result.payload, Json::parse(R"([0, "web", ""])")) << result.error << result.log;
  ASSERT_EQ(calls_.size(), 1u);
  EXPECT_EQ(calls_[0].account, "111122223333");
  EXPECT_EQ(calls_[0].region, "eu-west-1");
  EXPECT_EQ(calls_[0].service, "ec2");
  EXPECT_EQ(calls_[0].operation, "DescribeSecurityGroups");
  EXPECT_EQ(calls_[0].parameters, (Json{{"GroupIds", {"sg-1"}}}));
}

TEST_F(ScriptPrograms, AHostPrefixAndABucketFindTheirWayToo) {
  ScriptResult result =
      run("    return [aws('s3control', 'put-public-access-block', '--account-id', '111122223333', "
          "'--public-access-block-configuration', 'BlockPublicAcls=true')[0], aws('s3api', 'put-bucket-versioning', "
          "'--bucket', 'my-bucket', '--versioning-configuration', 'Status=Enabled')[0]]",
          [](const model::ApiCall&) { return Json::object(); });
  EXPECT_EQ(result.payload, Json::parse("[0, 0]")) << result.error << result.log;
  ASSERT_EQ(calls_.size(), 2u);
  EXPECT_EQ(calls_[0].service, "s3control");
  EXPECT_EQ(calls_[0].operation, "PutPublicAccessBlock");
  EXPECT_EQ(calls_[0].parameters["AccountId"], "111122223333");
  EXPECT_EQ(calls_[1].operation, "PutBucketVersioning");
  EXPECT_EQ(calls_[1].parameters["Bucket"], "my-bucket");
}

TEST_F(ScriptPrograms, ACallThatNoDecisionCoversIsDenied) {
  ScriptResult result = run(
      "    return aws('iam', 'delete-user', '--user-name', 'ada')", [](const model::ApiCall&) -> runbook::Answer<Json> {
        return base::Result<Json>(base::fail(base::ErrorCode::refused, "iam DeleteUser is not in the plan"));
      });
  EXPECT_NE(result.payload[0], 0) << result.error << result.log;
  const std::string said = result.payload[2];
  EXPECT_NE(said.find("AccessDenied"), std::string::npos) << said;
  EXPECT_NE(said.find("is not in the plan"), std::string::npos) << said;
}

TEST_F(ScriptPrograms, OtherKeysAndOtherTokensAreNotTaken) {
  ScriptResult result =
      run("    return [aws('sts', 'get-caller-identity', AWS_ACCESS_KEY_ID='AKIASTOLEN')[2], aws('sts', "
          "'get-caller-identity', AWS_SESSION_TOKEN='guessed')[2]]",
          [](const model::ApiCall&) { return Json::object(); });
  ASSERT_EQ(result.payload.size(), 2u) << result.error << result.log;
  EXPECT_NE(result.payload[0].get<std::string>().find("AccessDenied"), std::string::npos) << result.payload.dump();
  EXPECT_NE(result.payload[1].get<std::string>().find("no execution has this token"), std::string::npos)
      << result.payload.dump();
  EXPECT_TRUE(calls_.empty());
}

}  // namespace
}  // namespace setpoint::response
