#include "journal/journal.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "journal/limits.h"
#include "journal/memory_log.h"

namespace setpoint::journal {
namespace {

using base::ErrorCode;
using base::Json;

class JournalTest : public testing::Test {
 protected:
  MemoryLog log;
  base::ManualClock clock{{1'795'000'000'000}};
  Journal journal{log, clock};

  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      auto ref = journal.append("test.kind", "user:ada", fmt::format("s-{}", i % 2), {{"i", i}});
      ASSERT_TRUE(ref) << ref.error().text();
    }
  }
  std::string exported() const {
    std::string out;
    auto count = journal.export_to([&](std::string_view line) -> base::Status {
      out += line;
      return {};
    });
    EXPECT_TRUE(count);
    return out;
  }
};

TEST_F(JournalTest, ChainsEntriesByTheHashOfTheirExactBytes) {
  fill(3);
  auto entries = journal.read(1, 100);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_TRUE((*entries)[0].prev.zero());
  EXPECT_EQ((*entries)[1].prev, (*entries)[0].hash);
  EXPECT_EQ((*entries)[2].prev, (*entries)[1].hash);
  EXPECT_EQ(log.rows()[1].hash, base::sha256(log.rows()[1].bytes));
  EXPECT_EQ((*entries)[2].body, Json({{"i", 2}}));
  EXPECT_EQ((*entries)[2].actor, "user:ada");
  EXPECT_EQ((*entries)[2].time, clock.now());
}

TEST_F(JournalTest, WritesCanonicalJson) {
  ASSERT_TRUE(journal.append("k", "a \"quoted\"", "s\n", {{"z", 1.5}, {"a", {nullptr, true}}}));
  const std::string& bytes = log.rows()[0].bytes;
  EXPECT_EQ(bytes, base::canonical(*base::parse_json(bytes)));
  EXPECT_EQ(bytes.find('\n'), std::string::npos);
}

TEST_F(JournalTest, FindsEntriesOfASubjectAcrossPages) {
  fill(10);
  auto found = journal.find("s-1", 1, 3);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ(found->back().seq, 6u);
  auto rest = journal.find("s-1", found->back().seq + 1, 100);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->size(), 2u);
  EXPECT_TRUE(journal.find("s-9", 1, 100)->empty());
}

TEST_F(JournalTest, KeepsABatchTogetherAndNumbersItInOrder) {
  auto refs = journal.append(Batch{.entries = {{"a", "x", "s", {}}, {"b", "x", "s", {}}}, .state = {}});
  ASSERT_TRUE(refs);
  ASSERT_EQ(refs->size(), 2u);
  EXPECT_EQ((*refs)[0].seq + 1, (*refs)[1].seq);
  // State that the log refuses takes the entries with it.
  Batch refused{.entries = {{"c", "x", "s", {}}},
                .state = {.documents = {{"space", "key", Json::object(), {}, {}}}, .tasks = {}}};
  EXPECT_FALSE(journal.append(std::move(refused)));
  EXPECT_EQ(journal.head()->seq, 2u);
  fill(1);
  EXPECT_TRUE(journal.verify()->ok());
}

TEST_F(JournalTest, StaysOneLineUnderManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  std::vector<std::vector<std::uint64_t>> seqs(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        seqs[t].push_back(journal.append("k", fmt::format("t-{}", t), "s", {{"i", i}})->seq);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& each : seqs) {
    EXPECT_TRUE(std::is_sorted(each.begin(), each.end()));
    all.insert(each.begin(), each.end());
  }
  EXPECT_EQ(all.size(), std::size_t{kThreads * kEach});
  auto report = journal.verify();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->entries, std::uint64_t{kThreads * kEach});
}

TEST_F(JournalTest, OneBadRequestDoesNotSpoilTheGroupItIsIn) {
  std::vector<std::thread> threads;
  std::atomic<int> refused = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        Batch batch{.entries = {{"k", "x", "s", {}}}, .state = {}};
        if (t % 2 == 1) batch.state.documents.push_back({"space", "key", Json::object(), {}, {}});
        if (!journal.append(std::move(batch))) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 200);
  EXPECT_EQ(journal.verify()->entries, 200u);
  EXPECT_TRUE(journal.verify()->ok());
}

TEST_F(JournalTest, RefusesWhatIsTooLargeOrTooDeepAndRecordsNothing) {
  auto large = journal.append("k", "a", "s", std::string(base::kJournalEntryBytesMax, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::limit_exceeded);
  EXPECT_FALSE(journal.append("", "a", "s", {}));
  EXPECT_FALSE(journal.append("k", std::string(kActorBytesMax + 1, 'x'), "s", {}));
  Json deep = 1;
  for (std::size_t i = 0; i < kEntryDepthMax; ++i) deep = Json::array({deep});
  EXPECT_EQ(journal.append("k", "a", "s", deep).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(journal.head()->seq, 0u);
  Json allowed = deep.at(0);
  ASSERT_TRUE(journal.append("k", "a", "s", allowed));
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.read(1, 1)->at(0).body, allowed);
}

TEST_F(JournalTest, MakesInvalidUtf8ReadableAndFindsItAgain) {
  ASSERT_TRUE(journal.append("k", "a", "bad\xff", std::string("\xc3")));
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.find("bad\xff", 1, 10)->size(), 1u);
}

