// A rehearsal starts from configuration items, runs on the twin and renders items again: whatever a control with a
// remedy judges must come through that unchanged, or its plans would predict verdicts of something else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "standards/control_case.h"
#include "standards/standards.h"
#include "twin/inventory.h"

namespace setpoint {
namespace {

using base::Diagnostics;
using standards::ControlCase;
using standards::Standards;
using ::testing::StartsWith;

const Standards& library() {
  static const Standards loaded = [] {
    Diagnostics diagnostics;
    return Standards::load(std::string(SETPOINT_SOURCE_DIR) + "/content/standards", diagnostics);
  }();
  return loaded;
}

bool is_rehearsed(const ControlCase& one) {
  const std::string file = std::filesystem::path(one.path).filename().string();
  return file.starts_with("compliant") || file.starts_with("non-compliant");
}

std::optional<model::Resource> through_the_twin(const model::Resource& resource) {
  twin::Loaded loaded = twin::load({resource});
  for (const twin::LeftOut& left : loaded.left_out) {
    ADD_FAILURE() << resource.key.text() << " left out: " << left.why;
    return std::nullopt;
  }
  for (model::Resource& one : twin::render_all(loaded.state, resource.captured_at)) {
    if (one.key.type == resource.key.type && one.key.id == resource.key.id) return std::move(one);
  }
  ADD_FAILURE() << resource.key.text() << " did not come back";
  return std::nullopt;
}

// What the twin does not hold yet: an account's settings, and flow logs as a part of their VPC.
const std::set<std::string> kNotHeld = {"AWS::::Account", "AWS::EC2::VPC"};

TEST(RehearsedItems, KeepTheirVerdict) {
  std::size_t count = 0;
  for (const model::Control& control : library().controls()) {
    if (!control.remediation || kNotHeld.contains(control.resources.front())) continue;
    Diagnostics diagnostics;
    for (const ControlCase& one : standards::read_cases(library().folder(control.id), diagnostics)) {
      if (!is_rehearsed(one)) continue;
      auto rendered = through_the_twin(one.resource);
      if (!rendered) continue;
      auto judgement = library().judge(control.id, *rendered);
      ASSERT_TRUE(judgement);
      EXPECT_EQ(judgement->verdict, one.verdict) << one.path << " " << judgement->because;
      ++count;
    }
  }
  EXPECT_GE(count, 90u);
}

TEST(RehearsedItems, WhatIsNotHeldIsSaid) {
  model::Resource cluster;
  cluster.key = {"aws", "111122223333", "eu-west-1", "AWS::EKS::Cluster", "shop"};
  cluster.item = {{"resourceType", "AWS::EKS::Cluster"}, {"configuration", base::Json::object()}};
  twin::Loaded loaded = twin::load({cluster});
  ASSERT_EQ(loaded.left_out.size(), 1u);
  EXPECT_THAT(loaded.left_out[0].why, StartsWith("there is no way back"));
}

}  // namespace
}  // namespace setpoint
