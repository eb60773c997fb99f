#include "journal/journal.h"

#include <fstream>

#include "journal/limits.h"

namespace setpoint::journal {

using base::ErrorCode;
using base::fail;

// Lives on the stack of the thread that appends, which waits until `done`.
struct Journal::Request {
  std::vector<PreparedEntry> entries;
  std::vector<std::string> subjects;
  StateBatch state;
  std::size_t bytes = 0;
  base::Status status;
  std::vector<EntryRef> refs;
  bool done = false;
};

namespace {

constexpr std::size_t kPageRows = 1000;

base::Result<Entry> decode_row(const Row& row) {
  auto entry = base::sha256(row.bytes) == row.hash ? decode(row.bytes)
                                                   : fail(ErrorCode::corrupted, "the entry does not have its hash");
  if (entry && entry->seq != row.seq) entry = fail(ErrorCode::corrupted, "the entry's number is not its row's");
  if (entry) return entry;
  base::Error error = entry.error();
  error.where = fmt::format("journal entry {}", row.seq);
  error.hint = "run 'setpoint journal verify'";
  return fail(std::move(error));
}

// Calls `take` for every row from the first on, until it says false or the rows end.
base::Status for_each_row(const AppendLog& log, std::uint64_t last,
                          const std::function<base::Result<bool>(const Row&)>& take) {
  for (std::uint64_t from = 1; from <= last;) {
    TRY(std::vector<Row> rows, log.read(from, kPageRows));
    if (rows.empty()) return {};
    for (const Row& row : rows) {
      if (row.seq > last) return {};
      TRY(bool more, take(row));
      if (!more) return {};
    }
    from = rows.back().seq + 1;
  }
  return {};
}

}  // namespace

base::Result<EntryRef> Journal::append(std::string kind, std::string actor, std::string subject, base::Json body) {
  Batch batch;
  batch.entries.push_back({std::move(kind), std::move(actor), std::move(subject), std::move(body)});
  TRY(std::vector<EntryRef> refs, append(std::move(batch)));
  return refs.front();
}

base::Result<std::vector<EntryRef>> Journal::append(Batch batch) {
  if (batch.entries.size() > kBatchEntriesMax) {
    return fail(ErrorCode::limit_exceeded, "a batch has {} journal entries, {} are allowed", batch.entries.size(),
                kBatchEntriesMax);
  }
  Request request;
  for (EntryDraft& draft : batch.entries) {
    TRY(PreparedEntry prepared, prepare(draft));
    request.bytes += prepared.body.size();
    request.entries.push_back(std::move(prepared));
    request.subjects.push_back(std::move(draft.subject));
  }
  request.state = std::move(batch.state);
  submit(request);
  if (!request.status) return fail(std::move(request.status).error());
  return std::move(request.refs);
}

// The first thread to find no flush running flushes for everyone who waits; the others sleep until theirs is done.
void Journal::submit(Request& request) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(&request);
  changed_.wait(lock, [&] { return request.done || !flushing_; });
  while (!request.done) {
    flushing_ = true;
    std::vector<Request*> group = take_group();
    lock.unlock();
    flush(group);
    lock.lock();
    for (Request* each : group) each->done = true;
    flushing_ = false;
    changed_.notify_all();
  }
}

std::vector<Journal::Request*> Journal::take_group() {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < waiting_.size() && count < kGroupRequestsMax) {
    bytes += waiting_[count]->bytes;
    if (count > 0 && bytes > kGroupBytesMax) break;
    ++count;
  }
  auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Request*> group(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return group;
}

void Journal::flush(const std::vector<Request*>& group) {
  base::Status all = log_.transact([&](AppendTransaction& transaction) -> base::Status {
    TRY(Head head, transaction.head());
    for (Request* request : group) {
      request->status = transaction.attempt([&] { return record(transaction, *request, head); });
    }
    return {};
  });
  if (all) return;
  for (Request* request : group) request->status = all;
}

base::Status Journal::record(AppendTransaction& transaction, Request& request, Head& head) {
  request.refs.clear();
  if (!request.state.empty()) TRY_VOID(transaction.write(request.state));
  Head next = head;
  base::Timestamp now = clock_.now();
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    Row row{next.seq + 1, {}, encode(request.entries[i], next.seq + 1, now, next.hash), request.subjects[i]};
    row.hash = base::sha256(row.bytes);
    TRY_VOID(transaction.append(row));
    next = {row.seq, row.hash};
    request.refs.push_back({row.seq, row.hash});
  }
  head = next;
  return {};
}

