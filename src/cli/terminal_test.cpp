#include "cli/terminal.h"

#include <gtest/gtest.h>

#include "cli/exit_code.h"
#include "cli/plan_view.h"

namespace setpoint::cli {
namespace {

TEST(Paint, PlainWhereThereIsNoTerminal) {
  EXPECT_EQ(Paint(false)(Tone::bad, "x"), "x");
  EXPECT_EQ(Paint(true)(Tone::bad, "x"), "\033[31mx\033[0m");
}

TEST(Printable, ControlCharactersFromOutsideDoNotReachTheTerminal) {
  EXPECT_EQ(printable("a\033[2Jb\n"), "a?[2Jb?");
  EXPECT_EQ(printable("ééé", 2), "éé…");
}

TEST(Table, ColumnsAlignByCharactersNotBytes) {
  Table table({"A", "B"});
  table.add({"é", "1"});
  table.add({"long", "2"});
  EXPECT_EQ(table.render(Paint(false)), "A     B\né     1\nlong  2\n");
}

TEST(ExitCode, EachKindOfEndHasItsOwn) {
  EXPECT_EQ(exit_code_of(base::Error{base::ErrorCode::unreachable, "", "", "", ""}), kUnreachable);
  EXPECT_EQ(exit_code_of(base::Error{base::ErrorCode::unauthenticated, "", "", "", ""}), kDenied);
  EXPECT_EQ(exit_code_of(model::RunStatus::stale), kChanged);
  EXPECT_EQ(exit_code_of(model::RunStatus::unknown), kUnknown);
  EXPECT_NE(exit_code_table().find("STALE or DEVIATION"), std::string::npos);
}

TEST(PlanView, SaysWhatCannotBeUndoneAndWhatNobodyAskedFor) {
  model::Plan plan;
  plan.calls.push_back(
      {"Delete", {"1", "r", "ec2", "DeleteSecurityGroup", {{"GroupId", "sg-1"}}}, true, "no way back", {}});
  plan.changes.push_back({{"aws", "1", "r", "AWS::EC2::SecurityGroup", "sg-1"}, true, {}});
  std::string text = show_plan(plan, Paint(false));
  EXPECT_NE(text.find("IRREVERSIBLE"), std::string::npos);
  EXPECT_NE(text.find("COLLATERAL"), std::string::npos);
  EXPECT_NE(text.find("GroupId = \"sg-1\""), std::string::npos);
}

}  // namespace
}  // namespace setpoint::cli
