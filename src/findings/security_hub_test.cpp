#include "findings/security_hub.h"

#include <gtest/gtest.h>

namespace setpoint::findings {
namespace {

constexpr char kHubId[] = "arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.13/finding/1";

model::Finding reported_by(std::string product, std::string uid) {
  model::Finding out;
  out.id = "f-0123456789ab";
  out.sources.push_back({std::move(product), std::move(uid), {}, {}, true});
  return out;
}

TEST(OutcomeUpdate, AnEffectiveRunResolvesTheFindingWithANote) {
  auto update =
      outcome_update(reported_by("AWS Security Hub", kHubId), {model::RunStatus::effective, "run-1", "closed"});
  ASSERT_TRUE(update);
  EXPECT_EQ((*update)["FindingIdentifiers"][0]["Id"], kHubId);
  EXPECT_EQ((*update)["FindingIdentifiers"][0]["ProductArn"], "arn:aws:securityhub:eu-west-1::product/aws/securityhub");
  EXPECT_EQ((*update)["Workflow"]["Status"], "RESOLVED");
  EXPECT_EQ((*update)["Note"]["Text"], "Setpoint run-1: EFFECTIVE. closed");
}

TEST(OutcomeUpdate, AnIneffectiveRunLeavesItWithPeopleAndAnUndoneOneMakesItNewAgain) {
  model::Finding finding = reported_by("AWS Security Hub", kHubId);
  EXPECT_EQ((*outcome_update(finding, {model::RunStatus::ineffective, "r", ""}))["Workflow"]["Status"], "NOTIFIED");
  EXPECT_EQ((*outcome_update(finding, {model::RunStatus::undone, "r", ""}))["Workflow"]["Status"], "NEW");
}

TEST(OutcomeUpdate, OfAnotherProductOnlyWithTheArnThatItCameWith) {
  model::Finding finding = reported_by("Prowler", "prowler-aws-1");
  EXPECT_FALSE(outcome_update(finding, {model::RunStatus::effective, "r", ""}));
  finding.raw = {{"Id", "prowler-aws-1"}, {"ProductArn", "arn:aws:securityhub:eu-west-1::product/prowler/prowler"}};
  auto update = outcome_update(finding, {model::RunStatus::effective, "r", ""});
  ASSERT_TRUE(update);
  EXPECT_EQ((*update)["FindingIdentifiers"][0]["ProductArn"], finding.raw["ProductArn"]);
}

TEST(OutcomeUpdate, OurOwnFindingsAndThoseThatSecurityHubClosedAreLeftAlone) {
  EXPECT_FALSE(outcome_update(reported_by("setpoint", "f-1"), {model::RunStatus::effective, "r", ""}));
  model::Finding closed = reported_by("AWS Security Hub", kHubId);
  closed.sources.front().active = false;
  EXPECT_FALSE(outcome_update(closed, {model::RunStatus::effective, "r", ""}));
}

TEST(OutcomeUpdate, ALongNoteIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 600) text += "\u00e4";
  auto update = outcome_update(reported_by("AWS Security Hub", kHubId), {model::RunStatus::failed, "run-1", text});
  std::string note = (*update)["Note"]["Text"];
  EXPECT_LE(note.size(), 512u);
  EXPECT_TRUE(note.ends_with("\u00e4..."));
}

}  // namespace
}  // namespace setpoint::findings
