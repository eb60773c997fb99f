#include "response/containment.h"

#include <gtest/gtest.h>

#include "response/execution_record.h"

namespace setpoint::response {
namespace {

using base::Json;

const ContainmentTerms kTerms{
    "ExpireAfter", "AWS::EC2::Instance", "{{ InstanceId }}", "Setpoint-ReleaseInstance",
    Json{{"InstanceId", "{{ InstanceId }}"}, {"GroupIds", Json::array({"{{ ReadInstance.GroupIds }}"})}}};
const Json kParameters = {{"InstanceId", "i-1"}, {"ExpireAfter", "2026-01-02T00:00:00Z"}};

ExecutionRecord execution() {
  ExecutionRecord out;
  out.id = "e-1";
  out.document_name = "Setpoint-IsolateInstance";
  out.context.account = "111122223333";
  out.context.region = "eu-west-1";
  out.actor = "user:ada";
  out.ended = *base::parse_iso8601("2026-01-01T00:00:00Z");
  return out;
}

TEST(Containment, KnowsItsEndAndItsWayBack) {
  auto kept = containment_of(kTerms, execution(), kParameters, {{"ReadInstance.GroupIds", {"sg-1", "sg-2"}}});
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(kept->resource_name, "i-1");
  EXPECT_EQ(base::to_iso8601(kept->until), "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(kept->parameters, Json::parse(R"({"InstanceId": "i-1", "GroupIds": ["sg-1", "sg-2"]})"));
  EXPECT_EQ(kept->problem, "");
}

TEST(Containment, OneThatFailedHalfWayIsKeptAndSaysWhatItDoesNotKnow) {
  auto kept = containment_of(kTerms, execution(), kParameters, Json::object());
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_TRUE(kept->parameters.is_null());
  EXPECT_NE(kept->problem.find("ReadInstance.GroupIds"), std::string::npos) << kept->problem;
}

TEST(Containment, IsRefusedWhereItsTimeIsNoneOrOver) {
  base::Timestamp now = *base::parse_iso8601("2026-01-01T00:00:00Z");
  EXPECT_TRUE(check_containment(kTerms, kParameters, now));
  auto past = check_containment(kTerms, kParameters, now + base::Milliseconds(86'400'000));
  ASSERT_FALSE(past);
  EXPECT_NE(past.error().text().find("which is past"), std::string::npos) << past.error().text();
  auto none = check_containment(kTerms, {{"InstanceId", "i-1"}, {"ExpireAfter", "tomorrow"}}, now);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().where, "ExpireAfter");
}

TEST(Containment, IsOverWhenItsWayBackWasGone) {
  auto kept = containment_of(kTerms, execution(), kParameters, {{"ReadInstance.GroupIds", {"sg-1"}}});
  Json given = {{"InstanceId", "i-1"}, {"GroupIds", {"sg-1"}}, {"AutomationAssumeRole", ""}};
  EXPECT_TRUE(kept->is_released_by("Setpoint-ReleaseInstance", "111122223333", given));
  EXPECT_FALSE(kept->is_released_by("Setpoint-ReleaseInstance", "999922223333", given));
  EXPECT_FALSE(kept->is_released_by("Setpoint-ReleaseBucket", "111122223333", given));
  given["InstanceId"] = "i-2";
  EXPECT_FALSE(kept->is_released_by("Setpoint-ReleaseInstance", "111122223333", given));
}

TEST(Containment, IsReadBackAsItWasWritten) {
  auto kept = containment_of(kTerms, execution(), kParameters, {{"ReadInstance.GroupIds", {"sg-1"}}});
  kept->plan = "p-1";
  kept->raised = kept->planned = kept->until;
  auto read = containment_from_json(kept->json());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->json(), kept->json());
  EXPECT_EQ(terms_from_json(terms_json(kTerms)), kTerms);
  EXPECT_FALSE(terms_from_json(terms_json(std::nullopt)));
}

}  // namespace
}  // namespace setpoint::response
