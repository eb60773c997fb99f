// The findings' and the inventory's tables against the same ports in memory: the same random operations must give the
// same answers, over restarts too.
#include <gtest/gtest.h>

#include <filesystem>

#include "findings/memory_finding_store.h"
#include "inventory/memory_resource_store.h"
#include "store/database.h"

namespace setpoint::store {
namespace {

using base::Json;
using base::Milliseconds;
using base::Timestamp;
using inventory::ResourceFilter;
using model::Finding;
using model::FindingStatus;
using model::Knowledge;
using model::Resource;
using model::ResourceKey;

class DomainStoresTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "domain_stores_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    reopen();
  }
  void TearDown() override {
    database.reset();
    std::filesystem::remove_all(folder);
  }
  void reopen() {
    database.reset();
    auto opened = Database::open({.path = folder + "/setpoint.db"}, clock, random);
    ASSERT_TRUE(opened) << opened.error().text();
    database = std::move(*opened);
  }
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(engine); }

  ResourceKey any_key() {
    static const std::vector<std::string> kTypes{"AWS::EC2::SecurityGroup", "AWS::EC2::VPC",
                                                 "Microsoft.Network/networkSecurityGroups"};
    std::string id = fmt::format("id-{}", pick(6));
    return {"aws", pick(2) == 0 ? "1111" : "2222", pick(2) == 0 ? "eu-west-1" : "us-east-1", kTypes[pick(3)],
            pick(4) == 0 ? id + "/x" : id};
  }
  Resource any_resource() {
    Resource out;
    out.key = any_key();
    out.arn = pick(3) == 0 ? "" : "arn:" + out.key.text();
    out.knowledge = static_cast<Knowledge>(pick(5) < 3 ? 0 : 1 + pick(2));
    out.unknown_because = out.knowledge == Knowledge::unknown ? "throttled" : "";
    out.captured_at = {1'700'000'000'000 + static_cast<std::int64_t>(pick(2000)) * 1000};
    out.source = "observer";
    if (pick(2) == 0) out.tags["Owner"] = pick(2) == 0 ? "ada" : "ben";
    for (std::size_t i = pick(3); i > 0; --i)
      out.relations.push_back({"Is contained in", "AWS::EC2::VPC", fmt::format("id-{}", pick(6))});
    out.item = {{"configuration", {{"n", pick(3)}}}};
    return out;
  }
  Finding any_finding() {
    Finding out;
    out.id = fmt::format("f-{:012x}", pick(40) * 7'000'000'000);
    out.check = pick(2) == 0 ? "EC2.13" : "EC2.14";
    out.severity = static_cast<model::Level>(1 + pick(5));
    out.status = static_cast<FindingStatus>(pick(4));
    out.resource = any_key();
    out.sources.push_back({pick(2) == 0 ? "setpoint" : "Amazon GuardDuty", "uid", {1}, {2}, true});
    out.title = "Ünïcode \"title\"";
    return out;
  }

  static Json show(const Resource& resource) {
    return {{"key", resource.key.text()},
            {"arn", resource.arn},
            {"knowledge", static_cast<int>(resource.knowledge)},
            {"why", resource.unknown_because},
            {"at", resource.captured_at.ms},
            {"tags", Json(resource.tags)},
            {"item", resource.item},
            {"relations", resource.relations.size()},
            {"source", resource.source}};
  }
  static Json show(const inventory::ResourcePage& page) {
    Json out = {{"next", page.next}, {"resources", Json::array()}};
    for (const Resource& resource : page.resources) out["resources"].push_back(show(resource));
    return out;
  }
  static Json show(const std::vector<inventory::HistoryEntry>& entries) {
    Json out = Json::array();
    for (const auto& each : entries) {
      out.push_back({each.key.text(), each.at.ms, static_cast<int>(each.change), static_cast<int>(each.knowledge),
                     each.before.hex(), each.after.hex(), each.because, each.source, each.item});
    }
    return out;
  }
  static Json show(const findings::FindingPage& page) {
    Json out = {{"next", page.next}, {"findings", Json::array()}};
    for (const Finding& finding : page.findings) out["findings"].push_back(finding.json());
    return out;
  }

  std::string folder;
  base::ManualClock clock{{1'795'000'000'000}};
  base::SeededRandom random{7};
  std::mt19937_64 engine{42};
  std::unique_ptr<Database> database;
};

