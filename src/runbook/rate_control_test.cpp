#include "runbook/rate_control.h"

#include <gtest/gtest.h>

namespace setpoint::runbook {
namespace {

RateControl control(RateControlRequest request) {
  auto made = RateControl::create(request);
  EXPECT_TRUE(made) << made.error().text();
  return *made;
}

// Starts all that may start; their count.
std::size_t start(RateControl& control) {
  std::size_t count = 0;
  while (control.next()) ++count;
  return count;
}

TEST(RateControl, RampsOneTwoFourUpToTheMaximum) {
  RateControl all = control({.targets = 40, .max_concurrency = "10", .max_errors = "0"});
  std::vector<std::size_t> waves;
  std::size_t target = 0;
  while (!all.done()) {
    std::size_t wave = start(all);
    waves.push_back(wave);
    for (std::size_t i = 0; i < wave; ++i) all.finished(target++, true);
  }
  EXPECT_EQ(waves, (std::vector<std::size_t>{1, 2, 4, 8, 10, 10, 5}));
  EXPECT_EQ(all.status(), ExecutionStatus::success);
}

TEST(RateControl, ZeroErrorsStopsAfterTheFirst) {
  RateControl all = control({.targets = 5, .max_concurrency = "1", .max_errors = "0"});
  EXPECT_EQ(start(all), 1u);
  all.finished(0, false);
  EXPECT_EQ(start(all), 0u);
  EXPECT_TRUE(all.done());
  EXPECT_EQ(all.status(), ExecutionStatus::failed);
  EXPECT_EQ(all.not_started(), 4u);
}

TEST(RateControl, ErrorNPlusOneStopsWhatHasNotStarted) {
  RateControl all = control({.targets = 10, .max_concurrency = "3", .max_errors = "1", .ramp = false});
  EXPECT_EQ(start(all), 3u);
  all.finished(0, false);
  EXPECT_EQ(start(all), 1u) << "one error is within bounds";
  all.finished(1, false);
  EXPECT_EQ(start(all), 0u);
  EXPECT_FALSE(all.done()) << "two still run";
  all.finished(2, true);
  all.finished(3, true);
  EXPECT_EQ(all.status(), ExecutionStatus::failed);
}

TEST(RateControl, SomeFailuresWithinBoundsCompleteWithFailure) {
  RateControl all = control({.targets = 3, .max_concurrency = "100%", .max_errors = "50%", .ramp = false});
  EXPECT_EQ(start(all), 3u);
  all.finished(0, true);
  all.finished(1, false);
  all.finished(2, true);
  EXPECT_EQ(all.status(), ExecutionStatus::completed_with_failure);
}

TEST(RateControl, CancelStartsNothingFurther) {
  RateControl all = control({.targets = 3, .max_concurrency = "1"});
  EXPECT_EQ(start(all), 1u);
  all.cancel();
  all.finished(0, true);
  EXPECT_EQ(start(all), 0u);
  EXPECT_EQ(all.status(), ExecutionStatus::cancelled);
}

TEST(RateControl, PercentagesAreOfAllTargetsRoundedDownAndOneAtLeast) {
  EXPECT_EQ(*parse_concurrency("10%", 5), 1u);
  EXPECT_EQ(*parse_concurrency("50%", 5), 2u);
  EXPECT_EQ(*parse_errors("10%", 5), 0u);
  EXPECT_EQ(*parse_errors("0%", 5), 0u);
}

TEST(RateControl, RefusesWhatTheApiRefuses) {
  for (const char* text : {"0", "", "-1", "01", "101%", "0%", "ten", "5 "})
    EXPECT_FALSE(parse_concurrency(text, 10)) << text;
  for (const char* text : {"", "-1", "00", "101%", "ten"}) EXPECT_FALSE(parse_errors(text, 10)) << text;
}

TEST(RateControl, WhatAnEarlierProcessBeganIsTakenUp) {
  RateControl resumed = control({.targets = 10, .max_concurrency = "4", .max_errors = "1", .ramp = false});
  resumed.restore(3, 1, 2);
  EXPECT_EQ(resumed.running(), 2u);
  EXPECT_EQ(resumed.next(), 6u);
  EXPECT_EQ(resumed.next(), 7u);
  EXPECT_EQ(resumed.next(), std::nullopt) << "four run";
  resumed.finished(4, false);
  EXPECT_EQ(resumed.next(), std::nullopt) << "two have failed";
  for (std::size_t target : {5, 6, 7}) resumed.finished(target, true);
  EXPECT_TRUE(resumed.done());
  EXPECT_EQ(resumed.status(), ExecutionStatus::failed);
  EXPECT_EQ(resumed.not_started(), 2u);
}

}  // namespace
}  // namespace setpoint::runbook
