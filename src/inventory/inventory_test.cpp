#include "inventory/inventory.h"

#include <gtest/gtest.h>

#include "inventory/memory_resource_store.h"

namespace setpoint::inventory {
namespace {

using base::Json;
using model::Knowledge;
using model::Resource;

const Scope kGroups{"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup"};

Resource group(const std::string& id, const std::string& description, std::int64_t at) {
  Resource out;
  out.key = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", id};
  out.arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/" + id;
  out.captured_at = {at};
  out.source = "observer";
  out.relations = {{"Is contained in Vpc", "AWS::EC2::VPC", "vpc-1"}};
  out.tags = {{"team", id == "sg-1" ? "web" : "data"}};
  out.item = {{"resourceType", out.key.type}, {"configuration", {{"groupId", id}, {"description", description}}}};
  return out;
}

ReadingSummary read_all(MemoryResourceStore& store, std::vector<Resource> resources, std::int64_t at) {
  Inventory inventory(store);
  Reading reading = inventory.begin(kGroups, {at});
  for (Resource& resource : resources) EXPECT_TRUE(reading.take(std::move(resource)));
  return reading.finish().value();
}

TEST(Inventory, HistoryIsWrittenOnlyWhereSomethingChanged) {
  MemoryResourceStore store;
  EXPECT_EQ(read_all(store, {group("sg-1", "web", 10)}, 10).created, 1u);
  EXPECT_EQ(read_all(store, {group("sg-1", "web", 20)}, 20).unchanged, 1u);
  EXPECT_EQ(read_all(store, {group("sg-1", "web, open", 30)}, 30).changed, 1u);
  auto timeline = store.history(group("sg-1", "", 0).key, 10).value();
  ASSERT_EQ(timeline.size(), 2u);
  EXPECT_EQ(timeline[0].change, Change::changed);
  EXPECT_EQ(timeline[0].at.ms, 30);
  EXPECT_EQ(timeline[0].before, timeline[1].after);
  EXPECT_EQ(timeline[0].item["configuration"]["description"], "web, open");
  EXPECT_EQ(timeline[1].change, Change::created);
  EXPECT_EQ(store.latest(group("sg-1", "", 0).key).value()->captured_at.ms, 30);
}

TEST(Inventory, OnlyACompleteReadingDeletes) {
  MemoryResourceStore store;
  read_all(store, {group("sg-1", "web", 10), group("sg-2", "db", 10)}, 10);
  ReadingSummary summary = read_all(store, {group("sg-1", "web", 20)}, 20);
  EXPECT_EQ(summary.deleted, 1u);
  EXPECT_EQ(summary.moved.size(), 1u);
  EXPECT_EQ(store.latest(group("sg-2", "", 0).key).value()->knowledge, Knowledge::deleted);
  EXPECT_EQ(read_all(store, {group("sg-1", "web", 30), group("sg-2", "db", 30)}, 30).created, 1u)
      << "back after a deletion";
}

TEST(Inventory, APartialReadingLeavesWhatItDidNotSeeUnknown) {
  MemoryResourceStore store;
  read_all(store, {group("sg-1", "web", 10), group("sg-2", "db", 10)}, 10);
  Inventory inventory(store);
  Reading reading = inventory.begin(kGroups, {20});
  ASSERT_TRUE(reading.take(group("sg-1", "web", 20)));
  ReadingSummary summary = reading.abandon("throttled").value();
  EXPECT_EQ(summary.deleted, 0u);
  EXPECT_EQ(summary.unknown, 1u);
  auto unseen = store.latest(group("sg-2", "", 0).key).value();
  EXPECT_EQ(unseen->knowledge, Knowledge::unknown);
  EXPECT_EQ(unseen->unknown_because, "throttled");
  EXPECT_EQ(unseen->item["configuration"]["description"], "db") << "the last known state is kept";
}

TEST(Inventory, AReadingOfOneRegionSaysNothingOfAnother) {
  MemoryResourceStore store;
  Resource elsewhere = group("sg-9", "far", 10);
  elsewhere.key.region = "us-east-1";
  ASSERT_TRUE(store.put(std::vector<Resource>{elsewhere}));
  EXPECT_EQ(read_all(store, {}, 20).deleted, 0u);
}

// A scan so fast that everything bears one millisecond once deleted the users that it had just seen.
TEST(Inventory, AReadingOfEveryRegionSeesWhatItTookAndDeletesTheRest) {
  MemoryResourceStore store;
  Resource user = group("AIDA1", "ada", 20);
  user.key.region = "global";
  Resource gone = user;
  gone.key.id = "AIDA2";
  gone.captured_at = {10};
  ASSERT_TRUE(store.put(std::vector<Resource>{user, gone}));
  Scope everywhere = kGroups;
  everywhere.region.clear();
  Reading reading = Inventory(store).begin(everywhere, {20});
  ASSERT_TRUE(reading.take(user));
  EXPECT_EQ(reading.finish().value().deleted, 1u);
  EXPECT_EQ(store.latest(user.key).value()->knowledge, Knowledge::known);
  EXPECT_EQ(store.latest(gone.key).value()->knowledge, Knowledge::deleted);
}

TEST(Inventory, AnOlderReadingDoesNotOverwriteANewerOne) {
  MemoryResourceStore store;
  read_all(store, {group("sg-1", "new", 50)}, 50);
  ReadingSummary summary = Inventory(store).record(std::vector<Resource>{group("sg-1", "old", 40)}).value();
  EXPECT_EQ(summary.older, 1u);
  EXPECT_EQ(store.latest(group("sg-1", "", 0).key).value()->item["configuration"]["description"], "new");
}

TEST(Inventory, TheSameUnknownTwiceIsOneEntry) {
  MemoryResourceStore store;
  read_all(store, {group("sg-1", "web", 10)}, 10);
  EXPECT_EQ(store.mark_unknown(kGroups, "access denied", {20}).value(), 1u);
  EXPECT_EQ(store.mark_unknown(kGroups, "access denied", {30}).value(), 0u);
  EXPECT_EQ(store.history(group("sg-1", "", 0).key, 10).value().size(), 2u);
  EXPECT_EQ(read_all(store, {group("sg-1", "web", 40)}, 40).changed, 1u) << "known again";
}

TEST(Inventory, ListsAreFilteredAndPaged) {
  MemoryResourceStore store;
  read_all(store, {group("sg-1", "a", 1), group("sg-2", "b", 1), group("sg-3", "c", 1)}, 1);
  ResourcePage first = store.list({.type = kGroups.type}, "", 2).value();
  ASSERT_EQ(first.resources.size(), 2u);
  ResourcePage second = store.list({.type = kGroups.type}, first.next, 2).value();
  ASSERT_EQ(second.resources.size(), 1u);
  EXPECT_EQ(second.resources[0].key.id, "sg-3");
  EXPECT_EQ(second.next, "");
  EXPECT_EQ(store.list({.tag_key = "team", .tag_value = "web"}, "", 10).value().resources.size(), 1u);
  EXPECT_EQ(store.list({.tag_key = "team"}, "", 10).value().resources.size(), 3u);
}

TEST(Inventory, RelationsAreFollowedBothWays) {
  MemoryResourceStore store;
  Resource vpc = group("vpc-1", "", 1);
  vpc.key.type = "AWS::EC2::VPC";
  vpc.relations.clear();
  vpc.arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";
  ASSERT_TRUE(store.put(std::vector<Resource>{vpc, group("sg-1", "a", 1)}));
  auto related = Inventory(store).related(group("sg-1", "a", 1), "AWS::EC2::VPC").value();
  ASSERT_EQ(related.size(), 1u);
  EXPECT_EQ(related[0].key.id, "vpc-1");
  auto referrers = store.referrers(vpc.key).value();
  ASSERT_EQ(referrers.size(), 1u);
  EXPECT_EQ(referrers[0].id, "sg-1");
  EXPECT_EQ(store.find_arn(vpc.arn).value()->key.id, "vpc-1");
}

}  // namespace
}  // namespace setpoint::inventory
