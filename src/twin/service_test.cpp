// The table of operations, and the document that is made of it.
#include "twin/service.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"

namespace setpoint::twin {
namespace {

TEST(Operations, EachStandsInTheTableOnce) {
  const std::vector<Operation>& all = operations();
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_FALSE(std::string_view(all[i - 1].service) == all[i].service &&
                 std::string_view(all[i - 1].name) == all[i].name)
        << all[i].service << ":" << all[i].name;
  }
  EXPECT_TRUE(is_modelled("ec2", "RevokeSecurityGroupIngress"));
  EXPECT_FALSE(is_modelled("ec2", "CreateVpnConnection"));
}

// By AWS's own naming; the few that read in spite of a writing name, or write in spite of a reading one, are listed.
TEST(Operations, NamesAndEffectsAgree) {
  for (const Operation& operation : operations()) {
    std::string_view name = operation.name;
    bool reads = name.starts_with("Describe") || name.starts_with("List") || name.starts_with("Get") ||
                 name.starts_with("Head") || name.starts_with("BatchGet");
    if (name == "GetSessionToken") continue;  // issues credentials
    EXPECT_EQ(reads, operation.effect == Effect::read) << operation.service << ":" << name;
  }
}

TEST(Operations, TheDocumentSaysWhatTheCodeDoes) {
  const std::string path = SETPOINT_SOURCE_DIR "/docs/twin.md", begin = "<!-- operations -->\n", end = "<!-- end -->";
  std::string text = *base::read_file(path);
  std::size_t from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  from += begin.size();
  if (std::getenv("SETPOINT_UPDATE_GOLDEN")) {
    text.replace(from, to - from, operations_table());
    ASSERT_TRUE(base::write_file_durably(path, text));
    return;
  }
  EXPECT_EQ(text.substr(from, to - from), operations_table()) << "run SETPOINT_UPDATE_GOLDEN=1 twin_test";
}

}  // namespace
}  // namespace setpoint::twin
