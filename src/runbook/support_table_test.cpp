#include "runbook/support_table.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "runbook/actions.h"

namespace setpoint::runbook {
namespace {

TEST(SupportPage, IsWhatTheCodeSays) {
  const std::string path = SETPOINT_SOURCE_DIR "/docs/ssm-automation.md";
  if (std::getenv("SETPOINT_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::write_file_durably(path, support_page()));
  }
  auto written = base::read_file(path);
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(*written, support_page()) << "run this test with SETPOINT_UPDATE_GOLDEN=1 and read the difference";
}

TEST(Actions, TheTableIsInTheOrderOfTheEnum) {
  for (std::size_t i = 0; i < all_actions().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(all_actions()[i].action), i);
    EXPECT_EQ(parse_action(all_actions()[i].name), all_actions()[i].action);
  }
  EXPECT_EQ(all_actions().size(), 23u);
}

}  // namespace
}  // namespace setpoint::runbook
