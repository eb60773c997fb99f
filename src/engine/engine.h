// Engine: the loop in order, over ports only. The commands and the server drive this; app/ wires it.
//
//   TRY(std::unique_ptr<Engine> engine, open());           // app::open_engine
//   TRY(ScanSummary summary, engine->scan({}, progress));
//   TRY_VOID(engine->settle());                            // what is due: notices composed and delivered
#pragma once

#include "engine/containments.h"
#include "engine/notices.h"
#include "engine/parts.h"
#include "engine/remediation.h"
#include "engine/responding.h"
#include "engine/scanning.h"
#include "engine/waiting.h"
#include "notify/courier.h"
#include "store/document_store.h"

namespace setpoint::engine {

struct EnginePorts {
  Parts& parts;
  OversightState& oversight;
  store::ResourceLocks& locks;
  store::WorkQueue& queue;
  const store::DocumentStore& documents;
  notify::Outbox& outbox;
  notify::Courier& courier;
  const routing::Routes& routes;
  NoticeRules notice_rules;
  std::string key_file;  // of the journal's checkpoints
};

struct ScanRequest {
  std::vector<std::string> accounts;  // empty: all that are connected
  std::vector<std::string> types;     // empty: all that the observers know
};

class Engine {
 public:
  explicit Engine(EnginePorts ports);
  virtual ~Engine() = default;

  Parts& parts() { return ports_.parts; }
  OversightState& oversight() { return ports_.oversight; }
  Remediation& remediation() { return remediation_; }
  Notices& notices() { return notices_; }
  notify::Outbox& outbox() { return ports_.outbox; }
  store::WorkQueue& queue() { return ports_.queue; }
  const store::DocumentStore& documents() const { return ports_.documents; }
  const routing::Routes& routes() const { return ports_.routes; }

  base::Result<ScanSummary> scan(const ScanRequest& request, const ScanWatch& watch);
  // Exceptions as they are now: what they cover is suppressed, what an ended one had suppressed comes back. A scan and
  // an import begin with it.
  base::Status review(ScanSummary& out);
  // Files of any format that intake/ knows; "-" is standard input. What was good before an error is kept.
  base::Status import_file(const std::string& path, ScanSummary& out, const ScanWatch& watch = {});
  base::Status import_bytes(std::string_view bytes, const std::string& name, ScanSummary& out);

  // A signed statement of the journal's present end, one line of JSON. The key is made at first use.
  base::Result<std::string> checkpoint();

  // Notices to the outbox, what is due in the outbox to the people.
  base::Result<notify::CourierReport> settle();

  // Works on queued events: automations make plans and, where they may, apply them. Returns how many events.
  base::Result<std::size_t> act(std::size_t limit);

  // Held plans: applies what may be applied by now, asks further where nobody answers. Returns how many ended.
  base::Result<std::size_t> look_at_held() { return waiting_.look(); }
  base::Result<std::vector<HeldPlan>> held_plans() const { return waiting_.held(); }

  // Containments whose time is over: raised, and taken back once permitted. Returns how many ended.
  base::Result<std::size_t> look_at_containments() { return containments_.look(); }
  Containments& containments() { return containments_; }

 private:
  EnginePorts ports_;
  Remediation remediation_;
  Notices notices_;
  Waiting waiting_;
  Containments containments_;
  Responding responding_;
};

}  // namespace setpoint::engine
