// How fast the embedded store is, as JSON, beside what the disk itself can do in the same run: 2 KB appended and
// fdatasync'ed.
//
//   build/release/bench/store/store_bench [folder] > store.json
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "journal/journal.h"
#include "store/database.h"

#include <nlohmann/json.hpp>

namespace {

using namespace setpoint;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRowBytes = 2048;
constexpr std::size_t kDocuments = 200'000;

template <class Work>
double per_second(double items, const Work& work) {
  auto begin = Clock::now();
  work();
  return items / std::chrono::duration<double>(Clock::now() - begin).count();
}

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "store_bench: %s failed\n", what);
  std::exit(1);
}

// The physical limit that one by one is measured against.
double disk_appends(const std::string& folder) {
  int fd = ::open((folder + "/disk").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  std::string row(kRowBytes, 'x');
  constexpr int kCount = 3000;
  double out = per_second(kCount, [&] {
    for (int i = 0; i < kCount; ++i) {
      must(::write(fd, row.data(), row.size()) == static_cast<ssize_t>(row.size()) && ::fdatasync(fd) == 0, "disk");
    }
  });
  ::close(fd);
  return out;
}

base::Json random_body(std::mt19937_64& engine) {
  std::string text;
  while (text.size() < kRowBytes - 300) text += fmt::format("{:016x}", engine());
  return {{"text", std::move(text)}};
}

double journal_appends(journal::Journal& journal, std::size_t batch_size, std::size_t total) {
  std::mt19937_64 engine(1);
  return per_second(static_cast<double>(total), [&] {
    for (std::size_t done = 0; done < total; done += batch_size) {
      journal::Batch batch;
      for (std::size_t i = 0; i < batch_size; ++i)
        batch.entries.push_back({"bench.kind", "bench", "s", random_body(engine)});
      must(journal.append(std::move(batch)).has_value(), "append");
    }
  });
}

double journal_appends_by_threads(journal::Journal& journal, int threads, int each) {
  return per_second(threads * each, [&] {
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        std::mt19937_64 engine(static_cast<std::uint64_t>(t));
        for (int i = 0; i < each; ++i)
          must(journal.append("bench.kind", "bench", "s", random_body(engine)).has_value(), "append");
      });
    }
    for (std::thread& worker : workers) worker.join();
  });
}

double document_writes(store::DocumentStore& documents, std::size_t batch_size, std::size_t total, std::size_t keys) {
  std::mt19937_64 engine(2);
  return per_second(static_cast<double>(total), [&] {
    for (std::size_t done = 0; done < total; done += batch_size) {
      std::vector<store::DocumentWrite> batch;
      for (std::size_t i = 0; i < batch_size; ++i) {
        std::size_t key = keys == 0 ? done + i : engine() % keys;
        batch.push_back({"bench",
                         fmt::format("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-{:012x}", key * 2654435761u),
                         random_body(engine),
                         {},
                         {{"status", key % 2 == 0 ? "open" : "done"}}});
      }
      must(documents.write(batch).has_value(), "write");
    }
  });
}

double document_reads(store::DocumentStore& documents, std::size_t total) {
  std::mt19937_64 engine(3);
  return per_second(static_cast<double>(total), [&] {
    for (std::size_t i = 0; i < total; ++i) {
      std::size_t key = engine() % kDocuments;
      auto found = documents.get(
          "bench", fmt::format("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-{:012x}", key * 2654435761u));
      must(found && found->has_value(), "read");
    }
  });
}

double queue_turnover(store::WorkQueue& queue, std::size_t total, std::size_t batch_size) {
  std::vector<store::TaskWrite> tasks;
  for (std::size_t i = 0; i < total; ++i) tasks.push_back({"bench", fmt::format("t-{}", i), base::Json(i), {}});
  must(queue.enqueue(tasks).has_value(), "enqueue");
  return per_second(static_cast<double>(total), [&] {
    for (auto claimed = queue.claim("bench", "w", batch_size, base::Milliseconds(600'000)); !claimed->empty();
         claimed = queue.claim("bench", "w", batch_size, base::Milliseconds(600'000))) {
      for (const store::Task& task : *claimed) must(queue.complete(task).has_value(), "complete");
    }
  });
}

base::Json run(const std::string& folder) {
  base::SystemClock clock;
  base::SystemRandom random;
  auto database = store::Database::open({.path = folder + "/bench.db"}, clock, random);
  must(database.has_value(), "open");
  journal::Journal journal((*database)->log(), clock);
  store::DocumentStore& documents = (*database)->documents();
  base::Json out;
  out["disk_append_fdatasync_per_s"] = disk_appends(folder);
  out["journal_append_one_by_one_per_s"] = journal_appends(journal, 1, 3000);
  out["journal_append_8_threads_per_s"] = journal_appends_by_threads(journal, 8, 1500);
  out["journal_append_batches_of_100_per_s"] = journal_appends(journal, 100, 50'000);
  out["journal_append_batches_of_1000_per_s"] = journal_appends(journal, 1000, 100'000);
  double entries = static_cast<double>(journal.head()->seq);
  out["journal_verify_per_s"] = per_second(entries, [&] { must(journal.verify()->ok(), "verify"); });
  out["documents_insert_batches_of_1000_per_s"] = document_writes(documents, 1000, kDocuments, 0);
  out["documents_upsert_batches_of_1000_per_s"] = document_writes(documents, 1000, 50'000, kDocuments);
  out["documents_upsert_one_by_one_per_s"] = document_writes(documents, 1, 2000, kDocuments);
  out["documents_get_per_s"] = document_reads(documents, 50'000);
  out["queue_claim_100_complete_each_per_s"] = queue_turnover((*database)->queue(), 5000, 100);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder =
      (argc > 1 ? std::string(argv[1]) : std::filesystem::temp_directory_path().string()) + "/store_bench";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::puts(run(folder).dump(2).c_str());
  std::filesystem::remove_all(folder);
  return 0;
}