TEST_F(DomainStoresTest, ResourcesAnswerAsInMemory) {
  inventory::MemoryResourceStore memory;
  for (int round = 0; round < 400; ++round) {
    auto& disk = database->resources();
    std::vector<Resource> batch;
    for (std::size_t i = 1 + pick(4); i > 0; --i) batch.push_back(any_resource());
    ASSERT_EQ(disk.put(batch).value(), memory.put(batch).value());
    ResourceKey key = any_key();
    auto mine = disk.latest(key).value(), theirs = memory.latest(key).value();
    ASSERT_EQ(mine.has_value(), theirs.has_value());
    if (mine) {
      ASSERT_EQ(show(*mine), show(*theirs));
    }
    if (mine && !mine->arn.empty()) {
      ASSERT_EQ(show(*disk.find_arn(mine->arn).value()), show(*memory.find_arn(mine->arn).value()));
    }
    std::size_t limit = 1 + pick(5);
    ASSERT_EQ(show(disk.history(key, limit).value()), show(memory.history(key, limit).value()));
    ASSERT_EQ(disk.referrers({"aws", "1111", "eu-west-1", "AWS::EC2::VPC", key.id}).value(),
              memory.referrers({"aws", "1111", "eu-west-1", "AWS::EC2::VPC", key.id}).value());
    ResourceFilter filter{pick(2) ? "aws" : "",
                          pick(2) ? "1111" : "",
                          pick(2) ? "eu-west-1" : "",
                          pick(2) ? key.type : "",
                          pick(3) ? "" : "Owner",
                          pick(2) ? "" : "ada",
                          pick(2) == 0};
    std::string after = pick(2) ? "" : key.text();
    ASSERT_EQ(show(disk.list(filter, after, limit).value()), show(memory.list(filter, after, limit).value()));
    ASSERT_EQ(disk.count(filter).value(), memory.count(filter).value());
    if (round % 50 == 49) {
      inventory::Scope scope{"aws", "1111", "eu-west-1", key.type};
      Timestamp at{1'700'000'000'000 + static_cast<std::int64_t>(pick(2000)) * 1000};
      ASSERT_EQ(disk.mark_unknown(scope, "denied", at).value(), memory.mark_unknown(scope, "denied", at).value());
      reopen();
    }
  }
}

TEST_F(DomainStoresTest, FindingsAnswerAsInMemory) {
  findings::MemoryFindingStore memory;
  for (int round = 0; round < 300; ++round) {
    auto& disk = database->findings();
    std::vector<Finding> batch;
    for (std::size_t i = 1 + pick(3); i > 0; --i) batch.push_back(any_finding());
    ASSERT_TRUE(disk.put(batch));
    ASSERT_TRUE(memory.put(batch));
    Finding probe = any_finding();
    findings::FindingFilter filter;
    if (pick(2))
      filter.statuses =
          pick(2) ? std::vector{FindingStatus::open} : std::vector{FindingStatus::open, FindingStatus::resolved};
    if (pick(2)) filter.severity_min = probe.severity;
    if (pick(3) == 0) filter.check = probe.check;
    if (pick(3) == 0) filter.account = probe.resource.account;
    if (pick(3) == 0) filter.region = probe.resource.region;
    if (pick(3) == 0) filter.type = probe.resource.type;
    if (pick(3) == 0) filter.resource = probe.resource;
    if (pick(3) == 0) filter.product = "setpoint";
    std::string after = pick(2) ? "" : probe.id;
    std::size_t limit = 1 + pick(6);
    ASSERT_EQ(show(disk.list(filter, after, limit).value()), show(memory.list(filter, after, limit).value())) << round;
    std::vector<std::string> ids{probe.id, "f-ffffffffffff", "nonsense"};
    ASSERT_EQ(disk.get(ids).value().size(), memory.get(ids).value().size());
    if (round % 50 == 49) reopen();
  }
}

TEST_F(DomainStoresTest, AFindingWithAStrangeIdIsRefusedAndTakesItsBatchWithIt) {
  Finding good = any_finding(), bad = any_finding();
  bad.id = "f--00000000001";
  std::vector<Finding> batch{good, bad};
  EXPECT_EQ(database->findings().put(batch).error().code, base::ErrorCode::invalid_input);
  EXPECT_TRUE(database->findings().list({}, "", 10)->findings.empty());
}

}  // namespace
}  // namespace setpoint::store
