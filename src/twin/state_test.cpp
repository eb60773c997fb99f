#include "twin/state.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace setpoint::twin {
namespace {

using base::Json;

StateKey key(const std::string& id, const std::string& account = "111122223333") {
  return {account, "eu-west-1", "AWS::EC2::SecurityGroup", id};
}

TEST(State, FindsWhatWasPutAndForgetsWhatWasErased) {
  State state;
  state.put(key("a"), {{"n", 1}});
  state.put(key("b/with/slashes"), {{"n", 2}});
  ASSERT_NE(state.find(key("b/with/slashes")), nullptr);
  EXPECT_EQ((*state.find(key("b/with/slashes")))["n"], 2);
  EXPECT_TRUE(state.erase(key("a")));
  EXPECT_FALSE(state.erase(key("a")));
  EXPECT_EQ(state.find(key("a")), nullptr);
  EXPECT_EQ(state.size(), 1u);
}

TEST(State, ACopyIsAnotherVersion) {
  State before;
  before.put(key("a"), {{"n", 1}});
  State after = before;
  after.put(key("a"), {{"n", 2}});
  EXPECT_EQ((*before.find(key("a")))["n"], 1);
  EXPECT_EQ((*after.find(key("a")))["n"], 2);
}

TEST(State, DigestDependsOnContentAlone) {
  std::vector<int> order(300);
  for (int i = 0; i < 300; ++i) order[static_cast<std::size_t>(i)] = i;
  std::mt19937 random(7);
  State first;
  for (int i : order) first.put(key(std::to_string(i)), {{"n", i}});
  std::shuffle(order.begin(), order.end(), random);
  State second(99);
  second.put(key("extra"), 1);
  for (int i : order) second.put(key(std::to_string(i)), {{"n", -1}});
  second.erase(key("extra"));
  for (int i : order) second.put(key(std::to_string(i)), {{"n", i}});
  EXPECT_EQ(first.digest(), second.digest());
  EXPECT_TRUE(changed(first, second).empty());
  second.put(key("7"), {{"n", 8}});
  EXPECT_NE(first.digest(), second.digest());
}

TEST(State, PutAllEqualsPuttingOneByOneAndTheLastCounts) {
  State one_by_one;
  std::vector<std::pair<StateKey, Json>> all;
  for (int i = 0; i < 200; ++i) one_by_one.put(key(std::to_string(i)), i);
  State at_once;
  at_once.put(key("5"), "replaced below");
  at_once.put(key("100"), "replaced below");
  all.emplace_back(key("7"), "not the last");
  for (int i = 0; i < 200; ++i) all.emplace_back(key(std::to_string(i)), i);
  at_once.put_all(all);
  EXPECT_EQ(one_by_one.digest(), at_once.digest());
  EXPECT_EQ(at_once.size(), 200u);
}

TEST(State, ChangedNamesExactlyWhatDiffers) {
  std::mt19937 random(11);
  State before;
  for (int i = 0; i < 500; ++i) before.put(key(std::to_string(i)), i);
  for (int round = 0; round < 50; ++round) {
    State after = before;
    std::map<StateKey, Json> touched;
    for (int step = 0; step < 8; ++step) {
      StateKey target = key(std::to_string(random() % 600));
      if (random() % 2) {
        after.put(target, -1);
      } else {
        after.erase(target);
      }
      touched[target] = 0;
    }
    std::vector<StateKey> expected;
    for (const auto& [target, unused] : touched) {
      const Json* a = before.find(target);
      const Json* b = after.find(target);
      if ((!a) != (!b) || (a && *a != *b)) expected.push_back(target);
    }
    EXPECT_EQ(changed(before, after), expected);
    EXPECT_EQ(changed(after, before), expected);
  }
}

TEST(State, EachStaysInItsAccountRegionAndType) {
  State state;
  state.put(key("a"), 1);
  state.put(key("b"), 2);
  state.put({"111122223333", "eu-west-1", "AWS::EC2::SecurityGroupRule", "x"}, 3);
  state.put({"111122223333", "eu-west-2", "AWS::EC2::SecurityGroup", "c"}, 4);
  state.put({"222233334444", "eu-west-1", "AWS::EC2::SecurityGroup", "d"}, 5);
  std::vector<std::string> ids;
  state.each("111122223333", "eu-west-1", "AWS::EC2::SecurityGroup",
             [&](const std::string& id, const Json&) { ids.push_back(id); });
  EXPECT_EQ(ids, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(state.accounts(), (std::vector<std::string>{"111122223333", "222233334444"}));
  EXPECT_EQ(state.regions("111122223333"), (std::vector<std::string>{"eu-west-1", "eu-west-2"}));
}

TEST(State, IdsRepeatForTheSameSeedAndNeverWithinOne) {
  State a(5), b(5);
  std::string first = a.next_id("sg-");
  EXPECT_EQ(first, b.next_id("sg-"));
  EXPECT_EQ(first.size(), 20u);
  EXPECT_NE(first, a.next_id("sg-"));
  EXPECT_NE(first, State(6).next_id("sg-"));
}

}  // namespace
}  // namespace setpoint::twin