TEST_F(JournalTest, ReadingADamagedEntryNamesIt) {
  fill(3);
  log.rows()[1].bytes[10] ^= 1;
  auto read = journal.read(1, 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupted);
  EXPECT_EQ(read.error().where, "journal entry 2");
}

TEST_F(JournalTest, VerifyNamesTheDamagedRow) {
  fill(4);
  auto fault_after = [&](const std::function<void(std::vector<Row>&)>& tamper) {
    std::vector<Row> before = log.rows();
    tamper(log.rows());
    Fault fault = journal.verify()->fault.value_or(Fault{});
    log.rows() = before;
    return fmt::format("{} {}", fault.seq, fault.code);
  };
  EXPECT_EQ(fault_after([](auto& rows) { rows[2].bytes[5] ^= 1; }), "3 hash-mismatch");
  EXPECT_EQ(fault_after([](auto& rows) { rows[2].hash.bytes[31] ^= 1; }), "3 hash-mismatch");
  EXPECT_EQ(fault_after([](auto& rows) { rows.erase(rows.begin()); }), "1 sequence");
  EXPECT_EQ(fault_after([](auto& rows) { rows.insert(rows.begin() + 2, rows[1]); }), "3 sequence");
  EXPECT_EQ(fault_after([](auto& rows) { std::swap(rows[0], rows[1]); }), "1 sequence");
  EXPECT_EQ(fault_after([](auto& rows) {
              Entry entry = *decode(rows[1].bytes);
              rows[1].bytes = encode(*prepare({"forged", "x", "s", {}}), 2, entry.time, entry.prev);
              rows[1].hash = base::sha256(rows[1].bytes);
            }),
            "3 chain");
  EXPECT_TRUE(journal.verify()->ok());
}

TEST_F(JournalTest, ACheckpointShowsACutAndARewrittenJournal) {
  fill(4);
  Head head = *journal.head();
  Checkpoint checkpoint{head.seq, head.hash, clock.now()};
  EXPECT_TRUE(journal.verify(checkpoint)->ok());
  log.rows().pop_back();
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.verify(checkpoint)->fault->code, "truncated");
  EXPECT_EQ(journal.verify(checkpoint)->fault->seq, 4u);
  log.rows().clear();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(journal.append("forged", "x", "s", {}));
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.verify(checkpoint)->fault->code, "checkpoint-mismatch");
  EXPECT_EQ(journal.verify(checkpoint)->fault->seq, 4u);
}

TEST_F(JournalTest, AnExportComesBackByteForByteAndAnImportMayBeRunAgain) {
  fill(2500);
  std::string path = testing::TempDir() + "journal_import.txt";
  std::ofstream(path, std::ios::binary) << exported();
  MemoryLog other_log;
  Journal other(other_log, clock);
  ASSERT_EQ(other.import_file(path).value_or(0), 2500u);
  EXPECT_EQ(*other.head(), *journal.head());
  EXPECT_EQ(other.find("s-1", 1, 10'000)->size(), 1250u);
  // As after a crash in the middle.
  other_log.rows().resize(1700);
  ASSERT_TRUE(other.import_file(path));
  EXPECT_EQ(*other.head(), *journal.head());
  MemoryLog third_log;
  Journal third(third_log, clock);
  ASSERT_TRUE(third.append("own", "x", "s", {}));
  EXPECT_EQ(third.import_file(path).error().code, ErrorCode::conflict);
  EXPECT_EQ(third.head()->seq, 1u);
}

TEST_F(JournalTest, AnExportWithAGapIsAnErrorAndNotAShorterFile) {
  fill(5);
  log.rows().erase(log.rows().begin() + 2);
  auto count = journal.export_to([](std::string_view) { return base::Status(); });
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::corrupted);
}

TEST_F(JournalTest, ImportTakesNothingOfADamagedFile) {
  fill(3);
  std::string text = exported();
  text[text.size() - 20] ^= 1;
  std::string path = testing::TempDir() + "journal_damaged.txt";
  std::ofstream(path, std::ios::binary) << text;
  MemoryLog other_log;
  Journal other(other_log, clock);
  auto imported = other.import_file(path);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::corrupted);
  EXPECT_EQ(imported.error().detail, "hash-mismatch");
  EXPECT_EQ(other.head()->seq, 0u);
}

}  // namespace
}  // namespace setpoint::journal
