// The record of everything that Setpoint saw, decided and did: entries chained by SHA-256, on stable storage before
// anything happens that they announce. It is the one thing that a stranger can check without trusting us
// (docs/journal-format.md, tools/journal_verify.py).
//
// Place in the flow: every folder that decides or acts appends here first. `response` appends the intent of a call, and
// only when append() has returned does the call leave.
//
//   Journal journal(log, clock);
//   TRY(EntryRef ref, journal.append("approval.given", "user:ada", plan.id(), approval.json()));
//   // ref.seq is on disk now
//
// State that must never disagree with the record goes into the same transaction:
//
//   TRY(auto refs, journal.append(Batch{.entries = {intent}, .state = {.documents = {run_document}}}));
//
// Ownership: the log and the clock outlive the journal.
// Threads: thread-safe. Appends that arrive while another flush runs share the next one (group commit); each still
// succeeds or fails on its own. Several processes may append to one log; the chain stays one line. Refusals:
// limit_exceeded for entries past journal/limits.h; conflict for a state write whose expected version does not hold;
// whatever the log says where the disk is full, locked or broken: then nothing of that append is recorded.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/append_log.h"
#include "journal/entry.h"
#include "journal/verifier.h"

namespace setpoint::journal {

struct EntryRef {
  std::uint64_t seq = 0;
  base::Digest hash;
  bool operator==(const EntryRef&) const = default;
};

// All of it, or nothing.
struct Batch {
  std::vector<EntryDraft> entries;
  StateBatch state;
};

class Journal {
 public:
  Journal(AppendLog& log, base::Clock& clock) : log_(log), clock_(clock) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Durable when it returns.
  base::Result<EntryRef> append(std::string kind, std::string actor, std::string subject, base::Json body);
  // One reference for each entry, in order; their numbers follow one another. A batch without entries writes its state
  // only.
  base::Result<std::vector<EntryRef>> append(Batch batch);

  base::Result<Head> head() const { return log_.head(); }
  // Entries from number `from` (1 is the first) on, in order, at most `limit`; fewer where entries are large. An empty
  // answer means that there is none. ErrorCode::corrupted, with the entry's number in `where`, for one that does not
  // check.
  base::Result<std::vector<Entry>> read(std::uint64_t from, std::size_t limit) const;
  // The same, of one subject.
  base::Result<std::vector<Entry>> find(const std::string& subject, std::uint64_t from, std::size_t limit) const;

  // Every entry from the first on. The checkpoint must have passed check_signature().
  base::Result<VerifyReport> verify(const std::optional<Checkpoint>& checkpoint = std::nullopt) const;
  // Hands each line to `take`, newline included, up to the head at the start of the call. Returns how many.
  base::Result<std::uint64_t> export_to(const std::function<base::Status(std::string_view line)>& take) const;
  // Takes an export into this journal, byte for byte. The whole file is verified before anything is stored. What this
  // journal holds already must be the beginning of the file (conflict otherwise), so an interrupted import is just run
  // again.
  base::Result<std::uint64_t> import_file(const std::string& path);

 private:
  struct Request;
  void submit(Request& request);
  std::vector<Request*> take_group();
  void flush(const std::vector<Request*>& group);
  base::Status record(AppendTransaction& transaction, Request& request, Head& head);
  base::Status store_export(std::istream& in);
  base::Status store_rows(std::span<const Row> rows);

  AppendLog& log_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request*> waiting_;  // guarded by mutex_
  bool flushing_ = false;          // guarded by mutex_
};

}  // namespace setpoint::journal
