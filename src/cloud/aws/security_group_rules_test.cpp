#include "cloud/aws/security_group_rules.h"

#include <gtest/gtest.h>

#include "cloud/aws/evidence_parameters.h"
#include "cloud/aws/inverse.h"

namespace setpoint::cloud::aws {
namespace {

using base::Json;

// A configuration item as AWS Config writes it: the web group of the demo.
Json web_item() {
  return {{"resourceType", "AWS::EC2::SecurityGroup"},
          {"configuration",
           {{"groupId", "sg-1"},
            {"groupName", "web"},
            {"ipPermissions",
             {{{"ipProtocol", "tcp"},
               {"fromPort", 22},
               {"toPort", 22},
               {"ipv4Ranges", {{{"cidrIp", "0.0.0.0/0"}, {"description", "temporary"}}, {{"cidrIp", "10.0.0.0/8"}}}},
               {"ipRanges", {"0.0.0.0/0", "10.0.0.0/8"}},
               {"ipv6Ranges", {{{"cidrIpv6", "::/0"}}}}},
              {{"ipProtocol", "-1"},
               {"ipv4Ranges", {{{"cidrIp", "203.0.113.0/24"}}}},
               {"userIdGroupPairs", {{{"groupId", "sg-2"}, {"userId", "111122223333"}}}}}}},
            {"ipPermissionsEgress", {{{"ipProtocol", "-1"}, {"ipv4Ranges", {{{"cidrIp", "0.0.0.0/0"}}}}}}}}}};
}

model::Resource group(Json item) {
  model::Resource out;
  out.key = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
  out.item = std::move(item);
  return out;
}

TEST(SecurityGroupRules, TakeAnItemApartIntoTuples) {
  auto rules = security_group_rules(web_item());
  ASSERT_EQ(rules.size(), 6u);
  EXPECT_EQ(rules[0].text(), "ingress all all ports from 203.0.113.0/24");
  EXPECT_EQ(rules[2].text(), "ingress tcp 22 from 0.0.0.0/0");
  EXPECT_EQ(rules[2].description, "temporary");
}

TEST(SecurityGroupRules, OlderItemsHaveOnlyTheListOfText) {
  Json item = {
      {"configuration",
       {{"ipPermissions", {{{"ipProtocol", "tcp"}, {"fromPort", 80}, {"toPort", 81}, {"ipRanges", {"10.0.0.0/8"}}}}}}}};
  auto rules = security_group_rules(item);
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].text(), "ingress tcp 80-81 from 10.0.0.0/8");
}

TEST(EvidenceParameters, NameOnlyTheOffendingRanges) {
  std::vector<model::Evidence> evidence(3);
  evidence[0].path = "/configuration/ipPermissions/0/ipv4Ranges/0/cidrIp";
  evidence[1].path = "/configuration/ipPermissions/0/ipv6Ranges/0/cidrIpv6";
  evidence[2].path = "/configuration/ipPermissions/0/ipRanges/0";  // the same fact in the older spelling
  Json parameters = evidence_parameters(group(web_item()), evidence);
  EXPECT_EQ(
      base::canonical(parameters["IpPermissions"]),
      R"([{"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],"ToPort":22}])");
  EXPECT_TRUE(parameters["IpPermissionsEgress"].empty());
  EXPECT_EQ(parts_named_by(group(web_item()), evidence).size(), 2u);
}

TEST(EvidenceParameters, APathToAPermissionNamesAllItsPeers) {
  std::vector<model::Evidence> evidence(1);
  evidence[0].path = "/configuration/ipPermissions/1/ipProtocol";
  Json parameters = evidence_parameters(group(web_item()), evidence);
  ASSERT_EQ(parameters["IpPermissions"].size(), 1u);
  EXPECT_EQ(parameters["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"], "sg-2");
}

TEST(EvidenceParameters, PathsElsewhereNameNothing) {
  std::vector<model::Evidence> evidence(2);
  evidence[0].path = "/configuration/groupName";
  evidence[1].path = "/configuration/ipPermissions/99/ipProtocol";
  EXPECT_TRUE(evidence_parameters(group(web_item()), evidence)["IpPermissions"].empty());
}

TEST(EvidenceParameters, WhatDidNotResolveNamesNothing) {
  std::vector<model::Evidence> evidence(1);
  evidence[0].path = "/configuration/ipPermissions/0";
  evidence[0].resolved = false;
  EXPECT_TRUE(evidence_parameters(group(web_item()), evidence)["IpPermissions"].empty());
  EXPECT_TRUE(parts_named_by(group(web_item()), evidence).empty());
}

TEST(Inverse, RestoresRemovedTuplesWithTheirDescriptions) {
  Json after = web_item();
  auto& permission = after["configuration"]["ipPermissions"][0];
  permission["ipv4Ranges"].erase(0);
  permission["ipRanges"].erase(0);
  auto calls = restoring_calls(group(after), group(web_item()));
  ASSERT_TRUE(calls) << calls.error().text();
  ASSERT_EQ(calls->size(), 1u);
  EXPECT_EQ((*calls)[0].operation, "AuthorizeSecurityGroupIngress");
  EXPECT_EQ(
      base::canonical((*calls)[0].parameters["IpPermissions"]),
      R"([{"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"temporary"}],"ToPort":22}])");
}

TEST(Inverse, RevokesWhatWasAddedAndRewritesDescriptionsAndTags) {
  model::Resource from = group(web_item());
  model::Resource to = group(web_item());
  to.item["configuration"]["ipPermissions"][0]["ipv4Ranges"][0]["description"] = "other";
  to.item["configuration"]["ipPermissionsEgress"] = Json::array();
  to.tags = {{"Owner", "a@example.org"}};
  auto calls = restoring_calls(from, to);
  ASSERT_TRUE(calls) << calls.error().text();
  std::vector<std::string> operations;
  for (const auto& call : *calls) operations.push_back(call.operation);
  EXPECT_EQ(operations, (std::vector<std::string>{"UpdateSecurityGroupRuleDescriptionsIngress",
                                                  "RevokeSecurityGroupEgress", "CreateTags"}));
}

TEST(Inverse, SaysWhereThereIsNoWayBack) {
  model::Resource renamed = group(web_item());
  renamed.item["configuration"]["groupName"] = "other";
  EXPECT_EQ(restoring_calls(group(web_item()), renamed).error().code, base::ErrorCode::unsupported);
  model::Resource gone = group(Json::object());
  gone.knowledge = model::Knowledge::deleted;
  EXPECT_EQ(restoring_calls(gone, group(web_item())).error().code, base::ErrorCode::unsupported);
  EXPECT_TRUE(restoring_calls(group(web_item()), group(web_item()))->empty());
}

}  // namespace
}  // namespace setpoint::cloud::aws
