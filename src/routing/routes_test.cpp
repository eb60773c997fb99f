#include "routing/routes.h"

#include <gtest/gtest.h>

namespace setpoint::routing {
namespace {

constexpr char kOpenSsh[] = R"(
automation: close-open-ssh
owner: cloud-security@example.org
review: 90d
when: {source: [setpoint], detail-type: [Finding Opened], detail: {control: [EC2.13]}}
autonomy: ask
limits: {per_hour: 3, share_of_fleet: 5%}
windows: [{days: [mon, fri], from: "09:00", to: "17:30"}]
undo_if_ineffective: true
notify: {owner: true, channel: sec-ops}
escalate: [{after: 15m, to: on-call}]
)";

model::Event opened(const char* control) {
  model::Event event;
  event.source = "setpoint";
  event.detail_type = "Finding Opened";
  event.detail = {{"control", {control}}};
  return event;
}

TEST(Automation, ReadsEveryField) {
  base::Diagnostics diagnostics;
  auto automation = parse_automation({"a.yaml", kOpenSsh}, diagnostics);
  ASSERT_TRUE(automation) << diagnostics.render();
  EXPECT_EQ(automation->autonomy, Autonomy::ask);
  EXPECT_EQ(automation->limits.per_hour, 3);
  EXPECT_EQ(automation->limits.share_of_fleet_percent, 5);
  EXPECT_EQ(automation->windows[0].days, (std::vector<int>{1, 5}));
  EXPECT_EQ(automation->windows[0].to_minute, 17 * 60 + 30);
  EXPECT_EQ(automation->escalate[0].after, base::Milliseconds(900'000));
}

TEST(Automation, StartsInShadowWhereItDoesNotSay) {
  base::Diagnostics diagnostics;
  auto automation =
      parse_automation({"a.yaml", "automation: x\nowner: a@example.org\nwhen: {source: [setpoint]}\n"}, diagnostics);
  ASSERT_TRUE(automation);
  EXPECT_EQ(automation->autonomy, Autonomy::shadow);
}

TEST(Automation, MistakesNameThePlace) {
  base::Diagnostics diagnostics;
  EXPECT_FALSE(parse_automation(
      {"a.yaml", "automation: x\nwhen: {a: [1]}\nautonomy: full\nlimits: {share_of_fleet: 5}\nescalade: []\n"},
      diagnostics));
  std::string text = diagnostics.render();
  EXPECT_NE(text.find("the field 'owner' is missing"), std::string::npos) << text;
  EXPECT_NE(text.find("a.yaml:3:11: error: 'full' is not an autonomy"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean 'escalate'?"), std::string::npos) << text;
}

TEST(Routes, AnEventFindsItsAutomations) {
  base::Diagnostics diagnostics;
  Routes routes;
  routes.add(*parse_automation({"a.yaml", kOpenSsh}, diagnostics), diagnostics);
  ASSERT_FALSE(diagnostics.has_errors()) << diagnostics.render();
  EXPECT_EQ((*routes.match(opened("EC2.13"))).size(), 1u);
  EXPECT_TRUE((*routes.match(opened("EC2.14"))).empty());
}

TEST(Routes, ABadPatternIsLeftOutAndSaid) {
  base::Diagnostics diagnostics;
  Routes routes;
  auto automation = parse_automation({"a.yaml", "automation: x\nowner: o\nwhen: {source: setpoint}\n"}, diagnostics);
  ASSERT_TRUE(automation);
  routes.add(*automation, diagnostics);
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(routes.size(), 0u);
}

TEST(Routes, NamesAreUnique) {
  base::Diagnostics diagnostics;
  Routes routes;
  for (int i = 0; i < 2; ++i) routes.add(*parse_automation({"a.yaml", kOpenSsh}, diagnostics), diagnostics);
  EXPECT_EQ(diagnostics.items()[0].code, "duplicate-automation");
}

}  // namespace
}  // namespace setpoint::routing
