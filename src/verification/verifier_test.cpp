#include "verification/verifier.h"

#include <gtest/gtest.h>

#include "journal/memory_log.h"

namespace setpoint::verification {
namespace {

struct FakeObserver final : cloud::Observer {
  base::Result<model::Resource> answer{model::Resource{}};
  bool reads_only(const model::ApiCall&) const override { return true; }
  std::vector<std::string> types() const override { return {}; }
  bool account_wide(const std::string&) const override { return false; }
  base::Result<cloud::CallResult> read(const model::ApiCall&) override { return cloud::CallResult{}; }
  base::Result<model::Resource> observe(const model::ResourceKey&) override { return answer; }
  base::Result<cloud::DiscoveryReport> discover(const cloud::DiscoveryScope&,
                                                const std::function<void(model::Resource)>&) override {
    return cloud::DiscoveryReport{};
  }
};

class VerifierTest : public testing::Test {
 protected:
  Verification verify(std::optional<model::Judgement> judgement) {
    Verifier verifier(
        observer_, [&](const std::string&, const model::Resource&) { return judgement; }, journal_, clock_);
    auto answer = verifier.verify({"EC2.13", {"aws", "1", "r", "t", "sg-1"}, "run-1", "user:ada"});
    EXPECT_TRUE(answer) << answer.error().text();
    return *answer;
  }

  FakeObserver observer_;
  base::ManualClock clock_{{1'000'000}};
  journal::MemoryLog log_;
  journal::Journal journal_{log_, clock_};
};

TEST_F(VerifierTest, EffectiveOnlyWhereTheRulePasses) {
  EXPECT_EQ(verify(model::Judgement{model::Verdict::compliant, {}, ""}).effect, Effect::effective);
  EXPECT_EQ(verify(model::Judgement{model::Verdict::non_compliant, {{}}, ""}).effect, Effect::ineffective);
}

TEST_F(VerifierTest, WhatCannotBeDecidedIsUnknownNeverFine) {
  EXPECT_EQ(verify(model::Judgement{model::Verdict::unknown, {}, "bad data"}).effect, Effect::unknown);
  EXPECT_EQ(verify(model::Judgement{model::Verdict::not_applicable, {}, ""}).effect, Effect::unknown);
  EXPECT_EQ(verify(std::nullopt).effect, Effect::unknown);
  observer_.answer = base::fail(base::ErrorCode::throttled, "slow down");
  Verification answer = verify(model::Judgement{model::Verdict::compliant, {}, ""});
  EXPECT_EQ(answer.effect, Effect::unknown);
  EXPECT_NE(answer.text.find("slow down"), std::string::npos);
}

TEST_F(VerifierTest, AResourceThatIsGoneHasNoProblem) {
  observer_.answer->knowledge = model::Knowledge::deleted;
  EXPECT_EQ(verify(std::nullopt).effect, Effect::effective);
}

class ForeseenTest : public VerifierTest {
 protected:
  using Kind = model::FieldChange::Kind;
  Verification verify_changes(std::vector<model::FieldChange> fields) {
    Verifier verifier(observer_, {}, journal_, clock_);
    auto answer =
        verifier.verify_changes({{{{"aws", "1", "r", "t", "i-1"}, false, std::move(fields)}}, "run-1", "user:ada"});
    EXPECT_TRUE(answer) << answer.error().text();
    return *answer;
  }
  void stands(const char* configuration) {
    observer_.answer->item = {{"configuration", base::Json::parse(configuration)}};
    observer_.answer->tags = {{"until", "noon"}};
  }
};

TEST_F(ForeseenTest, EffectiveWhereEveryChangeStands) {
  stands(R"({"groups": ["sg-other", "sg-quarantine"], "public": false})");
  EXPECT_EQ(verify_changes({{"/configuration/groups/0", "sg-web", nullptr, Kind::removed},
                            {"/configuration/groups/0", nullptr, "sg-quarantine", Kind::added},
                            {"/configuration/public", true, false, Kind::replaced},
                            {"/tags/until", nullptr, "noon", Kind::added}})
                .effect,
            Effect::effective);
}

TEST_F(ForeseenTest, SuccessThatChangedNothingIsIneffective) {
  stands(R"({"groups": ["sg-web"], "public": true})");
  for (const model::FieldChange& field :
       {model::FieldChange{"/configuration/groups/0", "sg-web", nullptr, Kind::removed},
        model::FieldChange{"/configuration/public", true, false, Kind::replaced},
        model::FieldChange{"/tags/since", nullptr, "noon", Kind::added}})
    EXPECT_EQ(verify_changes({field}).effect, Effect::ineffective) << field.path;
}

TEST_F(ForeseenTest, WhatIsNeitherAsBeforeNorAsForeseenIsUnknown) {
  stands(R"({"mode": "other"})");
  EXPECT_EQ(verify_changes({{"/configuration/mode", "a", "b", Kind::replaced}}).effect, Effect::unknown);
  EXPECT_EQ(verify_changes({{"/tags/until", nullptr, "night", Kind::added}}).effect, Effect::unknown);
  observer_.answer->knowledge = model::Knowledge::deleted;
  EXPECT_EQ(verify_changes({{"/tags/until", nullptr, "noon", Kind::added}}).effect, Effect::unknown);
  observer_.answer = base::fail(base::ErrorCode::throttled, "slow down");
  EXPECT_NE(verify_changes({{"/tags/until", nullptr, "noon", Kind::added}}).text.find("slow down"), std::string::npos);
}

TEST_F(VerifierTest, EveryAnswerIsJournalled) {
  verify(model::Judgement{model::Verdict::compliant, {}, ""});
  auto entries = journal_.find("run-1", 1, 10);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ((*entries)[0].kind, "verification.done");
  EXPECT_EQ((*entries)[0].body["effect"], "EFFECTIVE");
}

}  // namespace
}  // namespace setpoint::verification
