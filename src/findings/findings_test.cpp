#include "findings/findings.h"

#include <gtest/gtest.h>

#include "findings/memory_finding_store.h"
#include "findings/priority.h"

namespace setpoint::findings {
namespace {

using base::Json;
using model::Finding;
using model::FindingStatus;
using model::Verdict;

const model::ResourceKey kGroup{"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};

std::vector<model::Control> controls() {
  model::Control ssh;
  ssh.id = "EC2.13";
  ssh.mappings = {{"cis-aws-1.2", {"4.1"}}, {"aws-config", {"restricted-ssh"}}, {"nist-800-53-r5", {"AC-4"}}};
  model::Control rdp;
  rdp.id = "EC2.14";
  rdp.mappings = {{"cis-aws-1.2", {"4.2"}}, {"aws-config", {"restricted-common-ports"}}, {"nist-800-53-r5", {"AC-4"}}};
  model::Control risky;
  risky.id = "EC2.19";
  risky.mappings = {{"aws-config", {"restricted-common-ports"}}};
  return {ssh, rdp, risky};
}

Finding report(const std::string& product, const std::string& check, Verdict verdict, std::int64_t at) {
  Finding out;
  out.check = check;
  out.title = product + " says so";
  out.severity = model::Level::medium;
  out.verdict = verdict;
  out.resource = kGroup;
  out.first_seen = {at};
  out.last_seen = {at};
  out.sources.push_back({product, product + "-uid", {at}, {at}, verdict == Verdict::non_compliant});
  return out;
}

Finding own(Verdict verdict, std::int64_t at) {
  model::Resource resource;
  resource.key = kGroup;
  model::Judgement judgement;
  judgement.verdict = verdict;
  if (verdict == Verdict::non_compliant)
    judgement.evidence.push_back({"/configuration/x", Json("0.0.0.0/0"), true, "", "", "r"});
  return own_report("EC2.13", "SSH is open", "why", model::Level::high, resource, judgement, {at});
}

struct FindingsTest : ::testing::Test {
  MemoryFindingStore store;
  Findings findings{store, CheckNames(controls())};

  std::string take(const Finding& one) {
    Taken taken = findings.take(std::vector<Finding>{one}).value();
    std::string out = taken.ids.at(0).empty() ? "none" : "";
    for (const model::Event& event : taken.events) out += event.detail_type;
    return out.empty() ? std::string(taken.ignored ? "ignored" : "unchanged") : out;
  }
  std::vector<Finding> all() { return store.list({}, "", 100).value().findings; }
};

TEST_F(FindingsTest, TheSameFactFromThreeProductsIsOneFindingWithThreeSources) {
  EXPECT_EQ(take(own(Verdict::non_compliant, 10)), "Finding Opened");
  EXPECT_EQ(take(report("AWS Security Hub", "cis-aws-1.2/4.1", Verdict::non_compliant, 20)), "Finding Updated");
  EXPECT_EQ(take(report("AWS Config", "aws-config/restricted-ssh", Verdict::non_compliant, 30)), "Finding Updated");
  ASSERT_EQ(all().size(), 1u);
  EXPECT_EQ(all()[0].check, "EC2.13");
  EXPECT_EQ(all()[0].sources.size(), 3u);
  EXPECT_EQ(all()[0].title, "SSH is open") << "our own control's words win";
  EXPECT_EQ(all()[0].severity, model::Level::high);
  EXPECT_EQ(all()[0].first_seen.ms, 10);
  EXPECT_EQ(all()[0].last_seen.ms, 30);
}

TEST_F(FindingsTest, TheSameReportTwiceChangesNothing) {
  take(report("AWS Security Hub", "cis-aws-1.2/4.1", Verdict::non_compliant, 20));
  Json before = all()[0].json();
  EXPECT_EQ(take(report("AWS Security Hub", "cis-aws-1.2/4.1", Verdict::non_compliant, 20)), "unchanged");
  EXPECT_EQ(all()[0].json(), before);
}

TEST_F(FindingsTest, IsResolvedOnlyWhenNoSourceReportsItAnyMore) {
  take(own(Verdict::non_compliant, 10));
  take(report("AWS Security Hub", "EC2.13", Verdict::non_compliant, 20));
  EXPECT_EQ(take(own(Verdict::compliant, 30)), "Finding Updated");
  EXPECT_EQ(all()[0].status, FindingStatus::open);
  EXPECT_EQ(take(report("AWS Security Hub", "EC2.13", Verdict::compliant, 40)), "Finding Resolved");
  EXPECT_EQ(all()[0].status, FindingStatus::resolved);
  EXPECT_EQ(all()[0].resolved_at.ms, 40);
  EXPECT_EQ(all()[0].evidence.size(), 1u) << "what it was stays readable";
}

TEST_F(FindingsTest, ReopensWithAReason) {
  take(own(Verdict::non_compliant, 10));
  take(own(Verdict::compliant, 20));
  EXPECT_EQ(take(own(Verdict::non_compliant, 30)), "Finding Reopened");
  EXPECT_EQ(all()[0].status, FindingStatus::open);
  EXPECT_FALSE(all()[0].resolved_at.known());
  EXPECT_EQ(all()[0].first_seen.ms, 10);
  ASSERT_EQ(all()[0].notes.size(), 1u);
  EXPECT_EQ(all()[0].notes[0].text, "reopened: setpoint reports it again");
}

TEST_F(FindingsTest, AnUnknownVerdictNeitherOpensNorResolves) {
  EXPECT_EQ(take(own(Verdict::unknown, 10)), "none");
  take(own(Verdict::non_compliant, 20));
  Json before = all()[0].json();
  EXPECT_EQ(take(own(Verdict::unknown, 30)), "ignored");
  EXPECT_EQ(all()[0].json(), before);
}

TEST_F(FindingsTest, WhatPassedAndWasNeverOpenLeavesNoTrace) {
  EXPECT_EQ(take(own(Verdict::compliant, 10)), "none");
  EXPECT_EQ(take(own(Verdict::not_applicable, 10)), "none");
  EXPECT_TRUE(all().empty());
}

TEST_F(FindingsTest, AnOldReportDoesNotUndoANewerOne) {
  take(report("AWS Security Hub", "EC2.13", Verdict::non_compliant, 20));
  take(report("AWS Security Hub", "EC2.13", Verdict::compliant, 40));
  EXPECT_EQ(take(report("AWS Security Hub", "EC2.13", Verdict::non_compliant, 30)), "ignored");
  EXPECT_EQ(all()[0].status, FindingStatus::resolved);
}

TEST_F(FindingsTest, APersonsStatusStaysUntilItIsResolved) {
  take(own(Verdict::non_compliant, 10));
  Finding mine = all()[0];
  mine.status = FindingStatus::suppressed;
  ASSERT_TRUE(store.put(std::vector<Finding>{mine}));
  EXPECT_EQ(take(own(Verdict::non_compliant, 20)), "unchanged");
  EXPECT_EQ(all()[0].status, FindingStatus::suppressed);
  take(own(Verdict::compliant, 30));
  EXPECT_EQ(all()[0].status, FindingStatus::resolved);
}

TEST_F(FindingsTest, WhatItsReporterSuppressedIsKeptWithoutAnEvent) {
  Finding quiet = report("AWS Security Hub", "EC2.13", Verdict::non_compliant, 1);
  quiet.status = FindingStatus::suppressed;
  EXPECT_EQ(take(quiet), "unchanged");
  EXPECT_EQ(all().at(0).status, FindingStatus::suppressed);
}

TEST_F(FindingsTest, NamesThatSeveralControlsCarryDecideNothing) {
  Finding config = report("AWS Config", "aws-config/restricted-common-ports", Verdict::non_compliant, 1);
  EXPECT_EQ(findings.identified(config).check, "aws-config/restricted-common-ports");
  Finding hub = report("AWS Security Hub", "cis-aws-9.9/1.1", Verdict::non_compliant, 1);
  hub.raw = {{"ProductFields",
              {{"RelatedAWSResources:0/name", "securityhub-restricted-ssh-3ca2d6f4"},
               {"RelatedAWSResources:0/type", "AWS::Config::ConfigRule"}}}};
  EXPECT_EQ(findings.identified(hub).check, "EC2.13") << "by the rule that the finding rests on";
}

TEST(Identity, IdsOfAwsConfigAreFoundByArn) {
  MemoryFindingStore store;
  model::ResourceKey user{"aws", "111122223333", "global", "AWS::IAM::User", "AIDA123"};
  Findings findings(store, CheckNames(), [&](const std::string& arn) {
    return arn == "arn:aws:iam::111122223333:user/ann" ? std::optional(user) : std::nullopt;
  });
  Finding hub = report("AWS Security Hub", "IAM.5", Verdict::non_compliant, 1);
  hub.raw = {{"Resources", {{{"Id", "arn:aws:iam::111122223333:user/ann"}}}}};
  EXPECT_EQ(findings.identified(hub).resource, user);
}

TEST(Identity, ConfigRuleNamesLoseSecurityHubsWrapping) {
  EXPECT_EQ(config_rule_name("securityhub-restricted-ssh-3ca2d6f4"), "restricted-ssh");
  EXPECT_EQ(config_rule_name("securityhub-cloud-trail-log-file-validation-enabled-v4949q"),
            "cloud-trail-log-file-validation-enabled");
  EXPECT_EQ(config_rule_name("restricted-ssh"), "restricted-ssh");
}

TEST_F(FindingsTest, EventsCarryWhatPatternsMatchOn) {
  Taken taken = findings.take(std::vector<Finding>{own(Verdict::non_compliant, 10)}).value();
  const model::Event& event = taken.events.at(0);
  EXPECT_EQ(event.source, "setpoint");
  EXPECT_EQ(event.detail["control"], Json::array({"EC2.13"}));
  EXPECT_EQ(event.detail["severity"], "high");
  EXPECT_EQ(event.detail["finding"]["id"], taken.ids.at(0));
  EXPECT_FALSE(event.detail["finding"].contains("raw"));
  MemoryFindingStore other;
  Findings again(other, CheckNames(controls()));
  EXPECT_EQ(again.take(std::vector<Finding>{own(Verdict::non_compliant, 10)}).value().events.at(0).id, event.id);
}

TEST_F(FindingsTest, OneBatchMayHoldAWholeLife) {
  std::vector<Finding> reports = {own(Verdict::non_compliant, 1), own(Verdict::compliant, 2),
                                  own(Verdict::non_compliant, 3)};
  Taken taken = findings.take(reports).value();
  EXPECT_EQ(taken.opened + taken.resolved + taken.reopened, 3u);
  EXPECT_EQ(all().size(), 1u);
}

constexpr const char* kExceptions = R"(exceptions:
  - exception: public-bastion
    owner: ada@example.org
    reason: the vendor connects from changing addresses
    until: 2026-01-31
    when: {control: [EC2.13], resource: {id: [sg-1]}}
)";

std::shared_ptr<const Exceptions> exceptions(const std::string& text) {
  base::Diagnostics diagnostics;
  auto out = Exceptions::compile({"exceptions.yaml", text}, diagnostics);
  EXPECT_TRUE(out) << diagnostics.render();
  return out ? std::make_shared<const Exceptions>(std::move(*out)) : nullptr;
}

std::int64_t at(const char* time) { return base::parse_iso8601(time).value().ms; }

TEST_F(FindingsTest, AnExceptionSuppressesUntilItEndsAndThenTheFindingComesBack) {
  findings.set_exceptions(exceptions(kExceptions));
  EXPECT_EQ(take(own(Verdict::non_compliant, at("2026-01-10T00:00:00Z"))), "unchanged")
      << "opened, but nobody is called";
  ASSERT_EQ(all().at(0).status, FindingStatus::suppressed);
  EXPECT_EQ(all()[0].suppressed_by, "exception:public-bastion");
  EXPECT_EQ(all()[0].notes.at(0).by, "ada@example.org");
  EXPECT_TRUE(findings.review({at("2026-01-31T23:59:59Z")}).value().events.empty());
  Taken taken = findings.review({at("2026-02-01T00:00:00Z")}).value();
  ASSERT_EQ(taken.events.size(), 1u);
  EXPECT_EQ(taken.events[0].detail_type, "Finding Reopened");
  EXPECT_EQ(all()[0].status, FindingStatus::open);
  EXPECT_TRUE(findings.review({at("2026-02-01T01:00:00Z")}).value().events.empty()) << "once";
}

TEST_F(FindingsTest, AnExceptionCoversOnlyWhatItsPatternMatches) {
  findings.set_exceptions(exceptions(kExceptions));
  Finding other = own(Verdict::non_compliant, at("2026-01-10T00:00:00Z"));
  other.resource.id = "sg-2";
  EXPECT_EQ(take(other), "Finding Opened");
}

TEST_F(FindingsTest, WhatWasOpenIsSuppressedByTheNextReview) {
  take(own(Verdict::non_compliant, at("2026-01-10T00:00:00Z")));
  findings.set_exceptions(exceptions(kExceptions));
  Taken taken = findings.review({at("2026-01-11T00:00:00Z")}).value();
  EXPECT_EQ(taken.updated, 1u);
  EXPECT_EQ(all()[0].status, FindingStatus::suppressed);
  findings.set_exceptions(exceptions("exceptions: []\n"));
  EXPECT_EQ(findings.review({at("2026-01-12T00:00:00Z")}).value().reopened, 1u) << "the exception was taken back";
}

TEST_F(FindingsTest, APersonsSuppressionIsNotAnExceptionsToEnd) {
  take(own(Verdict::non_compliant, at("2026-01-10T00:00:00Z")));
  Finding mine = all()[0];
  mine.status = FindingStatus::suppressed;
  mine.suppressed_by = "bob";
  ASSERT_TRUE(store.put(std::vector<Finding>{mine}));
  findings.set_exceptions(exceptions(kExceptions));
  EXPECT_TRUE(findings.review({at("2027-01-01T00:00:00Z")}).value().events.empty());
  EXPECT_EQ(all()[0].suppressed_by, "bob");
}

TEST(ExceptionFile, MistakesAreSaidWithTheirPlace) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(Exceptions::compile({"x.yaml", R"(exceptions:
  - exception: a
    owner: ada
    untill: 2026-01-31
    until: someday
    when: {control: EC2.13}
)"},
                                   diagnostics));
  std::string text = diagnostics.render();
  for (const char* what :
       {"unknown field 'untill'", "did you mean 'until'?", "'someday' is not a day or a time", "reason", "x.yaml:6:"}) {
    EXPECT_NE(text.find(what), std::string::npos) << what << "\n" << text;
  }
}

TEST(Priority, AddsUpItsReasons) {
  Finding finding = own(Verdict::non_compliant, 1000);
  EXPECT_EQ(priority(finding, {2000}).score, 45 + 20);
  finding.sources.push_back({"AWS Security Hub", "x", {}, {}, true});
  base::Timestamp later{1000 + std::int64_t{40} * 24 * 3600 * 1000};
  Priority old = priority(finding, later);
  EXPECT_EQ(old.score, 45 + 20 + 10 + 5);
  EXPECT_EQ(old.reasons.at(2).text, "open for 40 days");
  finding.status = FindingStatus::suppressed;
  EXPECT_EQ(priority(finding, later).score, 0);
}

TEST(Priority, APublicSwitchThatIsOnIsExposure) {
  Finding finding = own(Verdict::non_compliant, 1000);
  auto score = [&](const char* path, Json value) {
    model::Evidence evidence;
    evidence.path = path;
    evidence.value = std::move(value);
    finding.evidence = {evidence};
    return priority(finding, {2000}).score;
  };
  EXPECT_EQ(score("/configuration/publiclyAccessible", true), 45 + 20);
  EXPECT_EQ(score("/configuration/publiclyAccessible", false), 45);
  EXPECT_EQ(score("/configuration/blockPublicAcls", false), 45) << "a guard that is off is not yet exposure";
  EXPECT_EQ(score("/configuration/encrypted", true), 45);
}

TEST(FindingStore, FiltersAndPages) {
  MemoryFindingStore store;
  std::vector<Finding> many;
  for (int i = 0; i < 5; ++i) {
    Finding finding = own(Verdict::non_compliant, i + 1);
    finding.id = "f-" + std::to_string(i);
    finding.severity = i < 2 ? model::Level::low : model::Level::high;
    many.push_back(finding);
  }
  ASSERT_TRUE(store.put(many));
  FindingPage page = store.list({.severity_min = model::Level::high}, "", 2).value();
  ASSERT_EQ(page.findings.size(), 2u);
  EXPECT_EQ(page.findings[0].id, "f-2");
  EXPECT_EQ(store.list({.severity_min = model::Level::high}, page.next, 2).value().findings.size(), 1u);
  EXPECT_EQ(store.list({.product = "setpoint"}, "", 10).value().findings.size(), 5u);
  EXPECT_EQ(store.list({.statuses = {FindingStatus::resolved}}, "", 10).value().findings.size(), 0u);
}

}  // namespace
}  // namespace setpoint::findings
