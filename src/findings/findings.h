// Findings: takes reports from intake and from our own rules, folds them into what is known, and says what happened as
// Events, on which routing acts.
//
//   Findings findings(store, CheckNames(controls));
//   TRY(Taken taken, findings.take(batch.findings));
//   for (const model::Event& event : taken.events) routing.take(event);     // "Finding Opened", "Finding Resolved",
//   ...
//
// The events' detail: {"finding": <Finding::json() without raw>, "control": ["EC2.13"], "severity": "high", "status":
// "open", "reason": "...", "resource": {"type": ..., "id": ..., "account": ..., "region": ...}, "priority": 78}. Their
// ids are made from what happened, so the same report handled twice after a crash gives the same ids.
//
// Ownership: borrows the store. Threads: one at a time per store (a batch is read, folded, written). Order: reports of
// one batch are folded in order. Errors: the store's; then nothing of the batch was written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "findings/exceptions.h"
#include "findings/finding_store.h"
#include "findings/identity.h"
#include "findings/lifecycle.h"
#include "model/event.h"

namespace setpoint::findings {

// ARN -> the key under which the inventory holds that resource, where it does.
using ArnLookup = std::function<std::optional<model::ResourceKey>(const std::string& arn)>;

struct Taken {
  std::size_t opened = 0, updated = 0, resolved = 0, reopened = 0, unchanged = 0, ignored = 0;
  std::vector<std::string> ids;      // of the findings that the reports belong to, in order; "" where none exists
  std::vector<model::Event> events;  // of opened, updated, resolved, reopened, in order
};

// Called with a batch's events before its findings are stored: what must be on record, and queued, by the time that a
// finding says it is open. Where it fails nothing is stored. A crash between the two repeats the events under their
// ids.
using Announce = std::function<base::Status(std::span<const model::Event> events)>;

class Findings {
 public:
  Findings(FindingStore& store, CheckNames names, ArnLookup lookup = {}, Announce announce = {});
  // From now on; what is stored already changes with the next review().
  void set_exceptions(std::shared_ptr<const Exceptions> exceptions) { exceptions_ = std::move(exceptions); }

  base::Result<Taken> take(std::span<const model::Finding> reports);
  // Applies the exceptions as they are at `now` to every finding that is not resolved: what they cover is suppressed,
  // what an ended one had suppressed comes back ("Finding Reopened"). To be called at a start and at least once an
  // hour.
  base::Result<Taken> review(base::Timestamp now);
  // The report under its normalised check, resource and id.
  model::Finding identified(model::Finding report) const;

 private:
  base::Status announce_and_store(std::span<const model::Event> events, std::span<const model::Finding> changed);

  FindingStore& store_;
  CheckNames names_;
  ArnLookup lookup_;
  Announce announce_;
  std::shared_ptr<const Exceptions> exceptions_;
};

// What patterns match on: the detail of a finding's events, and what exceptions are matched against.
base::Json detail_of(const model::Finding& finding, const std::string& reason, base::Timestamp at);
model::Event event_of(Step step, const model::Finding& finding, const std::string& reason, base::Timestamp at);

}  // namespace setpoint::findings
