#include "twin/inventory.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "twin/cloud.h"
#include "twin/seed.h"

namespace setpoint::twin {
namespace {

constexpr base::Timestamp kNow{1'795'000'000'000};

State demo() {
  base::Diagnostics diagnostics;
  auto text = base::read_file(SETPOINT_SOURCE_DIR "/content/demo/account.yaml");
  return parse_seed({"account.yaml", *text}, diagnostics)->state;
}

TEST(Inventory, WhatIsRenderedLoadsAgainAndRendersTheSame) {
  State state = demo();
  std::vector<model::Resource> resources = render_all(state, kNow);
  ASSERT_GT(resources.size(), 20u);
  Loaded loaded = load(resources);
  for (const model::Resource& resource : resources) {
    model::Resource again = render(loaded.state, resource.key, kNow);
    bool left_out = std::any_of(loaded.left_out.begin(), loaded.left_out.end(),
                                [&](const LeftOut& entry) { return entry.key == resource.key; });
    if (left_out) continue;
    EXPECT_EQ(again.item["configuration"], resource.item["configuration"]) << resource.key.text();
    EXPECT_EQ(again.state_digest(), resource.state_digest()) << resource.key.text();
  }
  for (const char* type :
       {"AWS::EC2::SecurityGroup", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::RDS::DBInstance"}) {
    for (const LeftOut& entry : loaded.left_out) EXPECT_NE(entry.key.type, type) << entry.why;
  }
}

TEST(Inventory, AChangeIsSeenInTheItemOfItsResourceOnly) {
  base::ManualClock clock(kNow);
  Cloud cloud(load(render_all(demo(), kNow)).state, clock);
  State before = cloud.state();
  Call call;
  call.caller.account = "111122223333";
  call.region = "eu-west-1";
  call.service = "ec2";
  call.operation = "RevokeSecurityGroupIngress";
  call.parameters = Json::parse(
      R"({"GroupId":"sg-0f0000000000000a1","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})");
  ASSERT_TRUE(cloud.handle(call));
  std::vector<ResourcePair> changes = rendered_changes(before, cloud.state(), kNow);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].after.key.id, "sg-0f0000000000000a1");
  EXPECT_NE(changes[0].before.state_digest(), changes[0].after.state_digest());
  EXPECT_NE(changes[0].before.item.dump().find("temporary, remove after the launch"), std::string::npos);
  EXPECT_EQ(changes[0].after.item.dump().find("temporary, remove after the launch"), std::string::npos);
  EXPECT_EQ(changed_resources(before, cloud.state()), std::vector{changes[0].after.key});
}

TEST(Inventory, IdsOfRulesThatAreMadeUpMakeTheRehearsalUnmodelled) {
  base::ManualClock clock(kNow);
  Cloud cloud(load(render_all(demo(), kNow)).state, clock);
  Call call{.caller = {},
            .region = "eu-west-1",
            .service = "ec2",
            .operation = "DescribeSecurityGroupRules",
            .parameters = Json::object()};
  call.caller.account = "111122223333";
  ASSERT_TRUE(cloud.handle(call));
  EXPECT_FALSE(cloud.unmodelled().empty());
}

TEST(Inventory, WhatIsGoneOrUnknownIsNotTakenForEmpty) {
  State state = demo();
  model::Resource group =
      render(state, StateKey{"111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-0f0000000000000a1"}, kNow);
  model::Resource unknown = group;
  unknown.knowledge = model::Knowledge::unknown;
  Loaded loaded = load({unknown});
  EXPECT_EQ(loaded.state.size(), 0u);
  ASSERT_EQ(loaded.left_out.size(), 1u);
  EXPECT_EQ(render(loaded.state, group.key, kNow).knowledge, model::Knowledge::deleted);
}

}  // namespace
}  // namespace setpoint::twin
