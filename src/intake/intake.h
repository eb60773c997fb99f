// Intake: outside bytes -> Event, Resource, Finding. No sockets and no clock: the callers are the file importer, the
// HTTP receiver and the pollers, who persist what it returns before anything works on it (design law 6).
//
//   TRY(intake::Batch batch, intake::Intake().read(bytes, "snapshot.json.gz"));
//   for (const auto& refused : batch.refused) print(refused.where, refused.why);
//
//   TRY_VOID(intake::Intake().read_file(path, [&](intake::Batch&& part) { return store(std::move(part)); }));   // a
//   stream
//
// What a text may be: one JSON value, an array of them, NDJSON or values one after the other; each plain or gzip
// (several members too). What each value is, is told by its shape:
//   AWS Config   configuration items (old and new spellings), snapshots and history files ("configurationItems"),
//   notifications
//                with configurationItem, ...Summary or a diff, in SNS and SQS envelopes, Lambda events
//                ("invokingEvent"), batch-get ("baseConfigurationItems"), compliance changes
//   EventBridge  any event; Security Hub findings, GuardDuty findings and Config messages inside are taken out as well
//   CloudTrail   records, and files of them ("Records")
//   ASFF         findings, alone or in "Findings"
//   OCSF 1.x     Compliance 2003, Detection 2004, Security Finding 2001
//   GuardDuty    findings as GuardDuty itself writes them
// One value may give several things: an EventBridge event is an Event and also each Finding in it.
//
// Refusals: a value that is no JSON, is too large, too deep, not UTF-8, of no known shape or lacks what identifies it
// goes to `refused` with file and line, and reading goes on at the next value. Where it cannot go on (the text ends
// inside a value, the gzip stream is damaged), `stopped` says so; all that came before is kept. Result is an error only
// where nothing at all could be taken and something was broken.
//
// Ownership: values. Threads: stateless. Memory: one value (16 MiB at most) and one chunk; read() also holds what it
// returns.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "intake/batch.h"
#include "intake/limits.h"

namespace setpoint::intake {

class Intake {
 public:
  // Receives the parts in order; an error that it returns ends the reading and comes back to the caller.
  using Sink = std::function<base::Status(Batch&&)>;

  base::Result<Batch> read(std::string_view bytes, const std::string& name) const;
  // Errors: what ended the reading early. Parts that the sink had by then are good.
  base::Status read(std::string_view bytes, const std::string& name, const Sink& sink) const;
  base::Status read_file(const std::string& path, const Sink& sink) const;  // "-" is standard input
};

}  // namespace setpoint::intake
