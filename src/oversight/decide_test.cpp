#include "oversight/decide.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/limits.h"

namespace setpoint::oversight {
namespace {

using base::Json;
using base::Milliseconds;
using base::Timestamp;
using model::Effect;
using model::Verdict;

constexpr Timestamp kNow{1'795'255'200'000};  // Saturday 2026-11-21T10:00:00Z
constexpr Milliseconds kHour{3'600'000};
constexpr char kRobot[] = "automation:close-open-ssh";

const model::ResourceKey kGroup{"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
const model::ResourceKey kOther{"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-2"};

model::Plan harmless_plan() {
  model::Plan plan;
  plan.finding = "f-1";
  plan.control = "EC2.13";
  plan.calls.push_back({"Revoke",
                        {"111122223333", "eu-west-1", "ec2", "RevokeSecurityGroupIngress", {{"GroupId", "sg-1"}}},
                        false,
                        {},
                        {}});
  plan.changes.push_back({kGroup, false, {}});
  plan.verdicts.push_back({"EC2.13", kGroup, Verdict::non_compliant, Verdict::compliant});
  plan.undo_exact = true;
  return plan;
}

void apply_trait(model::Plan& plan, const std::string& trait) {
  if (trait == "unmodelled") plan.unmodelled.push_back("ec2:DoSomethingNew");
  if (trait == "collateral") plan.changes.push_back({kGroup, true, {}});
  if (trait == "irreversible") plan.calls[0].irreversible = true;
  if (trait == "inexact") plan.undo_exact = false;
  if (trait == "worse") plan.verdicts.push_back({"EC2.19", kGroup, Verdict::compliant, Verdict::non_compliant});
  if (trait == "unknown") plan.verdicts.push_back({"EC2.19", kGroup, Verdict::compliant, Verdict::unknown});
  if (trait == "better") plan.verdicts.push_back({"EC2.19", kGroup, Verdict::non_compliant, Verdict::compliant});
  if (trait == "no-remedy") plan.verdicts[0].after = Verdict::non_compliant;
  if (trait == "own-worse") plan.verdicts[0] = {"EC2.13", kGroup, Verdict::compliant, Verdict::non_compliant};
  if (trait == "undo") plan.undo_of = "run-1";
  if (trait == "empty") plan.calls.clear();
}

model::Plan plan_of(const Json& item) {
  model::Plan plan = harmless_plan();
  for (const Json& trait : base::member(item, "plan")) apply_trait(plan, trait.get<std::string>());
  return plan;
}

model::Approval approval_of(const std::string& kind, const base::Digest& plan, const std::string& requester) {
  model::Approval out{plan, "user:ben", requester, kNow + Milliseconds(-60'000), kNow + kHour};
  if (kind == "good2") out.approver = "user:cy";
  if (kind == "self") out.approver = requester;
  if (kind == "asker") out.requested_by = "user:ben";
  if (kind == "robot") out.approver = "automation:other";
  if (kind == "expired") out.expires = kNow;
  if (kind == "other") out.plan = base::sha256("another plan");
  if (kind == "future") out.at = kNow + Milliseconds(600'000);
  if (kind == "long") out.expires = kNow + Milliseconds(8 * 24 * kHour.count());
  return out;
}

Breaker breaker_of(const std::string& kind) {
  Breaker out;
  if (kind == "open") out.opened_at = kNow + Milliseconds(-600'000);
  if (kind == "half" || kind == "trial") out.opened_at = kNow + Milliseconds(-2 * kHour.count());
  if (kind == "trial") out.trial_at = kNow + Milliseconds(-60'000);
  return out;
}

void spend(OversightContext& context, const std::string& kind) {
  context.fleets = {{fleet_of(kGroup), 40}};
  if (kind == "hour") context.budget.hour.add(kNow, 20);
  if (kind == "account")
    context.budget.account_day["111122223333"] = [] {
      SlidingCounter counter{Milliseconds(24 * kHour.count())};
      counter.add(kNow, 50);
      return counter;
    }();
  if (kind == "fleet")
    context.budget.fleet_day[fleet_of(kGroup)] = [] {
      SlidingCounter counter{Milliseconds(24 * kHour.count())};
      counter.add(kNow, 2);
      return counter;
    }();
  if (kind == "unknown") context.fleets.clear();
}

Autonomy autonomy_of(const std::string& text) {
  return text == "automatic" ? Autonomy::automatic : text == "shadow" ? Autonomy::shadow : Autonomy::ask;
}

OversightContext context_of(const Json& item, const model::Plan& plan) {
  OversightContext out;
  out.now = kNow;
  out.requester = item.value("requester", kRobot);
  out.autonomy = autonomy_of(item.value("autonomy", "ask"));
  out.approvals_required = item.value("required", 1);
  out.undo_needs_approval = !item.value("free_undo", false);
  for (const Json& kind : base::member(item, "approvals"))
    out.approvals.push_back(approval_of(kind, plan.hash(), out.requester));
  for (const Json& code : base::member(item, "confirm"))
    out.confirmations.push_back({plan.hash(), code, "user:ada", kNow, kNow + kHour});
  for (const Json& code : base::member(item, "confirm_early")) {
    out.confirmations.push_back({plan.hash(), code, "user:ada", kNow + Milliseconds(-kHour.count()), kNow + kHour});
  }
  if (item.value("kill", false)) out.kill_switch = {true, "user:dee", "drill", kNow};
  out.breaker = breaker_of(item.value("breaker", "closed"));
  spend(out, item.value("budget", ""));
  if (item.value("window", "") == "inside") out.windows = {{{6}, 9 * 60, 17 * 60}};
  if (item.value("window", "") == "outside") out.windows = {{{1, 2, 3, 4, 5}, 9 * 60, 17 * 60}};
  for (const Json& error : base::member(item, "errors")) out.errors.push_back(error);
  return out;
}

Json codes_of(const model::Decision& decision) {
  Json out = Json::array();
  for (const model::Reason& reason : decision.reasons) out.push_back(reason.code);
  return out;
}

TEST(Decide, FollowsTheDecisionTable) {
  auto text = base::read_file(SETPOINT_SOURCE_DIR "/tests/golden/oversight/decisions.json");
  ASSERT_TRUE(text);
  Json table = *base::parse_json(*text);
  ASSERT_GT(table["cases"].size(), 50u);
  for (const Json& item : table["cases"]) {
    model::Plan plan = plan_of(item);
    model::Decision decision = decide(plan, context_of(item, plan));
    EXPECT_EQ(model::to_string(decision.effect), item["effect"].get<std::string>()) << item["name"];
    EXPECT_EQ(codes_of(decision), item["codes"]) << item["name"];
    EXPECT_EQ(decision.plan, plan.hash());
    EXPECT_FALSE(decision.reasons.empty());
    bool covers = !plan.calls.empty() && decision.covers(plan.calls[0].call, kNow);
    EXPECT_EQ(covers, decision.effect == Effect::permit) << item["name"];
  }
}

// Every combination of the things that matter, against the laws rather than against a table.
struct Dimension {
  const char* name;
  std::vector<Json> values;
};
const std::vector<Dimension> kDimensions = {
    {"requester", {kRobot, "user:ada", ""}},
    {"autonomy", {"shadow", "ask", "automatic"}},
    {"approvals", {Json::array(), {"good"}, {"self"}, {"expired", "other", "robot", "asker"}}},
    {"plan",
     {Json::array(),
      {"unmodelled"},
      {"collateral"},
      {"irreversible"},
      {"worse"},
      {"undo"},
      {"undo", "collateral"},
      {"empty"}}},
    {"kill", {false, true}},
    {"breaker", {"closed", "open", "half", "trial"}},
    {"budget", {"", "hour", "fleet", "unknown"}},
    {"window", {"", "outside"}},
    {"free_undo", {false, true}},
    {"errors", {Json::array(), {"something failed"}}},
};

void for_every_case(std::size_t dimension, Json& item, const std::function<void(const Json&)>& check) {
  if (dimension == kDimensions.size()) return check(item);
  for (const Json& value : kDimensions[dimension].values) {
    item[kDimensions[dimension].name] = value;
    for_every_case(dimension + 1, item, check);
  }
}

bool has(const Json& list, const char* value) { return std::find(list.begin(), list.end(), value) != list.end(); }

TEST(Decide, HoldsTheLawsInEveryCombination) {
  Json item = Json::object();
  std::size_t cases = 0;
  std::size_t permitted = 0;
  for_every_case(0, item, [&](const Json& each) {
    ++cases;
    model::Plan plan = plan_of(each);
    model::Decision decision = decide(plan, context_of(each, plan));
    ASSERT_FALSE(decision.reasons.empty());
    if (decision.effect != Effect::permit) {
      ASSERT_TRUE(decision.covered.empty());
      return;
    }
    ++permitted;
    bool undo = has(each["plan"], "undo");
    bool approved = has(each["approvals"], "good");
    bool robot = each["requester"] == kRobot;
    bool risky = has(each["plan"], "unmodelled") || has(each["plan"], "collateral") ||
                 has(each["plan"], "irreversible") || has(each["plan"], "worse");
    ASSERT_TRUE(each["errors"].empty() && each["requester"] != "" && !has(each["plan"], "empty")) << each;
    ASSERT_TRUE(!each["kill"].get<bool>() || undo) << each;
    ASSERT_TRUE(!risky || approved) << each;
    ASSERT_TRUE(!robot || each["autonomy"] != "shadow") << each;
    ASSERT_TRUE(!robot || each["autonomy"] != "ask" || approved) << each;
    ASSERT_TRUE(robot || approved || (undo && each["free_undo"].get<bool>())) << each;
    ASSERT_TRUE(undo || each["window"] == "") << each;
    ASSERT_TRUE(undo || !robot || (each["breaker"] != "open" && each["breaker"] != "trial" && each["budget"] == ""))
        << each;
  });
  EXPECT_EQ(cases, 3u * 3 * 4 * 8 * 2 * 4 * 4 * 2 * 2 * 2);
  EXPECT_GT(permitted, 100u) << "a test of laws is worth nothing where nothing is permitted";
}

TEST(Decide, IsPureAndBoundToThePlan) {
  model::Plan plan = harmless_plan();
  OversightContext context = context_of({{"autonomy", "automatic"}}, plan);
  EXPECT_EQ(decide(plan, context).json(), decide(plan, context).json());
  model::ApiCall other = plan.calls[0].call;
  other.parameters["GroupId"] = "sg-2";
  EXPECT_FALSE(decide(plan, context).covers(other, kNow));
}

TEST(Decide, APermitEndsWithTheFirstThingItRestsOn) {
  model::Plan plan = harmless_plan();
  OversightContext context = context_of({{"autonomy", "ask"}, {"approvals", {"good"}}}, plan);
  EXPECT_EQ(decide(plan, context).valid_until, kNow + context.valid_for);
  context.approvals[0].expires = kNow + Milliseconds(1000);
  EXPECT_EQ(decide(plan, context).valid_until, kNow + Milliseconds(1000));
  EXPECT_FALSE(decide(plan, context).covers(plan.calls[0].call, kNow + Milliseconds(1000)));
  context.windows = {{{6}, 0, 10 * 60 + 1}};
  context.approvals[0].expires = kNow + kHour;
  EXPECT_EQ(decide(plan, context).valid_until, kNow + Milliseconds(60'000));
}

TEST(Decide, ATooLargePlanIsRefused) {
  model::Plan plan = harmless_plan();
  plan.calls.resize(base::kPlanCallsMax + 1, plan.calls[0]);
  EXPECT_EQ(decide(plan, context_of({{"autonomy", "automatic"}}, plan)).effect, Effect::refuse);
}

TEST(Approve, RefusesSelfApprovalRobotsAndEndlessApprovals) {
  base::Digest plan = base::sha256("plan");
  auto good = approve(plan, "user:ada", "user:ben", kNow, kHour);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->expires, kNow + kHour);
  EXPECT_FALSE(why_not(*good, plan, "user:ada", kNow));
  EXPECT_EQ(approve(plan, "user:ada", "user:ada", kNow, kHour).error().code, base::ErrorCode::refused);
  EXPECT_EQ(approve(plan, "user:ada", "automation:x", kNow, kHour).error().code, base::ErrorCode::refused);
  EXPECT_FALSE(approve(plan, "user:ada", "", kNow, kHour));
  EXPECT_FALSE(approve(plan, "", "user:ben", kNow, kHour));
  EXPECT_FALSE(approve(plan, "user:ada", "user:ben\n", kNow, kHour));
  EXPECT_FALSE(approve(plan, "user:ada", " user:ada", kNow, kHour));
  EXPECT_FALSE(approve(plan, "user:ada", "user:ben", kNow, Milliseconds(0)));
  EXPECT_FALSE(approve(plan, "user:ada", "user:ben", kNow, kApprovalValidMax + Milliseconds(1)));
}

TEST(Breaker, OpensAfterFailuresLetsOneTrialThroughAndCloses) {
  using enum model::RunStatus;
  BreakerSettings settings;
  Breaker breaker;
  breaker = after_outcome(breaker, ineffective, kNow);
  breaker = after_outcome(breaker, stale, kNow);
  breaker = after_outcome(breaker, failed, kNow);
  EXPECT_EQ(state_at(breaker, kNow), BreakerState::closed);
  breaker = after_outcome(breaker, unknown, kNow);
  EXPECT_EQ(state_at(breaker, kNow), BreakerState::open);
  EXPECT_EQ(after_outcome(breaker, effective, kNow), breaker) << "an older run's success does not close it";
  Timestamp later = kNow + settings.open_for;
  EXPECT_EQ(state_at(breaker, later), BreakerState::half_open);
  EXPECT_FALSE(trial_running(breaker, later));
  Breaker trial = after_start(breaker, later);
  EXPECT_TRUE(trial_running(trial, later));
  EXPECT_FALSE(trial_running(trial, later + settings.trial_for)) << "a trial that died blocks nobody for ever";
  EXPECT_EQ(state_at(after_outcome(trial, failed, later), later), BreakerState::open);
  EXPECT_EQ(after_outcome(trial, effective, later), Breaker{});
  EXPECT_FALSE(trial_running(after_outcome(trial, stale, later), later));
  EXPECT_EQ(*breaker_from_json(trial.json()), trial);
  EXPECT_FALSE(breaker_from_json(Json::object())) << "an unreadable breaker is not a closed one";
}

TEST(Breaker, ForgetsOldFailures) {
  Breaker breaker;
  Timestamp at = kNow;
  for (int i = 0; i < 10; ++i, at = at + Milliseconds(23 * kHour.count())) {
    breaker = after_outcome(breaker, model::RunStatus::failed, at);
    EXPECT_EQ(state_at(breaker, at), BreakerState::closed) << i;
  }
}

TEST(Budget, CountsSlideAndNeverCountTooLittle) {
  SlidingCounter counter{kHour};
  counter.add(kNow, 3);
  EXPECT_EQ(counter.count(kNow), 3);
  EXPECT_EQ(counter.count(kNow + Milliseconds(kHour.count() - 1)), 3);
  EXPECT_EQ(counter.count(kNow + Milliseconds(kHour.count() + 61'000)), 0);
  EXPECT_EQ(counter.count(kNow + Milliseconds(-kHour.count())), 3) << "a clock set back gives no new room";
  EXPECT_EQ(*SlidingCounter::from_json(counter.json()), counter);
}

TEST(Budget, TheSameRunsFillIt) {
  model::Plan plan = harmless_plan();
  BudgetLimits limits{.runs_per_hour = 3, .runs_per_account_per_day = 4, .share_of_fleet_percent = 50};
  FleetSizes fleets{{fleet_of(kGroup), 100}};
  Budget budget;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(overruns(budget, plan, limits, fleets, kNow).empty()) << i;
    budget = after_run(budget, plan, kNow);
  }
  EXPECT_EQ(overruns(budget, plan, limits, fleets, kNow).at(0).code, "budget-hour");
  Timestamp later = kNow + Milliseconds(2 * kHour.count());
  EXPECT_TRUE(overruns(budget, plan, limits, fleets, later).empty());
  budget = after_run(budget, plan, later);
  EXPECT_EQ(overruns(budget, plan, limits, fleets, later).at(0).code, "budget-account");
  EXPECT_EQ(*budget_from_json(budget.json()), budget);
  EXPECT_FALSE(budget_from_json(Json::object()));
}

TEST(Budget, ASmallFleetMayChangeOneAtATime) {
  model::Plan plan = harmless_plan();
  FleetSizes fleets{{fleet_of(kGroup), 4}};
  EXPECT_TRUE(overruns({}, plan, {}, fleets, kNow).empty());
  plan.changes.push_back({kOther, false, {}});
  EXPECT_EQ(overruns({}, plan, {}, fleets, kNow).at(0).code, "budget-fleet");
}

TEST(Window, KnowsDaysMidnightAndTheNextOpening) {
  std::vector<Window> none;
  EXPECT_TRUE(open_until(none, kNow));
  std::vector<Window> week{{{1, 2, 3, 4, 5}, 9 * 60, 17 * 60}};
  EXPECT_FALSE(open_until(week, kNow));
  EXPECT_EQ(base::to_iso8601(*next_opening(week, kNow)), "2026-11-23T09:00:00.000Z");
  std::vector<Window> night{{{5}, 22 * 60, 11 * 60}};  // Friday night into Saturday
  EXPECT_EQ(base::to_iso8601(*open_until(night, kNow)), "2026-11-21T11:00:00.000Z");
  std::vector<Window> never{{{}, 60, 60}};
  EXPECT_FALSE(open_until(never, kNow));
  EXPECT_FALSE(next_opening(never, kNow));
}

TEST(KillSwitch, SaysWhoAndIsNeverOffBecauseItCannotBeRead) {
  auto engaged = engage({}, "user:dee", "incident 7", kNow);
  ASSERT_TRUE(engaged && engaged->engaged);
  EXPECT_EQ(engage(*engaged, "user:eve", "other", kNow)->by, "user:dee");
  EXPECT_FALSE(release(*engaged, "user:dee", kNow)->engaged);
  EXPECT_FALSE(engage({}, "", "x", kNow));
  EXPECT_EQ(*kill_switch_from_json(engaged->json()), *engaged);
  EXPECT_FALSE(kill_switch_from_json(nullptr));
}

}  // namespace
}  // namespace setpoint::oversight
