// Did an announced call happen? Told from what is there now, on a simulated cloud that stands for the real one.
#include "response/settlement.h"

#include <gtest/gtest.h>

#include "response/twin_world.h"

namespace setpoint::response {
namespace {

using base::Json;
using model::ApiCall;

constexpr char kAccount[] = "111122223333";
constexpr char kRegion[] = "eu-west-1";

ApiCall ec2(const std::string& operation, Json parameters) {
  return {kAccount, kRegion, "ec2", operation, std::move(parameters)};
}

std::shared_ptr<const cloud::aws::ModelCatalog> catalog() {
  auto opened = cloud::aws::ModelCatalog::open_default({});
  EXPECT_TRUE(opened) << opened.error().text();
  return *opened;
}

// Sees what is in a simulated world.
class WorldObserver final : public cloud::Observer {
 public:
  explicit WorldObserver(SimulatedWorld& world) : world_(world) {}
  bool fails = false;

  bool reads_only(const ApiCall&) const override { return true; }
  base::Result<cloud::CallResult> read(const ApiCall&) override { return cloud::CallResult{}; }
  base::Result<model::Resource> observe(const model::ResourceKey& key) override {
    if (fails) return base::fail(base::ErrorCode::unreachable, "no answer");
    return world_.render(world_.version(), key);
  }
  std::vector<std::string> types() const override {
    return {"AWS::EC2::SecurityGroup", "AWS::EC2::VPC", "AWS::S3::Bucket"};
  }
  bool account_wide(const std::string& type) const override { return type == "AWS::S3::Bucket"; }
  base::Result<cloud::DiscoveryReport> discover(const cloud::DiscoveryScope&,
                                                const std::function<void(model::Resource)>&) override {
    return cloud::DiscoveryReport{};
  }

 private:
  SimulatedWorld& world_;
};

class Settlement : public testing::Test {
 protected:
  Settlement() : factory_(catalog()), world_(std::move(*factory_.create({}))), observer_(*world_) {
    vpc_ = done(ec2("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}))["Vpc"]["VpcId"].get<std::string>();
    group_ = done(ec2("CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "d"}, {"VpcId", vpc_}}))["GroupId"]
                 .get<std::string>();
  }

  Json done(const ApiCall& call) {
    auto output = world_->call(call);
    EXPECT_TRUE(output) << output.error().text();
    return output ? *output : Json::object();
  }
  Settled settled(const ApiCall& call) { return settle_by_effect(call, observer_, factory_); }
  ApiCall tagging() const {
    return ec2("CreateTags", {{"Resources", {group_}}, {"Tags", {{{"Key", "a"}, {"Value", "b"}}}}});
  }
  ApiCall rule(const std::string& operation) const {
    return ec2(
        operation,
        {{"GroupId", group_},
         {"IpPermissions",
          {{{"IpProtocol", "tcp"}, {"FromPort", 22}, {"ToPort", 22}, {"IpRanges", {{{"CidrIp", "0.0.0.0/0"}}}}}}}});
  }

  TwinWorldFactory factory_;
  std::unique_ptr<SimulatedWorld> world_;
  WorldObserver observer_;
  std::string vpc_;
  std::string group_;
};

TEST_F(Settlement, AnEffectThatIsInPlaceHappened) {
  EXPECT_EQ(settled(tagging()), Settled::did_not_happen);
  done(tagging());
  EXPECT_EQ(settled(tagging()), Settled::happened);
}

TEST_F(Settlement, RulesThatAreThereOrGoneAlreadyHappened) {
  EXPECT_EQ(settled(rule("AuthorizeSecurityGroupIngress")), Settled::did_not_happen);
  EXPECT_EQ(settled(rule("RevokeSecurityGroupIngress")), Settled::happened);
  done(rule("AuthorizeSecurityGroupIngress"));
  EXPECT_EQ(settled(rule("AuthorizeSecurityGroupIngress")), Settled::happened);
  EXPECT_EQ(settled(rule("RevokeSecurityGroupIngress")), Settled::did_not_happen);
}

TEST_F(Settlement, WhatIsToBeDeletedAndIsNotThereWasDeleted) {
  ApiCall deletion = ec2("DeleteSecurityGroup", {{"GroupId", group_}});
  EXPECT_EQ(settled(deletion), Settled::did_not_happen);
  done(deletion);
  EXPECT_EQ(settled(deletion), Settled::happened);
}

TEST_F(Settlement, WhatMakesSomethingNewIsNotKnown) {
  EXPECT_EQ(settled(ec2("CreateVpc", {{"CidrBlock", "10.1.0.0/16"}})), Settled::unknown);
  EXPECT_EQ(settled(ec2("CreateSecurityGroup", {{"GroupName", "db"}, {"Description", "d"}, {"VpcId", vpc_}})),
            Settled::unknown);
}

TEST_F(Settlement, WhatTheSimulationDoesNotModelIsNotKnown) {
  EXPECT_EQ(settled(ec2("ModifyVpcTenancy", {{"VpcId", vpc_}, {"InstanceTenancy", "default"}})), Settled::unknown);
}

TEST_F(Settlement, AReadThatFailsLeavesItUnknown) {
  done(tagging());
  observer_.fails = true;
  EXPECT_EQ(settled(tagging()), Settled::unknown);
}

}  // namespace
}  // namespace setpoint::response
