#include "engine/judging_line.h"

#include <gtest/gtest.h>

#include <atomic>

namespace setpoint::engine {
namespace {

intake::Batch batch_of(const std::string& id) {
  intake::Batch out;
  out.resources.emplace_back().key.id = id;
  return out;
}

TEST(JudgingLine, WorksInTheOrderOfHandingOn) {
  std::vector<std::string> seen;
  JudgingLine line([&](intake::Batch&& batch) -> base::Status {
    seen.push_back(batch.resources.front().key.id);
    return {};
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(line.hand_on(batch_of(std::to_string(i))));
  ASSERT_TRUE(line.finish());
  ASSERT_EQ(seen.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(JudgingLine, TheWorksFirstErrorEndsItAndComesBack) {
  int worked = 0;
  JudgingLine line([&](intake::Batch&&) -> base::Status {
    return ++worked == 2 ? base::Status(base::fail(base::ErrorCode::unavailable, "the disk is full")) : base::Status();
  });
  base::Status last;
  for (int i = 0; i < 50 && last; ++i) last = line.hand_on(batch_of("x"));
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().message, "the disk is full");
  EXPECT_FALSE(line.finish());
  EXPECT_EQ(worked, 2);
}

TEST(JudgingLine, WithoutAnEndWhatWaitsIsDropped) {
  std::atomic<bool> go = false;
  std::atomic<int> worked = 0;
  {
    JudgingLine line([&](intake::Batch&&) -> base::Status {
      while (!go) std::this_thread::yield();
      ++worked;
      return {};
    });
    ASSERT_TRUE(line.hand_on(batch_of("in work")));
    ASSERT_TRUE(line.hand_on(batch_of("waits")));
    go = true;
  }
  EXPECT_GE(worked, 1);
  EXPECT_LE(worked, 2);
}

}  // namespace
}  // namespace setpoint::engine
