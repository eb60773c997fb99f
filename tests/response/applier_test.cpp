// The applier against a cloud of three lines: what is sent, what is not, and what is said of it.
#include "response/applier.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/database.h"
#include "store/response_records.h"

namespace setpoint::response {
namespace {

using base::Json;
using model::RunStatus;

constexpr char kDocument[] = R"(
schemaVersion: "0.3"
mainSteps:
  - {name: First, action: "aws:executeAwsApi", inputs: {Service: ec2, Api: RevokeSecurityGroupIngress, GroupId: sg-1}}
  - {name: Second, action: "aws:executeAwsApi", inputs: {Service: ec2, Api: RevokeSecurityGroupEgress, GroupId: sg-1}}
)";

const model::ResourceKey kGroup{"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};

model::Resource group(int state) {
  model::Resource out;
  out.key = kGroup;
  out.item = {{"configuration", {{"state", state}}}};
  return out;
}

// Its whole state is a number that every change raises by one.
struct FakeCloud final : cloud::Observer, cloud::Actuator {
  int state = 0;
  std::vector<std::string> sent;
  std::optional<base::Error> observe_fails;
  std::optional<base::Error> apply_fails;
  int applied_though_failed = 0;

  std::vector<std::string> types() const override { return {}; }
  bool account_wide(const std::string&) const override { return false; }
  bool reads_only(const model::ApiCall& call) const override { return call.operation.starts_with("Describe"); }
  base::Result<cloud::CallResult> read(const model::ApiCall&) override { return cloud::CallResult{}; }
  base::Result<model::Resource> observe(const model::ResourceKey&) override {
    if (observe_fails) return base::fail(*observe_fails);
    return group(state);
  }
  base::Result<cloud::DiscoveryReport> discover(const cloud::DiscoveryScope&,
                                                const std::function<void(model::Resource)>&) override {
    return cloud::DiscoveryReport{};
  }
  base::Result<cloud::CallResult> apply(const model::ApiCall& call, const model::Decision& decision,
                                        const std::string&) override {
    EXPECT_TRUE(decision.covered.contains(call.digest())) << call.operation;
    sent.push_back(call.operation);
    if (apply_fails) {
      state += applied_though_failed;
      return base::fail(*std::exchange(apply_fails, std::nullopt));
    }
    ++state;
    return cloud::CallResult{};
  }
};

struct Stop final : StopSwitch {
  std::optional<std::string> why;
  std::optional<std::string> stopped() const override { return why; }
};

class ApplierTest : public testing::Test {
 protected:
  ApplierTest() : folder_(std::filesystem::temp_directory_path() / ("applier_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    auto opened = store::Database::open({.path = folder_ / "db"}, clock_, random_);
    database_ = std::move(*opened);
    journal_ = std::make_unique<journal::Journal>(database_->log(), clock_);
    records_ = std::make_unique<store::ResponseRecords>(database_->documents());
    base::Diagnostics diagnostics;
    program_.runbook = "Two";
    program_.document = runbook::Document::compile({"two.yaml", kDocument}, diagnostics);
    program_.context = {"x", kGroup.account, kGroup.region, "aws", "", "Auto", ""};
    plan_ = plan_of({"RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"});
  }
  ~ApplierTest() override { std::filesystem::remove_all(folder_); }

  model::Plan plan_of(const std::vector<std::string>& operations) const {
    model::Plan plan;
    plan.runbook_digest = program_.digest();
    int state = 0;
    for (const std::string& operation : operations) {
      model::ApiCall call{kGroup.account, kGroup.region, "ec2", operation, {{"GroupId", "sg-1"}}};
      plan.calls.push_back(
          {operation, call, false, {}, {{kGroup, group(state).state_digest(), group(state + 1).state_digest()}}});
      ++state;
    }
    plan.basis.push_back({kGroup, group(0).state_digest()});
    return plan;
  }

  base::Result<response::Run> apply() {
    model::Decision decision;
    decision.effect = model::Effect::permit;
    decision.plan = plan_.hash();
    decision.valid_until = clock_.now() + base::Milliseconds(1'000'000);
    for (const model::PlannedCall& planned : plan_.calls) decision.covered.insert(planned.call.digest());
    Applier applier({*journal_, *records_, cloud_, cloud_, clock_, random_, stop_});
    return applier.start({plan_, program_, decision, "user:ada", {}});
  }

  std::vector<std::string> journalled(const std::string& run) {
    std::vector<std::string> kinds;
    auto entries = journal_->find(run, 1, 100);
    for (const auto& entry : *entries) kinds.push_back(entry.kind);
    return kinds;
  }

  std::filesystem::path folder_;
  base::ManualClock clock_{{1'800'000'000'000}};
  base::SeededRandom random_{7};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<store::ResponseRecords> records_;
  FakeCloud cloud_;
  Stop stop_;
  Program program_;
  model::Plan plan_;
};

TEST_F(ApplierTest, IntentIsJournalledBeforeAndOutcomeAfterEachCall) {
  auto run = apply();
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ(run->status, RunStatus::applied) << run->message;
  EXPECT_EQ(cloud_.sent.size(), 2u);
  EXPECT_EQ(journalled(run->id), (std::vector<std::string>{"run.started", "call.intent", "call.outcome", "call.intent",
                                                           "call.outcome", "run.applied"}));
}

TEST_F(ApplierTest, ACallThatIsNotThePlansNextOneIsADeviationAndNotSent) {
  plan_ = plan_of({"RevokeSecurityGroupIngress"});
  auto run = apply();
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ(run->status, RunStatus::deviated);
  EXPECT_EQ(cloud_.sent, std::vector<std::string>{"RevokeSecurityGroupIngress"});
}

TEST_F(ApplierTest, ADeviationOfTheFirstCallSendsNothing) {
  plan_ = plan_of({"RevokeSecurityGroupEgress"});
  EXPECT_EQ(apply()->status, RunStatus::deviated);
  EXPECT_TRUE(cloud_.sent.empty());
}

TEST_F(ApplierTest, AProgramThatDoesLessThanThePlanDeviatesToo) {
  plan_ = plan_of({"RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "DeleteSecurityGroup"});
  EXPECT_EQ(apply()->status, RunStatus::deviated);
}

TEST_F(ApplierTest, AnotherStateThanTheBasisIsStaleAndSendsNothing) {
  cloud_.state = 5;
  EXPECT_EQ(apply()->status, RunStatus::stale);
  EXPECT_TRUE(cloud_.sent.empty());
}

TEST_F(ApplierTest, AnUnreadableBasisIsAnErrorAndSendsNothing) {
  cloud_.observe_fails = base::Error{base::ErrorCode::throttled, "slow down", "", "", ""};
  EXPECT_EQ(apply().error().code, base::ErrorCode::throttled);
  EXPECT_TRUE(cloud_.sent.empty());
}

TEST_F(ApplierTest, AnotherRunbookThanTheRehearsedOneIsRefused) {
  plan_.runbook_digest = base::sha256("other");
  EXPECT_EQ(apply().error().code, base::ErrorCode::conflict);
}

TEST_F(ApplierTest, TheStopOfAPersonComesBeforeTheNextCall) {
  stop_.why = "drill";
  auto run = apply();
  EXPECT_EQ(run->status, RunStatus::failed);
  EXPECT_TRUE(cloud_.sent.empty());
}

TEST_F(ApplierTest, ARefusedCallFailsTheRun) {
  cloud_.apply_fails = base::Error{base::ErrorCode::access_denied, "no", "", "", "UnauthorizedOperation"};
  EXPECT_EQ(apply()->status, RunStatus::failed);
  EXPECT_EQ(cloud_.sent.size(), 1u);
}

TEST_F(ApplierTest, ALostAnswerOfACallThatHappenedIsNotSentAgain) {
  cloud_.apply_fails = base::Error{base::ErrorCode::timed_out, "no answer", "", "", ""};
  cloud_.applied_though_failed = 1;
  EXPECT_EQ(apply()->status, RunStatus::applied);
  EXPECT_EQ(cloud_.sent.size(), 2u);
}

TEST_F(ApplierTest, ALostAnswerOfACallThatDidNotHappenIsSentOnceMore) {
  cloud_.apply_fails = base::Error{base::ErrorCode::timed_out, "no answer", "", "", ""};
  EXPECT_EQ(apply()->status, RunStatus::applied);
  EXPECT_EQ(cloud_.sent.size(), 3u);
}

TEST_F(ApplierTest, ALostAnswerThatCannotBeSettledIsUnknownAndNothingMoreIsSent) {
  cloud_.apply_fails = base::Error{base::ErrorCode::timed_out, "no answer", "", "", ""};
  cloud_.applied_though_failed = 40;
  auto run = apply();
  EXPECT_EQ(run->status, RunStatus::unknown);
  EXPECT_EQ(cloud_.sent.size(), 1u);
}

}  // namespace
}  // namespace setpoint::response
