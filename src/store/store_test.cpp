#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "journal/journal.h"
#include "store/database.h"

namespace setpoint::store {
namespace {

using base::ErrorCode;
using base::Json;
using base::Milliseconds;

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "store_test_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    path = folder + "/setpoint.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<Database> open(DatabaseOptions options = {}) {
    options.path = path;
    auto database = Database::open(options, clock, random);
    EXPECT_TRUE(database) << database.error().text();
    return database ? std::move(*database) : nullptr;
  }
  // Another program's hand in the file.
  void raw(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_close(database);
  }

  std::string folder, path;
  base::ManualClock clock{{1'795'000'000'000}};
  base::SeededRandom random{7};
};

TEST_F(StoreTest, KeepsTheJournalOverARestart) {
  {
    auto database = open();
    journal::Journal journal(database->log(), clock);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(journal.append("k", "a", fmt::format("s-{}", i % 2), {{"i", i}}));
  }
  auto database = open();
  journal::Journal journal(database->log(), clock);
  ASSERT_TRUE(journal.append("k", "a", "s-1", {{"i", 5}}));
  auto report = journal.verify();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->entries, 6u);
  EXPECT_EQ(journal.find("s-1", 1, 10)->size(), 3u);
  EXPECT_EQ(journal.find("s-1", 1, 10)->back().body, Json({{"i", 5}}));
  EXPECT_TRUE(database->check_integrity());
}

TEST_F(StoreTest, IsReadableByItsOwnerOnly) {
  auto database = open();
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(StoreTest, SeveralProcessesWriteOneLine) {
  constexpr int kProcesses = 4;
  constexpr int kEach = 50;
  open();
  for (int p = 0; p < kProcesses; ++p) {
    if (::fork() != 0) continue;
    auto database = Database::open({.path = path}, clock, random);
    int failures = database ? 0 : kEach;
    if (database) {
      journal::Journal journal((*database)->log(), clock);
      for (int i = 0; i < kEach; ++i) failures += journal.append("k", "a", "s", {{"p", p}}) ? 0 : 1;
    }
    ::_exit(failures);
  }
  for (int p = 0; p < kProcesses; ++p) {
    int status = -1;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  auto database = open();
  journal::Journal journal(database->log(), clock);
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.head()->seq, std::uint64_t{kProcesses * kEach});
}

// Seen as "the database is locked by another process" where a run and a look at it began at once.
TEST_F(StoreTest, ManyMayBeTheFirstToOpenIt) {
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::atomic<int> opened{0};
    std::vector<std::thread> all;
    for (int i = 0; i < 6; ++i) {
      all.emplace_back([&, i] {
        base::ManualClock own_clock{{1'795'000'000'000}};
        base::SeededRandom own_random(static_cast<std::uint64_t>(i));
        DatabaseOptions options;
        options.path = path;
        opened += Database::open(options, own_clock, own_random) ? 1 : 0;
      });
    }
    for (std::thread& each : all) each.join();
    ASSERT_EQ(opened, 6) << round;
  }
}

TEST_F(StoreTest, DocumentsComeBackAsWritten) {
  auto database = open();
  DocumentStore& documents = database->documents();
  EXPECT_FALSE(documents.get("runs", "r-1")->has_value());
  EXPECT_EQ(*documents.put({"runs", "r-1", Json{{"status", "planned"}}, {}, {}}), 1u);
  clock.advance(Milliseconds(5));
  EXPECT_EQ(*documents.put({"runs", "r-1", Json{{"status", "applied"}}, {}, {}}), 2u);
  auto found = documents.get("runs", "r-1");
  ASSERT_TRUE(found && found->has_value());
  EXPECT_EQ((*found)->body, Json({{"status", "applied"}}));
  EXPECT_EQ((*found)->version, 2u);
  EXPECT_EQ((*found)->updated, clock.now());
  EXPECT_FALSE(documents.get("plans", "r-1")->has_value());
  EXPECT_TRUE(documents.remove("runs", "r-1"));
  EXPECT_FALSE(documents.get("runs", "r-1")->has_value());
  EXPECT_TRUE(documents.remove("runs", "r-1"));
}

