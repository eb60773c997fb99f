#include "model/difference.h"

#include <gtest/gtest.h>

namespace setpoint::model {
namespace {

using base::Json;

std::vector<std::string> paths(const std::vector<FieldChange>& changes) {
  static constexpr const char* kKinds[] = {"+", "-", "~"};
  std::vector<std::string> out;
  for (const auto& change : changes) out.push_back(kKinds[static_cast<int>(change.kind)] + change.path);
  return out;
}

TEST(Difference, ARangeRemovedIsOneChangeWhereverItStood) {
  Json before = Json::parse(R"({"ipPermissions":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,
      "ipv4Ranges":[{"cidrIp":"0.0.0.0/0"},{"cidrIp":"10.0.0.0/8","description":"vpn"}]}]})");
  Json after = Json::parse(R"({"ipPermissions":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,
      "ipv4Ranges":[{"cidrIp":"10.0.0.0/8","description":"vpn"}]}]})");
  auto changes = difference(before, after);
  EXPECT_EQ(paths(changes), std::vector<std::string>{"-/ipPermissions/0/ipv4Ranges/0"});
  EXPECT_EQ(changes[0].before["cidrIp"], "0.0.0.0/0");
}

TEST(Difference, OrderOfASetIsNoChange) {
  EXPECT_TRUE(difference(Json::parse(R"({"subnets":["a","b"]})"), Json::parse(R"({"subnets":["b","a"]})")).empty());
  EXPECT_TRUE(
      difference(Json::parse(R"([{"Key":"x"},{"Key":"y"}])"), Json::parse(R"([{"Key":"y"},{"Key":"x"}])")).empty());
}

TEST(Difference, ElementsOfOneIdentityAreComparedByPosition) {
  EXPECT_EQ(paths(difference(Json::parse(R"([1,1,2])"), Json::parse(R"([1,1,3])"))), std::vector<std::string>{"~/2"});
  EXPECT_EQ(paths(difference(Json::parse(R"([[1],[2]])"), Json::parse(R"([[1],[2,3],[4]])"))),
            (std::vector<std::string>{"+/1/1", "+/2"}));
}

TEST(Difference, NamesWithSlashesAreEscaped) {
  EXPECT_EQ(paths(difference(Json::parse(R"({"a/b":1,"c~d":2})"), Json::parse(R"({"a/b":2})"))),
            (std::vector<std::string>{"~/a~1b", "-/c~0d"}));
}
}  // namespace
}  // namespace setpoint::model
