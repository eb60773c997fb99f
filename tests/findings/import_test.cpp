// From other products' real events to our findings: intake, identity by the controls' mappings, de-duplication,
// lifecycle.
#include <gtest/gtest.h>

#include <filesystem>

#include "findings/findings.h"
#include "findings/memory_finding_store.h"
#include "intake/intake.h"
#include "intake/recognise.h"
#include "standards/standards.h"

namespace setpoint {
namespace {

using base::Json;
using findings::Taken;
using model::Finding;

// A worktree lies one folder deeper than the repository itself.
std::string find_shared(const std::string& path) {
  for (const char* up : {"/../shared/data/", "/../../shared/data/"}) {
    std::string candidate = std::string(SETPOINT_SOURCE_DIR) + up + path;
    if (std::filesystem::exists(candidate)) return candidate;
  }
  return {};
}

// The test data wraps each event as {"file": name, "event": {...}}; intake refuses that form, so it is undone here.
std::vector<Finding> reports_of(const std::string& path) {
  std::vector<Finding> out;
  std::string gunzip = "gzip -dc '" + path + "'";
  std::FILE* pipe = ::popen(gunzip.c_str(), "r");
  std::string text;
  char buffer[65536];
  while (std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, count);
  ::pclose(pipe);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    Json line = base::parse_json(std::string_view(text).substr(at, end - at)).value();
    intake::Batch batch;
    intake::take_value(line["event"], line.value("file", ""), batch);
    for (Finding& finding : batch.findings) out.push_back(std::move(finding));
    at = end + 1;
  }
  return out;
}

const standards::Standards& library() {
  static const standards::Standards loaded = [] {
    base::Diagnostics diagnostics;
    return standards::Standards::load(std::string(SETPOINT_SOURCE_DIR) + "/content/standards", diagnostics);
  }();
  return loaded;
}

struct ImportTest : ::testing::Test {
  findings::MemoryFindingStore store;
  findings::Findings findings{store, findings::CheckNames(library().controls())};

  std::vector<Finding> of(const std::string& resource_id) {
    std::vector<Finding> out;
    findings::FindingPage page = store.list({}, "", 1000).value();
    for (Finding& finding : page.findings) {
      if (finding.resource.id == resource_id) out.push_back(std::move(finding));
    }
    return out;
  }
};

#define SHARED_OR_SKIP(name, path)            \
  const std::string name = find_shared(path); \
  if (name.empty()) GTEST_SKIP() << "needs ../shared"

TEST_F(ImportTest, ImportingTheSameEventsAgainChangesNothing) {
  SHARED_OR_SKIP(path, "asff-asr/events.ndjson.gz");
  std::vector<Finding> reports = reports_of(path);
  Taken first = findings.take(reports).value();
  EXPECT_EQ(reports.size(), 22u);
  EXPECT_EQ(first.ids.size(), 22u);
  EXPECT_GT(first.opened, 10u);
  std::size_t count = store.list({}, "", 1000).value().findings.size();
  Taken second = findings.take(reports).value();
  EXPECT_EQ(second.opened + second.updated + second.resolved + second.reopened, 0u);
  EXPECT_EQ(store.list({}, "", 1000).value().findings.size(), count);
}

TEST_F(ImportTest, CisRequirementsBecomeControls) {
  SHARED_OR_SKIP(path, "asff-asr/events.ndjson.gz");
  ASSERT_TRUE(findings.take(reports_of(path)));
  std::vector<std::string> checks;
  for (const Finding& finding : of("sg-02cfbecbc814a3c24")) checks.push_back(finding.check);
  std::sort(checks.begin(), checks.end());
  EXPECT_EQ(checks, (std::vector<std::string>{"EC2.13", "EC2.2"})) << "CIS 1.2 4.1 and 4.3";
}

TEST_F(ImportTest, OurOwnRuleAndSecurityHubShareOneFinding) {
  SHARED_OR_SKIP(path, "asff-asr/events.ndjson.gz");
  ASSERT_TRUE(findings.take(reports_of(path)));
  model::Resource group;
  group.key = {"aws", "111111111111", "us-east-2", "AWS::EC2::SecurityGroup", "sg-02cfbecbc814a3c24"};
  group.item = Json::parse(
      R"({"resourceType":"AWS::EC2::SecurityGroup","configuration":{"groupName":"x","ipPermissionsEgress":[],
      "ipPermissions":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipv4Ranges":[{"cidrIp":"0.0.0.0/0"}]}]}})");
  const model::Control& control = *library().find("EC2.13");
  model::Judgement judgement = *library().judge("EC2.13", group);
  base::Timestamp now = base::parse_iso8601("2026-11-21T10:00:00Z").value();
  Finding own =
      findings::own_report(control.id, control.title, control.rationale, control.severity, group, judgement, now);
  Taken taken = findings.take(std::vector<Finding>{own}).value();
  EXPECT_EQ(taken.updated, 1u);
  Finding merged = store.get(taken.ids).value().at(0);
  ASSERT_EQ(merged.sources.size(), 2u);
  EXPECT_EQ(merged.sources[0].product, "AWS Security Hub");
  EXPECT_EQ(merged.sources[1].product, "setpoint");
  EXPECT_EQ(merged.evidence.at(0).path, "/configuration/ipPermissions/0/ipv4Ranges/0/cidrIp");
}

TEST_F(ImportTest, GuardDutyEventsBecomeDetections) {
  SHARED_OR_SKIP(path, "custodian-cwe/events.ndjson.gz");
  Taken taken = findings.take(reports_of(path)).value();
  EXPECT_EQ(taken.ids.size(), 5u);
  ASSERT_EQ(of("i-99999999").size(), 1u);
  EXPECT_EQ(of("i-99999999")[0].kind, model::FindingClass::detection);
}

}  // namespace
}  // namespace setpoint