TEST_F(StoreTest, CompareAndSetRefusesASecondWriter) {
  auto database = open();
  DocumentStore& documents = database->documents();
  DocumentWrite first{"runs", "r", Json{{"by", 1}}, 0, {}};
  ASSERT_TRUE(documents.put(first));
  EXPECT_EQ(documents.put(first).error().code, ErrorCode::conflict);
  ASSERT_TRUE(documents.put({"runs", "r", Json{{"by", 2}}, 1, {}}));
  EXPECT_EQ(documents.put({"runs", "r", Json{{"by", 3}}, 1, {}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(documents.remove("runs", "r", 1).error().code, ErrorCode::conflict);
  EXPECT_EQ((*documents.get("runs", "r"))->body, Json({{"by", 2}}));
}

TEST_F(StoreTest, ABatchIsWrittenWhollyOrNotAtAll) {
  auto database = open();
  DocumentStore& documents = database->documents();
  std::vector<DocumentWrite> writes{{"a", "1", Json(1), {}, {}}, {"a", "2", Json(2), 7, {}}};
  EXPECT_EQ(documents.write(writes).error().code, ErrorCode::conflict);
  EXPECT_EQ(*documents.count("a"), 0u);
  writes[1].expected_version = 0;
  ASSERT_TRUE(documents.write(writes));
  EXPECT_EQ(*documents.count("a"), 2u);
}

TEST_F(StoreTest, EntriesAndStateStandOrFallTogether) {
  auto database = open();
  journal::Journal journal(database->log(), clock);
  auto batch = [](std::uint64_t expected) {
    return journal::Batch{.entries = {{"call.intent", "a", "r", {}}},
                          .state = {.documents = {{"runs", "r", Json{{"expected", expected}}, expected, {}}},
                                    .tasks = {{"work", fmt::format("t-{}", expected), Json(1), {}}}}};
  };
  ASSERT_TRUE(journal.append(batch(0)));
  EXPECT_EQ(journal.append(batch(0)).error().code, ErrorCode::conflict);
  EXPECT_EQ(journal.head()->seq, 1u);
  ASSERT_TRUE(journal.append(batch(1)));
  EXPECT_EQ(journal.head()->seq, 2u);
  EXPECT_EQ(database->queue().depth("work")->waiting, 2u);
  EXPECT_TRUE(journal.verify()->ok());
}

TEST_F(StoreTest, ListsByPrefixInPages) {
  auto database = open();
  DocumentStore& documents = database->documents();
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(documents.put({"a", fmt::format("k/{:02}", i), Json(i), {}, {}}));
  ASSERT_TRUE(documents.put({"a", "j/x", Json(0), {}, {}}));
  ASSERT_TRUE(documents.put({"a", "l/x", Json(0), {}, {}}));
  ASSERT_TRUE(documents.put({"b", "k/99", Json(0), {}, {}}));
  std::vector<std::string> keys;
  PageRequest request{.after = {}, .limit = 10};
  int pages = 0;
  do {
    auto page = documents.list("a", "k/", request);
    ASSERT_TRUE(page);
    for (const Document& document : page->documents) keys.push_back(document.key);
    request.after = page->next;
    ++pages;
  } while (!request.after.empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(keys.size(), 25u);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(list_all(documents, "a")->size(), 27u);
}

TEST_F(StoreTest, FindsByIndexAndForgetsOldValues) {
  auto database = open();
  DocumentStore& documents = database->documents();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(documents.put(
        {"runs", fmt::format("r-{}", i), Json(i), {}, {{"status", i % 3 == 0 ? "open" : "done"}, {"owner", "ada"}}}));
  }
  EXPECT_EQ(find_all(documents, "runs", "status", "open")->size(), 10u);
  EXPECT_EQ(find_all(documents, "runs", "owner", "ada")->size(), 30u);
  auto first = documents.find("runs", "owner", "ada", {.after = {}, .limit = 12});
  ASSERT_EQ(first->documents.size(), 12u);
  EXPECT_EQ(documents.find("runs", "owner", "ada", {.after = first->next, .limit = 100})->documents.size(), 18u);
  ASSERT_TRUE(documents.put({"runs", "r-0", Json(0), {}, {{"status", "done"}}}));
  EXPECT_EQ(find_all(documents, "runs", "status", "open")->size(), 9u);
  EXPECT_EQ(find_all(documents, "runs", "owner", "ada")->size(), 29u);
  ASSERT_TRUE(documents.remove("runs", "r-3"));
  EXPECT_EQ(find_all(documents, "runs", "status", "open")->size(), 8u);
  EXPECT_TRUE(find_all(documents, "plans", "status", "open")->empty());
}

TEST_F(StoreTest, RefusesDocumentsPastTheLimits) {
  auto database = open();
  DocumentStore& documents = database->documents();
  EXPECT_EQ(documents.put({"a", std::string(kKeyBytesMax + 1, 'k'), Json(1), {}, {}}).error().code,
            ErrorCode::limit_exceeded);
  EXPECT_EQ(documents.put({"a", "k", Json(std::string(kDocumentBytesMax, 'x')), {}, {}}).error().code,
            ErrorCode::limit_exceeded);
  EXPECT_EQ(documents.put({"", "k", Json(1), {}, {}}).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(*documents.count("a"), 0u);
}

TEST_F(StoreTest, AClaimedTaskIsHeldForItsLease) {
  auto database = open();
  WorkQueue& queue = database->queue();
  ASSERT_TRUE(queue.enqueue({"q", "t-1", Json{{"n", 1}}, {}}));
  ASSERT_TRUE(queue.enqueue({"q", "t-1", Json{{"n", 2}}, {}}));
  ASSERT_TRUE(queue.enqueue({"q", "later", Json(0), clock.now() + Milliseconds(60'000)}));
  auto first = queue.claim("q", "w-1", 10, Milliseconds(1000));
  ASSERT_EQ(first->size(), 1u);
  EXPECT_EQ(first->at(0).payload, Json({{"n", 1}}));
  EXPECT_EQ(first->at(0).attempts, 1);
  EXPECT_TRUE(queue.claim("q", "w-2", 10, Milliseconds(1000))->empty());
  EXPECT_EQ(queue.depth("q")->claimed, 1u);
  clock.advance(Milliseconds(1001));
  auto second = queue.claim("q", "w-2", 10, Milliseconds(1000));
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ(second->at(0).attempts, 2);
  EXPECT_EQ(queue.complete(first->at(0)).error().code, ErrorCode::conflict);
  EXPECT_EQ(queue.retry(first->at(0), clock.now(), "x").error().code, ErrorCode::conflict);
  ASSERT_TRUE(queue.extend(second->at(0), Milliseconds(5000)));
  clock.advance(Milliseconds(4000));
  EXPECT_TRUE(queue.claim("q", "w-1", 10, Milliseconds(1000))->empty());
  ASSERT_TRUE(queue.complete(second->at(0)));
  EXPECT_EQ(queue.depth("q")->waiting, 1u);
}

TEST_F(StoreTest, ATaskIsDeadAfterItsAttemptsAndCanBeRevived) {
  auto database = open({.path = {}, .attempts_max = 2});
  WorkQueue& queue = database->queue();
  ASSERT_TRUE(queue.enqueue({"q", "t", Json(1), {}}));
  Task task = queue.claim("q", "w", 1, Milliseconds(1000))->at(0);
  EXPECT_TRUE(*queue.retry(task, clock.now() + Milliseconds(10), "first"));
  EXPECT_TRUE(queue.claim("q", "w", 1, Milliseconds(1000))->empty());
  clock.advance(Milliseconds(10));
  task = queue.claim("q", "w", 1, Milliseconds(1000))->at(0);
  EXPECT_EQ(task.last_error, "first");
  EXPECT_FALSE(*queue.retry(task, clock.now(), "second"));
  EXPECT_TRUE(queue.claim("q", "w", 1, Milliseconds(1000))->empty());
  ASSERT_EQ(queue.dead("q", 10)->size(), 1u);
  EXPECT_EQ(queue.dead("q", 10)->at(0).last_error, "second");
  ASSERT_TRUE(queue.revive("q", "t"));
  EXPECT_EQ(queue.revive("q", "t").error().code, ErrorCode::not_found);
  EXPECT_EQ(queue.claim("q", "w", 1, Milliseconds(1000))->at(0).attempts, 1);
}

TEST_F(StoreTest, ATaskThatKillsItsWorkersEnds) {
  auto database = open({.path = {}, .attempts_max = 3});
  WorkQueue& queue = database->queue();
  ASSERT_TRUE(queue.enqueue({"q", "t", Json(1), {}}));
  int claims = 0;
  for (int i = 0; i < 10; ++i, clock.advance(Milliseconds(1001))) {
    claims += static_cast<int>(queue.claim("q", "w", 1, Milliseconds(1000))->size());
  }
  EXPECT_EQ(claims, 3);
  ASSERT_EQ(queue.depth("q")->dead, 1u);
  ASSERT_TRUE(queue.discard("q", "t"));
  EXPECT_EQ(queue.depth("q")->dead, 0u);
}

TEST_F(StoreTest, NoTaskIsHandedToTwoWorkers) {
  auto database = open();
  WorkQueue& queue = database->queue();
  std::vector<TaskWrite> tasks;
  for (int i = 0; i < 500; ++i) tasks.push_back({"q", fmt::format("t-{}", i), Json(i), {}});
  ASSERT_TRUE(queue.enqueue(tasks));
  std::atomic<int> done = 0;
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      for (auto claimed = queue.claim("q", "w", 7, Milliseconds(60'000)); !claimed->empty();
           claimed = queue.claim("q", "w", 7, Milliseconds(60'000))) {
        for (const Task& task : *claimed) done += queue.complete(task) ? 1 : 1000;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(done, 500);
}

TEST_F(StoreTest, OneRunAtATimeHoldsALock) {
  auto database = open();
  ResourceLocks& locks = database->locks();
  auto first = locks.acquire({"sg-1", "sg-2"}, "run-1", Milliseconds(1000));
  ASSERT_TRUE(first);
  auto second = locks.acquire({"sg-3", "sg-2"}, "run-2", Milliseconds(1000));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().text().find("run-1"), std::string::npos);
  EXPECT_FALSE(locks.holder("sg-3")->has_value()) << "all or none";
  ASSERT_TRUE(locks.extend(*first, Milliseconds(5000)));
  clock.advance(Milliseconds(2000));
  EXPECT_FALSE(locks.acquire({"sg-2"}, "run-2", Milliseconds(1000)));
  clock.advance(Milliseconds(3000));
  second = locks.acquire({"sg-2"}, "run-2", Milliseconds(1000));
  ASSERT_TRUE(second);
  EXPECT_GT(second->fence, first->fence);
  EXPECT_EQ(locks.extend(*first, Milliseconds(1000)).error().code, ErrorCode::conflict);
  ASSERT_TRUE(locks.release(*first));
  EXPECT_EQ((*locks.holder("sg-2"))->holder, "run-2");
  ASSERT_TRUE(locks.release(*second));
  EXPECT_FALSE(locks.holder("sg-2")->has_value());
}

class Recorder : public journal::FlushObserver {
 public:
  void before_flush(std::uint64_t number) override { seen += fmt::format("<{}", number); }
  void after_flush(std::uint64_t number) override { seen += fmt::format("{}>", number); }
  std::string seen;
};

TEST_F(StoreTest, TellsOfEveryFlushAndOfNothingElse) {
  Recorder recorder;
  auto database = open({.path = {}, .observer = &recorder});
  journal::Journal journal(database->log(), clock);
  ASSERT_TRUE(journal.append("k", "a", "s", {}));
  ASSERT_TRUE(database->documents().put({"a", "b", Json(1), {}, {}}));
  EXPECT_FALSE(database->documents().put({"a", "b", Json(1), 0, {}}));
  EXPECT_TRUE(database->queue().claim("q", "w", 1, Milliseconds(1))->empty());
  ASSERT_TRUE(journal.append("k", "a", "s", {}));
  EXPECT_EQ(recorder.seen, "<11><22><33>");
}

class Killer : public journal::FlushObserver {
 public:
  Killer(std::uint64_t at, bool after) : at_(at), after_(after) {}
  void before_flush(std::uint64_t number) override { die(number, !after_); }
  void after_flush(std::uint64_t number) override { die(number, after_); }

 private:
  void die(std::uint64_t number, bool here) const {
    if (here && number == at_) ::_exit(9);
  }
  std::uint64_t at_;
  bool after_;
};

TEST_F(StoreTest, DyingAtAnyFlushLosesNothingThatWasAcknowledged) {
  std::uint64_t durable = 0;
  for (std::uint64_t at = 1; at <= 4; ++at) {
    for (bool after : {false, true}) {
      pid_t child = ::fork();
      if (child == 0) {
        Killer killer(at, after);
        auto database = Database::open({.path = path, .observer = &killer}, clock, random);
        journal::Journal journal((*database)->log(), clock);
        while (journal.append("k", "a", "s", {})) {
        }
        ::_exit(1);
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_EQ(WEXITSTATUS(status), 9);
      durable += at - (after ? 0 : 1);
      auto database = open();
      journal::Journal journal(database->log(), clock);
      ASSERT_TRUE(journal.verify()->ok());
      EXPECT_EQ(journal.head()->seq, durable);
    }
  }
}

TEST_F(StoreTest, ALockedFileIsAClearError) {
  auto database = open({.path = {}, .busy_timeout = Milliseconds(50)});
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  auto put = database->documents().put({"a", "b", Json(1), {}, {}});
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::unavailable);
  EXPECT_NE(put.error().text().find("locked"), std::string::npos) << put.error().text();
  EXPECT_TRUE(database->documents().get("a", "b")) << "reading goes on";
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_TRUE(database->documents().put({"a", "b", Json(1), {}, {}}));
}

// A limit on the file's size stands for the disk's: the write fails in the middle of a transaction.
TEST_F(StoreTest, AFullDiskIsAClearErrorAndTheStoreGoesOnAfterwards) {
  auto database = open();
  journal::Journal journal(database->log(), clock);
  ASSERT_TRUE(journal.append("k", "a", "s", {}));
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = std::filesystem::file_size(path + "-wal") + 4096;
  auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  auto refused = journal.append("k", "a", "s", std::string(200'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << refused.error().text();
  EXPECT_EQ(journal.head()->seq, 1u);
  ASSERT_TRUE(journal.append("k", "a", "s", {}));
  EXPECT_TRUE(journal.verify()->ok());
  EXPECT_EQ(journal.head()->seq, 2u);
}

TEST_F(StoreTest, RefusesANewerSchema) {
  open();
  raw("PRAGMA user_version = 99");
  auto database = Database::open({.path = path}, clock, random);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::unsupported);
  EXPECT_NE(database.error().text().find("99"), std::string::npos);
}

TEST_F(StoreTest, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  raw("CREATE TABLE t(x)");
  auto before = std::filesystem::file_size(path);
  auto database = Database::open({.path = path}, clock, random);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(std::filesystem::file_size(path), before);
}

TEST_F(StoreTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path) << std::string(8192, 'x');
  auto database = Database::open({.path = path}, clock, random);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::corrupted) << database.error().text();
}

TEST_F(StoreTest, RefusesAFolderThatIsNotThere) {
  auto database = Database::open({.path = folder + "/none/x.db"}, clock, random);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(database.error().hint.empty());
}

TEST_F(StoreTest, DamageInTheFileIsFoundAndNamed) {
  {
    auto database = open();
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(database->documents().put({"a", fmt::format("k-{}", i), Json(std::string(3000, 'x')), {}, {}}));
    }
  }
  auto size = std::filesystem::file_size(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  for (std::size_t at = 4096 * 4; at + 4096 < size; at += 4096 * 5) {
    file.seekp(static_cast<std::streamoff>(at));
    file << std::string(64, '\xff');
  }
  file.close();
  auto database = open();
  ASSERT_NE(database, nullptr);
  auto checked = database->check_integrity();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::corrupted) << checked.error().text();
  EXPECT_FALSE(list_all(database->documents(), "a")) << "never a shorter list";
}

}  // namespace
}  // namespace setpoint::store
