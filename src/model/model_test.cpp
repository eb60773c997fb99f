#include <gtest/gtest.h>

#include "model/decision.h"
#include "model/event.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "model/resource.h"

namespace setpoint::model {
namespace {

ResourceKey group() { return {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"}; }

Plan sample_plan() {
  Plan plan;
  plan.finding = "f-1";
  plan.control = "EC2.13";
  plan.runbook = "Setpoint-RevokeOpenIngress";
  plan.runbook_digest = base::sha256("document");
  ApiCall revoke{"111122223333", "eu-west-1", "ec2", "RevokeSecurityGroupIngress", {{"GroupId", "sg-1"}}};
  plan.calls.push_back({"Revoke", revoke, false, {}, {{group(), base::sha256("state"), base::sha256("after")}}});
  plan.changes.push_back(
      {group(), false, {{"/configuration/ipPermissions/0", 1, nullptr, FieldChange::Kind::removed}}});
  plan.verdicts.push_back({"EC2.13", group(), Verdict::non_compliant, Verdict::compliant});
  plan.undo.push_back({"111122223333", "eu-west-1", "ec2", "AuthorizeSecurityGroupIngress", {{"GroupId", "sg-1"}}});
  plan.undo_exact = true;
  plan.permissions.push_back({"ec2:RevokeSecurityGroupIngress", "*"});
  plan.basis.push_back({group(), base::sha256("state")});
  plan.unmodelled.push_back("ec2:Unheard");
  return plan;
}

TEST(ResourceKey, TextRoundTripsEvenWithSlashesInTheId) {
  ResourceKey key{"aws", "1", "global", "AWS::IAM::Role", "path/to/role"};
  EXPECT_EQ(*parse_resource_key(key.text()), key);
  EXPECT_FALSE(parse_resource_key("aws/1"));
}

TEST(Resource, StateDigestIgnoresTheReading) {
  Resource a;
  a.item = {{"configuration", {{"x", 1}}}, {"configurationItemCaptureTime", "2026-01-01T00:00:00Z"}};
  Resource b = a;
  b.item["configurationItemCaptureTime"] = "2026-01-02T00:00:00Z";
  EXPECT_EQ(a.state_digest(), b.state_digest());
  b.item["configuration"]["x"] = 2;
  EXPECT_NE(a.state_digest(), b.state_digest());
}

TEST(Plan, RoundTripsAndKeepsItsHash) {
  Plan plan = sample_plan();
  auto again = plan_from_json(plan.json());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->hash(), plan.hash());
  EXPECT_EQ(again->id().substr(0, 2), "p-");
}

TEST(Plan, AnyChangeIsAnotherPlan) {
  Plan plan = sample_plan();
  base::Digest hash = plan.hash();
  plan.calls[0].call.parameters["GroupId"] = "sg-2";
  EXPECT_NE(plan.hash(), hash);
}

TEST(Plan, RefusesWhatIsNoPlan) { EXPECT_FALSE(plan_from_json({{"format", "other"}})); }

TEST(Decision, CoversOnlyItsCallsWhileValid) {
  Plan plan = sample_plan();
  Decision decision;
  decision.effect = Effect::permit;
  decision.covered = {plan.calls[0].call.digest()};
  decision.valid_until = {1000};
  EXPECT_TRUE(decision.covers(plan.calls[0].call, {999}));
  EXPECT_FALSE(decision.covers(plan.calls[0].call, {1000}));
  ApiCall other = plan.calls[0].call;
  other.parameters["GroupId"] = "sg-2";
  EXPECT_FALSE(decision.covers(other, {999}));
  decision.effect = Effect::hold;
  EXPECT_FALSE(decision.covers(plan.calls[0].call, {999}));
}

TEST(Finding, StoredFormIsLossless) {
  Finding finding;
  finding.id = "f-1";
  finding.check = "EC2.13";
  finding.severity = Level::high;
  finding.resource = group();
  finding.evidence = {{"/configuration/x", "0.0.0.0/0", true, "!= \"0.0.0.0/0\"", "no", "rule"}};
  finding.sources = {{"setpoint", "f-1", {1000}, {2000}, true}};
  finding.notes = {{{1500}, "anna", "looked at it"}};
  auto again = finding_from_json(finding.json());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->json(), finding.json());
  EXPECT_EQ(finding.ocsf()["class_uid"], 2003);
}

TEST(Event, EnvelopeRoundTrips) {
  Event event{"1",         "setpoint", "Finding Opened", "111122223333",
              "eu-west-1", {1000},     {"arn"},          {{"control", {"EC2.13"}}}};
  auto again = event_from_envelope(event.envelope());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->envelope(), event.envelope());
  EXPECT_FALSE(event_from_envelope({{"source", "x"}}));
}

TEST(RunStatus, NamesRoundTrip) {
  EXPECT_EQ(*parse_run_status("DEVIATION"), RunStatus::deviated);
  EXPECT_FALSE(is_terminal(RunStatus::applying));
  EXPECT_TRUE(is_terminal(RunStatus::unknown));
}

}  // namespace
}  // namespace setpoint::model