base::Result<std::vector<Entry>> Journal::read(std::uint64_t from, std::size_t limit) const {
  TRY(std::vector<Row> rows, log_.read(std::max<std::uint64_t>(from, 1), std::min(limit, kReadEntriesMax)));
  std::vector<Entry> out;
  for (const Row& row : rows) {
    TRY(Entry entry, decode_row(row));
    out.push_back(std::move(entry));
  }
  return out;
}

base::Result<std::vector<Entry>> Journal::find(const std::string& subject, std::uint64_t from,
                                               std::size_t limit) const {
  // Stored subjects are valid UTF-8, as canonical JSON makes them; so is what they are compared with.
  const std::string wanted = base::canonical(subject);
  limit = std::min(limit, kReadEntriesMax);
  std::vector<Entry> out;
  while (out.size() < limit) {
    TRY(std::vector<Row> rows, log_.find(subject, std::max<std::uint64_t>(from, 1), limit - out.size()));
    if (rows.empty()) break;
    for (const Row& row : rows) {
      TRY(Entry entry, decode_row(row));
      if (base::canonical(entry.subject) == wanted) out.push_back(std::move(entry));
    }
    from = rows.back().seq + 1;
  }
  return out;
}

base::Result<VerifyReport> Journal::verify(const std::optional<Checkpoint>& checkpoint) const {
  ChainVerifier chain(checkpoint);
  constexpr std::uint64_t kToTheEnd = UINT64_MAX;
  TRY_VOID(for_each_row(log_, kToTheEnd, [&](const Row& row) -> base::Result<bool> {
    return !chain.feed_row(row.seq, row.hash, row.bytes).has_value();
  }));
  return chain.finish();
}

base::Result<std::uint64_t> Journal::export_to(const std::function<base::Status(std::string_view)>& take) const {
  TRY(Head last, log_.head());
  std::uint64_t count = 0;
  base::Status done = for_each_row(log_, last.seq, [&](const Row& row) -> base::Result<bool> {
    TRY_VOID(take(row.hash.hex() + " " + row.bytes + "\n"));
    ++count;
    return true;
  });
  if (!done) return fail(std::move(done).error());
  if (count != last.seq) {
    return fail({ErrorCode::corrupted,
                 fmt::format("the journal has {} entries and ends at number {}", count, last.seq),
                 {},
                 "run 'setpoint journal verify'",
                 {}});
  }
  return count;
}

base::Result<std::uint64_t> Journal::import_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail({ErrorCode::not_found, "cannot open the journal export", path, {}, {}});
  VerifyReport report = verify_export(in);
  if (!report.ok()) {
    return fail({ErrorCode::corrupted,
                 fmt::format("entry {}: {}", report.fault->seq, report.fault->text),
                 path,
                 {},
                 report.fault->code});
  }
  in.clear();
  in.seekg(0);
  TRY_VOID(store_export(in));
  return report.entries;
}

// The file may change between the two readings, so each line is checked again as it is stored.
base::Status Journal::store_export(std::istream& in) {
  ExportReader reader(in);
  ChainVerifier chain;
  std::vector<Row> rows;
  std::size_t bytes = 0;
  while (true) {
    TRY(std::optional<std::string> line, reader.next());
    if (!line || rows.size() == kPageRows || bytes > kGroupBytesMax) {
      TRY_VOID(store_rows(rows));
      rows.clear();
      bytes = 0;
    }
    if (!line) return {};
    if (chain.feed_line(*line)) return fail(ErrorCode::corrupted, "the file changed while it was read");
    auto parts = split_line(*line);
    TRY(Entry entry, decode(parts->bytes));
    rows.push_back({entry.seq, parts->hash, std::string(parts->bytes), std::move(entry.subject)});
    bytes += line->size();
  }
}

base::Status Journal::store_rows(std::span<const Row> rows) {
  std::vector<Row> held;
  while (!rows.empty() && held.size() < rows.size()) {
    TRY(std::vector<Row> more, log_.read(rows.front().seq + held.size(), rows.size() - held.size()));
    if (more.empty()) break;
    std::move(more.begin(), more.end(), std::back_inserter(held));
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (held[i].hash != rows[i].hash) {
      return fail(ErrorCode::conflict, "entry {} differs from the one that this journal holds already", rows[i].seq);
    }
  }
  return log_.transact([&](AppendTransaction& transaction) -> base::Status {
    for (const Row& row : rows.subspan(held.size())) TRY_VOID(transaction.append(row));
    return {};
  });
}

}  // namespace setpoint::journal
