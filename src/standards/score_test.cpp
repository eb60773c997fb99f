#include "standards/score.h"

#include <gtest/gtest.h>

namespace setpoint::standards {
namespace {

using model::Verdict;

model::Control control(const std::string& id, const std::string& standard) {
  model::Control out;
  out.id = id;
  out.mappings = {{standard, {"1"}}, {"aws-config", {"rule-of-" + id}}};
  return out;
}

TEST(Score, AControlFailsWithItsWorstResource) {
  Tally tally;
  for (Verdict verdict : {Verdict::compliant, Verdict::unknown, Verdict::not_applicable}) tally.add("A", verdict);
  EXPECT_EQ(tally.of("A").status(), ControlStatus::unknown) << "unknown is not passed";
  tally.add("A", Verdict::non_compliant);
  EXPECT_EQ(tally.of("A").status(), ControlStatus::failed);
  tally.add("B", Verdict::not_applicable);
  EXPECT_EQ(tally.of("B").status(), ControlStatus::no_data);
  tally.add("C", Verdict::non_compliant, true);
  tally.add("C", Verdict::compliant);
  EXPECT_EQ(tally.of("C").status(), ControlStatus::passed) << "what is suppressed does not count";
}

TEST(Score, IsTheShareOfPassedControlsAmongThoseWithData) {
  std::vector<model::Control> controls = {control("A", "x"), control("B", "x"), control("C", "x"), control("D", "x"),
                                          control("E", "y")};
  Tally tally;
  tally.add("A", Verdict::compliant);
  tally.add("B", Verdict::compliant);
  tally.add("C", Verdict::non_compliant);
  auto all = scores(controls, tally);
  ASSERT_EQ(all.size(), 2u) << "aws-config is no standard";
  EXPECT_EQ(all[0].percent, 67);
  EXPECT_EQ(all[0].no_data, 1u);
  EXPECT_EQ(all[1].percent, std::nullopt);
  EXPECT_EQ(summary_score(all), 67);
  tally.add("D", Verdict::unknown);
  EXPECT_EQ(scores(controls, tally)[0].percent, 50) << "a control that could not be judged has data and has not passed";
}

TEST(Score, CoverageCountsRemediesAndPeople) {
  std::vector<model::Control> controls(3);
  controls[0].remediation = model::Remediation{"Safe", {}};
  controls[1].remediation = model::Remediation{"Bold", {}};
  Coverage all = coverage(controls, [](const model::Control& one) { return one.remediation->runbook == "Safe"; });
  EXPECT_EQ(all.controls, 3u);
  EXPECT_EQ(all.with_remedy, 2u);
  EXPECT_EQ(all.eligible_for_auto, 1u);
  EXPECT_EQ(all.for_people_only, 1u);
}

}  // namespace
}  // namespace setpoint::standards
