// The journal in its SQLite file, seen by both verifiers: our own through the store, tools/journal_verify.py through
// Python's sqlite3. Each way of tampering that a person with write access has must be found by both, at the same entry.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "journal/journal.h"
#include "store/database.h"

namespace setpoint {
namespace {

using base::Json;

constexpr int kEntries = 40;

class JournalFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "journal_file_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    path = folder + "/setpoint.db";
    auto database = open();
    journal::Journal journal(database->log(), clock);
    for (int i = 0; i < kEntries; ++i) {
      Json body = {{"i", i}, {"text", std::string(static_cast<std::size_t>(i) * 37, 'x') + "é"}};
      ASSERT_TRUE(journal.append("test.kind", "user:ada", fmt::format("s-{}", i % 3), std::move(body)));
    }
    head = *journal.head();
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<store::Database> open() {
    auto database = store::Database::open({.path = path}, clock, random);
    EXPECT_TRUE(database) << database.error().text();
    return std::move(*database);
  }
  Json ours(const std::optional<journal::Checkpoint>& checkpoint = std::nullopt) {
    auto database = open();
    return journal::Journal(database->log(), clock).verify(checkpoint)->json();
  }
  Json theirs(const std::string& options = "") {
    std::string command =
        fmt::format("/usr/bin/python3 {}/tools/journal_verify.py {} {} 2>&1", SETPOINT_SOURCE_DIR, path, options);
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    char buffer[4096];
    while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
    int code = WEXITSTATUS(::pclose(pipe));
    Json report = base::parse_json(text).value_or(Json(text));
    EXPECT_EQ(code, report.is_object() && report["ok"] == true ? 0 : 1) << text;
    return report;
  }
  void tamper(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << sql << ": " << error;
    sqlite3_close(database);
  }
  static std::string fault(const Json& report) {
    if (report["ok"] == true) return "ok";
    return fmt::format("{} {}", report["fault"]["seq"].get<int>(), report["fault"]["code"].get<std::string>());
  }
  // Both on a copy, so that the next case starts from the whole journal.
  std::string fault_after(const std::string& sql) {
    std::string kept = folder + "/kept.db";
    sqlite3_shutdown_wal();
    std::filesystem::copy_file(path, kept, std::filesystem::copy_options::overwrite_existing);
    tamper(sql);
    std::string mine = fault(ours());
    EXPECT_EQ(mine, fault(theirs())) << sql;
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
    std::filesystem::copy_file(kept, path, std::filesystem::copy_options::overwrite_existing);
    return mine;
  }
  // Everything into the one file, so that a copy of it is whole.
  void sqlite3_shutdown_wal() { tamper("PRAGMA wal_checkpoint(TRUNCATE)"); }

  std::string folder, path;
  journal::Head head;
  base::ManualClock clock{{1'795'000'000'000}};
  base::SeededRandom random{7};
};

TEST_F(JournalFileTest, BothFindItWhole) {
  EXPECT_EQ(ours(), Json({{"ok", true}, {"entries", kEntries}, {"head", head.hash.hex()}}));
  EXPECT_EQ(theirs(), ours());
}

TEST_F(JournalFileTest, BothNameTheSameEntryForEachWayOfTampering) {
  EXPECT_EQ(fault_after("DELETE FROM journal WHERE seq = 7"), "7 sequence");
  EXPECT_EQ(fault_after("DELETE FROM journal WHERE seq = 1"), "1 sequence");
  EXPECT_EQ(
      fault_after("UPDATE journal SET seq = seq - 1 WHERE seq > 7 AND 0 OR seq = 0; DELETE FROM journal WHERE seq = 7; "
                  "UPDATE journal SET seq = 7 WHERE seq = 8"),
      "7 sequence");
  EXPECT_EQ(fault_after("UPDATE journal SET entry = replace(entry, 'user:ada', 'user:eve') WHERE seq = 9"),
            "9 hash-mismatch");
  EXPECT_EQ(fault_after("UPDATE journal SET hash = zeroblob(32) WHERE seq = 9"), "9 hash-mismatch");
  EXPECT_EQ(fault_after("UPDATE journal SET hash = x'00' WHERE seq = 40"), "40 hash-mismatch");
  EXPECT_EQ(fault_after("UPDATE journal SET entry = '' WHERE seq = 3"), "3 hash-mismatch");
  EXPECT_EQ(fault_after("UPDATE journal SET entry = 12345 WHERE seq = 3"), "3 hash-mismatch");
  EXPECT_EQ(fault_after("UPDATE journal SET seq = 1000 WHERE seq = 40"), "40 sequence");
  EXPECT_EQ(fault_after("UPDATE journal SET seq = -1 WHERE seq = 5"), "1 sequence");
  EXPECT_EQ(fault_after("INSERT INTO journal SELECT 41, hash, subject, entry FROM journal WHERE seq = 40"),
            "41 sequence");
  EXPECT_EQ(fault_after("UPDATE journal SET seq = -3 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4; "
                        "UPDATE journal SET seq = 4 WHERE seq = -3"),
            "3 sequence");
  EXPECT_EQ(fault_after("SELECT 1"), "ok");
}

TEST_F(JournalFileTest, ACutJournalShowsAgainstACheckpointOnly) {
  auto key = journal::SigningKey::load_or_create(folder + "/journal.key", random);
  ASSERT_TRUE(key);
  journal::Checkpoint checkpoint{head.seq, head.hash, clock.now()};
  std::ofstream(folder + "/checkpoint.json") << key->sign(checkpoint).text();
  std::ofstream(folder + "/journal.pub") << journal::public_key_pem(key->public_key());
  std::string options = fmt::format("--checkpoint {0}/checkpoint.json --public-key {0}/journal.pub", folder);
  EXPECT_EQ(fault(theirs(options)), "ok");
  EXPECT_EQ(fault(ours(checkpoint)), "ok");
  tamper("DELETE FROM journal WHERE seq > 30");
  EXPECT_EQ(fault(ours()), "ok");
  EXPECT_EQ(fault(theirs()), "ok");
  EXPECT_EQ(fault(ours(checkpoint)), "31 truncated");
  EXPECT_EQ(fault(theirs(options)), "31 truncated");
  // Going on from there gives a journal that is whole in itself, and is not the one that was signed.
  {
    auto database = open();
    journal::Journal journal(database->log(), clock);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(journal.append("forged", "user:eve", "s", {}));
  }
  EXPECT_EQ(fault(ours()), "ok");
  EXPECT_EQ(fault(ours(checkpoint)), "40 checkpoint-mismatch");
  EXPECT_EQ(fault(theirs(options)), "40 checkpoint-mismatch");
}

TEST_F(JournalFileTest, OpensslChecksOurSignatureToo) {
  auto key = journal::SigningKey::load_or_create(folder + "/journal.key", random);
  auto signed_checkpoint = key->sign({head.seq, head.hash, clock.now()});
  std::ofstream(folder + "/message", std::ios::binary) << signed_checkpoint.checkpoint.signed_bytes();
  std::ofstream(folder + "/signature", std::ios::binary) << signed_checkpoint.signature;
  std::ofstream(folder + "/journal.pub") << journal::public_key_pem(key->public_key());
  std::string command = fmt::format(
      "openssl pkeyutl -verify -rawin -pubin -inkey {0}/journal.pub -sigfile {0}/signature -in {0}/message "
      ">/dev/null 2>&1",
      folder);
  if (std::system("command -v openssl >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs the openssl program";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ofstream(folder + "/message", std::ios::app) << " ";
  EXPECT_NE(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace setpoint
