#include "engine/engine.h"

#include <algorithm>

#include "engine/creators.h"
#include "engine/events.h"
#include "engine/gathering.h"
#include "engine/judging_line.h"
#include "intake/intake.h"
#include "journal/checkpoint.h"

namespace setpoint::engine {

namespace {

constexpr base::Milliseconds kEventLease{10 * 60'000};
constexpr base::Milliseconds kEventRetry{60'000};
constexpr char kWorker[] = "automations";

}  // namespace

Engine::Engine(EnginePorts ports)
    : ports_(std::move(ports)),
      remediation_(ports_.parts, ports_.oversight, ports_.locks, ports_.routes),
      notices_(ports_.parts, ports_.queue, ports_.outbox, ports_.routes, ports_.notice_rules),
      waiting_(ports_.parts, ports_.oversight, remediation_, ports_.routes),
      containments_(ports_.parts, ports_.oversight, remediation_),
      responding_(ports_.parts, remediation_, waiting_, ports_.routes) {}

base::Result<ScanSummary> Engine::scan(const ScanRequest& request, const ScanWatch& watch) {
  ScanSummary out;
  TRY_VOID(review(out));
  Scanning scanning(ports_.parts, watch);
  std::vector<const AccountAccess*> chosen;
  std::size_t parts = 0;
  for (const AccountAccess& access : ports_.parts.accounts) {
    const auto& wanted = request.accounts;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), access.account) == wanted.end()) continue;
    chosen.push_back(&access);
    parts += Scanning::parts_of(access, request.types);
  }
  scanning.expect(parts);
  for (const AccountAccess* access : chosen) TRY_VOID(scanning.scan_account(*access, request.types, out));
  return out;
}

base::Status Engine::review(ScanSummary& out) {
  TRY(findings::Taken taken, ports_.parts.findings.review(ports_.parts.clock.now()));
  out.findings.reopened += taken.reopened;
  out.findings.updated += taken.updated;
  return {};
}

base::Status Engine::import_file(const std::string& path, ScanSummary& out, const ScanWatch& watch) {
  TRY_VOID(review(out));
  Scanning scanning(ports_.parts, watch);
  ScanSummary judged;
  JudgingLine line([&](intake::Batch&& batch) { return scanning.judge_batch(std::move(batch), judged); });
  Gathering gathering([&](intake::Batch&& batch) -> base::Status {
    TRY_VOID(note_creators(ports_.parts.journal, batch.events));
    TRY_VOID(scanning.record_batch(batch, out));
    return line.hand_on(std::move(batch));
  });
  base::Status read =
      intake::Intake().read_file(path, [&](intake::Batch&& part) { return gathering.take(std::move(part)); });
  base::Status gathered = gathering.flush();
  base::Status done = line.finish();
  out.add(std::move(judged));
  TRY_VOID(gathered);
  TRY_VOID(done);
  return read;
}

base::Status Engine::import_bytes(std::string_view bytes, const std::string& name, ScanSummary& out) {
  Scanning scanning(ports_.parts);
  Gathering gathering([&](intake::Batch&& batch) -> base::Status {
    TRY_VOID(note_creators(ports_.parts.journal, batch.events));
    TRY_VOID(journal_events(ports_.parts.journal, batch.events));
    return scanning.take_batch(std::move(batch), out);
  });
  base::Status read =
      intake::Intake().read(bytes, name, [&](intake::Batch&& part) { return gathering.take(std::move(part)); });
  TRY_VOID(gathering.flush());
  return read;
}

base::Result<std::string> Engine::checkpoint() {
  Parts& parts = ports_.parts;
  TRY(journal::SigningKey key, journal::SigningKey::load_or_create(ports_.key_file, parts.random));
  TRY(journal::Head head, parts.journal.head());
  return key.sign({head.seq, head.hash, parts.clock.now()}).text();
}

base::Result<notify::CourierReport> Engine::settle() {
  TRY(std::size_t composed, notices_.compose());
  (void)composed;
  notify::CourierReport sum;
  while (true) {
    TRY(notify::CourierReport report, ports_.courier.run_once());
    sum.claimed += report.claimed;
    sum.delivered += report.delivered;
    sum.retried += report.retried;
    sum.failed += report.failed;
    if (report.claimed == 0) return sum;
  }
}

base::Result<std::size_t> Engine::act(std::size_t limit) {
  TRY(std::vector<store::Task> tasks, ports_.queue.claim(kEventQueue, kWorker, limit, kEventLease));
  for (const store::Task& task : tasks) {
    auto event = model::event_from_envelope(task.payload);
    base::Status done = event ? responding_.act_on(*event) : base::Status(base::fail(event.error()));
    if (done) {
      TRY_VOID(ports_.queue.complete(task));
      continue;
    }
    TRY(bool alive, ports_.queue.retry(task, ports_.parts.clock.now() + kEventRetry, done.error().text()));
    if (!alive)
      TRY_VOID(ports_.parts.journal.append("event.abandoned", "setpoint", task.id, {{"error", done.error().text()}}));
  }
  return tasks.size();
}

}  // namespace setpoint::engine
