// Rehearsals on the twin: what takes its time at AWS comes to its end there too.
#include "response/rehearsal_host.h"

#include <gtest/gtest.h>

#include "cloud/aws/inverse.h"
#include "cloud/aws/model_catalog.h"
#include "response/program.h"
#include "response/twin_world.h"

namespace setpoint::response {
namespace {

using base::Json;

struct NoCloud final : cloud::Observer {
  std::vector<std::string> types() const override { return {}; }
  bool account_wide(const std::string&) const override { return false; }
  bool reads_only(const model::ApiCall&) const override { return true; }
  base::Result<cloud::CallResult> read(const model::ApiCall& call) override {
    return base::fail(base::ErrorCode::unsupported, "{} goes to no cloud", call.operation);
  }
  base::Result<model::Resource> observe(const model::ResourceKey&) override {
    return base::fail(base::ErrorCode::unsupported, "there is no cloud");
  }
  base::Result<cloud::DiscoveryReport> discover(const cloud::DiscoveryScope&,
                                                const std::function<void(model::Resource)>&) override {
    return cloud::DiscoveryReport{};
  }
};

std::string step(const std::string& name, const std::string& status) {
  return fmt::format(
      "- name: {}\n  action: aws:waitForAwsResourceProperty\n  timeoutSeconds: 60\n  inputs: {{Service: rds, Api: "
      "DescribeDBInstances, DBInstanceIdentifier: shop, PropertySelector: '$.DBInstances[0].DBInstanceStatus', "
      "DesiredValues: [{}]}}\n",
      name, status);
}

// The twin says what it leaves out of account; a plan that did not would call a change rehearsed that never was.
TEST(Rehearsal, WhatTheWorldLeavesOutOfAccountIsInTheReport) {
  const std::string text =
      "schemaVersion: '0.3'\nmainSteps:\n"
      "- {name: Make, action: 'aws:executeAwsApi', inputs: {Service: rds, Api: CreateDBInstance, DBInstanceIdentifier: "
      "shop, DBInstanceClass: db.t3.micro, Engine: mysql}}\n"
      "- {name: Change, action: 'aws:executeAwsApi', inputs: {Service: rds, Api: ModifyDBInstance, "
      "DBInstanceIdentifier: shop, NetworkType: DUAL}}\n";
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile({"ignored.yaml", text}, diagnostics);
  ASSERT_TRUE(document) << diagnostics.render();
  auto world = TwinWorldFactory(*cloud::aws::ModelCatalog::open_default({})).create({});
  ASSERT_TRUE(world);
  NoCloud cloud;
  runbook::ExecutionContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  RehearsalHost host(**world, cloud, {nullptr, nullptr, context, ""});
  runbook::ExecutionReport report = runbook::run(*document, Json::object(), context, host);
  EXPECT_EQ(report.status, runbook::ExecutionStatus::success) << report.failure_message;
  EXPECT_EQ(host.unmodelled(), std::vector<std::string>{"rds: ModifyDBInstance: the parameter NetworkType"});
}

// An account's item shows some settings of a region, and nothing shows the others: a run that changes both gives both
// back.
TEST(Rehearsal, SettingsOfARegionThatAreShownAndThatAreNotAreBothGivenBack) {
  twin::State state;  // of an account that is there
  state.put({"111122223333", "eu-west-1", "AWS::EC2::VPC", "vpc-1"},
            {{"VpcId", "vpc-1"}, {"CidrBlock", "10.0.0.0/16"}});
  TwinWorld world(state, *cloud::aws::ModelCatalog::open_default({}));
  std::size_t before = world.version();
  auto call = [&](const char* operation, Json parameters) {
    EXPECT_TRUE(world.call({"111122223333", "eu-west-1", "ec2", operation, std::move(parameters)})) << operation;
  };
  call("EnableEbsEncryptionByDefault", Json::object());
  call("ModifyEbsDefaultKmsKeyId", {{"KmsKeyId", "alias/own"}});
  call("EnableImageBlockPublicAccess", {{"ImageBlockPublicAccessState", "block-new-sharing"}});
  std::size_t after = world.version();
  std::vector<std::string> undone;
  for (const model::ResourceKey& key : world.changed(before, after)) {
    auto calls = cloud::aws::restoring_calls(world.render(after, key), world.render(before, key));
    ASSERT_TRUE(calls) << key.text() << ": " << calls.error().text();
    for (const model::ApiCall& back : *calls) {
      undone.push_back(back.operation);
      ASSERT_TRUE(world.call(back));
    }
  }
  std::sort(undone.begin(), undone.end());
  EXPECT_EQ(undone, (std::vector<std::string>{"DisableEbsEncryptionByDefault", "DisableImageBlockPublicAccess",
                                              "ResetEbsDefaultKmsKeyId"}));
  EXPECT_TRUE(world.changed(before, world.version()).empty());
}

TEST(Rehearsal, AWaitSeesAChangeOfADatabaseBeginAndEnd) {
  std::string text =
      "schemaVersion: '0.3'\nmainSteps:\n"
      "- {name: Make, action: 'aws:executeAwsApi', inputs: {Service: rds, Api: CreateDBInstance, DBInstanceIdentifier: "
      "shop, DBInstanceClass: db.t3.micro, Engine: mysql}}\n"
      "- {name: Change, action: 'aws:executeAwsApi', inputs: {Service: rds, Api: ModifyDBInstance, "
      "DBInstanceIdentifier: shop, DeletionProtection: true}}\n" +
      step("Begins", "modifying") + step("Ends", "available");
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile({"wait.yaml", text}, diagnostics);
  ASSERT_TRUE(document) << diagnostics.render();
  auto world = TwinWorldFactory(*cloud::aws::ModelCatalog::open_default({})).create({});
  ASSERT_TRUE(world);
  NoCloud cloud;
  runbook::ExecutionContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  RehearsalHost host(**world, cloud, {nullptr, nullptr, context, ""});
  runbook::ExecutionReport report = runbook::run(*document, Json::object(), context, host);
  EXPECT_EQ(report.status, runbook::ExecutionStatus::success) << report.failure_message;
  EXPECT_EQ(host.calls().size(), 2U);
}

}  // namespace
}  // namespace setpoint::response
